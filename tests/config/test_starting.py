"""What a process does when it starts, beside its work: as little as it can."""

import gc
import subprocess
import sys
from pathlib import Path

from tests import ROOT


def test_the_collector_leaves_alone_what_was_imported_and_works_on() -> None:
    assert gc.isenabled()
    assert gc.get_freeze_count() > 50_000


def test_a_worker_and_the_scheduler_import_their_tasks_and_no_pages_or_addresses() -> None:
    begin = "import sys; from config import celery_app; celery_app.loader.init_worker(); celery_app.finalize();"
    told = "print('knowledge.tasks.purge' in celery_app.tasks, {'config.urls', 'config.api'} & {*sys.modules})"
    done = subprocess.run([sys.executable, "-c", begin + told], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["True", "set()"]


def test_what_lies_in_the_working_directory_is_nothing_of_larders(tmp_path: Path) -> None:
    """Agents start `manage.py mcp` in a project of theirs, which may have an `mcp.py`."""
    (tmp_path / "mcp.py").write_text("raise SystemExit('the wrong one')\n")
    script = f"import sys; sys.path.insert(0, {str(ROOT)!r}); import config.celery, mcp.server; print(mcp.__file__)"
    shown = subprocess.run(
        [sys.executable, "-P", "-c", script], cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False
    )
    assert (shown.returncode, str(tmp_path) in shown.stdout) == (0, False), shown.stderr
