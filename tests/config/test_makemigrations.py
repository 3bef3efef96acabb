"""Whether models and migrations agree is a matter of the sources."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
AWAY = "postgresql://larder@127.0.0.1:9/larder"


def test_missing_migrations_are_looked_for_without_waiting_for_a_server() -> None:
    command = [sys.executable, str(ROOT / "manage.py"), "makemigrations", "--check", "--dry-run"]
    environment = os.environ | {"DATABASE_URL": AWAY}
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "No changes detected" in done.stdout
    assert "no connection was free or could be made within 1" in done.stderr
