"""Whether a web process can serve, and whether it starts at all without keys."""

import os
import signal
import subprocess
import sys
import time
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError

from config import health
from config.web.shutdown import notice_shutdown, shutting_down
from providers.system.readiness import other_parts
from tests import ROOT

SERVERS = {
    "web": ["config.web.serve", "--port", "0", "--log-level", "error", "--workers-kill-timeout", "1"],
    "worker": ["celery", "--quiet", "-A", "config", "worker", "--pool", "threads"],
    "beat": ["celery", "--quiet", "-A", "config", "beat", "--pidfile", ""],
}


@pytest.mark.django_db(transaction=True)
def test_a_process_that_can_serve_is_ready(client: Any) -> None:
    answer = client.get("/readyz", headers={"Host": "10.1.2.3:8000"})
    assert (answer.status_code, answer.json()) == (200, {"status": "ok", "failing": []})


@pytest.mark.django_db(transaction=True)
def test_what_is_in_the_way_is_named(client: Any, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    health._redis.cache_clear()
    monkeypatch.setitem(health.PARTS, "migrations", lambda: False)
    shutting_down.set()
    try:
        answer = client.get("/readyz")
    finally:
        shutting_down.clear()
        health._redis.cache_clear()
    assert answer.status_code == 503
    assert answer.json()["failing"] == ["migrations", "redis", "shutting down"]


def test_a_part_that_hangs_is_not_waited_for(client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "PARTS", {"database": lambda: time.sleep(2.5) or True})
    began = time.monotonic()
    answer = client.get("/readyz")
    assert time.monotonic() - began < 2
    assert answer.json()["failing"] == ["database"]


def test_the_wish_to_end_is_noticed_whoever_handles_the_signal() -> None:
    handled = signal.signal(signal.SIGTERM, lambda number, frame: None)
    try:
        notice_shutdown()
        os.kill(os.getpid(), signal.SIGTERM)
        assert shutting_down.wait(10)
    finally:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGTERM, handled)
        shutting_down.clear()


@pytest.mark.parametrize("name", SERVERS)
def test_nobody_serves_without_keys(name: str, tmp_path: Any) -> None:
    given = {name: value for name, value in os.environ.items() if name not in ("SECRET_KEY", "SECRETS_KEYS")}
    command = [sys.executable, "-W", "ignore", "-m", *SERVERS[name]]
    environment = given | {"LARDER_DATA_DIR": str(tmp_path)}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 1
    assert "SECRET_KEY is not set, so nobody could be signed in. Set SECRET_KEY to 50" in done.stderr
    assert "SECRETS_KEYS is not set" in done.stderr
    assert "Traceback" not in done.stderr


def test_keys_that_are_missing_or_short_are_told(settings: Any) -> None:
    settings.SECRETS_KEYS = []
    (row,) = [row for part in other_parts() for row in part() if row.name == "keys"]
    assert (row.state, row.fix) == ("bad", row.fix)
    assert "SECRETS_KEYS is not set" in row.detail
    settings.SECRET_KEY, settings.SECRETS_KEYS = "short", ["k"]
    (row,) = [row for part in other_parts() for row in part() if row.name == "keys"]
    assert (row.state, row.detail) == ("warn", "SECRET_KEY has 5 characters, which can be guessed.")
    settings.SECRET_KEY_IS_SET = False
    with pytest.raises(SystemCheckError, match="SECRET_KEY is not set"):
        call_command("check")
