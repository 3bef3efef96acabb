"""What `up` refuses before it starts anything, and how it reaches itself."""

import fcntl
import io
import itertools
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.core.management.base import SystemCheckError

from config.stack_record import StackRecord, write_stack
from embedded.child import Program, StackRefused
from embedded.combined_log import CombinedLog
from embedded.processes import Supervisor
from embedded.up import Up, start_server
from tests import ROOT


def test_a_port_that_is_taken_is_refused(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as occupant:
        port = occupant.getsockname()[1]
        with pytest.raises(CommandError, match=f"port {port} of 127.0.0.1: it is taken"):
            call_command("up", port=port, data_dir=tmp_path)


def test_a_second_stack_on_the_same_data_is_refused(tmp_path: Path) -> None:
    running = StackRecord(database_url="", redis_url="", web_url="http://127.0.0.1:8123", pid=os.getpid())
    write_stack(tmp_path, running)
    with (tmp_path / "up.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(CommandError, match=f"already runs on {tmp_path} at http://127.0.0.1:8123"):
            call_command("up", port=0, data_dir=tmp_path)


def test_a_host_that_is_not_ours_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"192\.0\.2\.1: Cannot assign"):
        call_command("up", host="192.0.2.1", port=8123, data_dir=tmp_path)


@pytest.mark.parametrize("port", [-1, 65_536, 99_999])
def test_a_port_that_is_none_is_refused_before_anything_starts(tmp_path: Path, port: int) -> None:
    with pytest.raises(CommandError, match=f"to 65535; {port} is none"):
        call_command("up", port=port, data_dir=tmp_path / "data")
    assert not (tmp_path / "data").exists()


def test_a_directory_that_cannot_be_made_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for data_dir in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(CommandError, match=f"cannot keep its data in {data_dir}: "):
            call_command("up", port=0, data_dir=data_dir)


def test_a_server_that_ends_again_and_again_is_not_waited_for() -> None:
    seconds = itertools.count()
    stack = Supervisor(CombinedLog(io.StringIO(), width=6, coloured=False), clock=lambda: next(seconds) / 10)
    frail = Program(name="frail", argv=[sys.executable, "-S", "-c", "raise SystemExit(1)"])
    with stack.listening(), pytest.raises(StackRefused, match="frail does not start; its lines above"):
        start_server(frail, stack, ready=lambda: False)


def test_a_setting_that_cannot_be_read_is_a_sentence() -> None:
    environment = os.environ | {"THROTTLE_RATE": "often"}
    command = [sys.executable, str(ROOT / "manage.py"), "check"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stderr == "THROTTLE_RATE must read like 600/minute (or /second, /hour), not 'often'.\n"


def test_what_is_doubtful_is_told_before_anything_starts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("METRCS_TOKEN", "hunter2")
    with pytest.raises(CommandError, match="Cannot assign"):
        call_command("up", host="192.0.2.1", port=8123, data_dir=tmp_path)
    told = capsys.readouterr().out
    assert "larder    WARNING METRCS_TOKEN is set, and nothing reads it. Did you mean METRICS_TOKEN?" in told
    assert "hunter2" not in told


@pytest.mark.parametrize("url", ["postgresql://h:hunter2@127.0.0.1:1/x", ""])
def test_a_command_without_its_database_says_where_that_would_be(url: str) -> None:
    """A database that is away, and the usual slip: nothing runs on the data directory that is looked at."""
    without = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    environment = without | {"DATABASE_CONNECT_S": "1", "LARDER_DATA_DIR": "/nowhere", "PGHOST": "/nowhere"}
    environment |= {"DATABASE_URL": url} if url else {}
    command = [sys.executable, str(ROOT / "manage.py"), "export_config"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    told = done.stderr.splitlines()[-1]
    assert (done.returncode, told.startswith("The database cannot be reached")) == (1, True)
    assert told.endswith("or without that `manage.py up` with the data directory /nowhere (LARDER_DATA_DIR).")
    assert "Traceback" not in done.stderr
    assert "hunter2" not in done.stderr


@pytest.mark.parametrize("command", ["check", "up", "doctor"])
def test_no_traceback_comes_of_a_wrong_key(command: str) -> None:
    environment = os.environ | {"SECRETS_KEYS": "hunter2"}
    done = subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), command], env=environment, capture_output=True, text=True
    )
    assert done.returncode == 1
    assert done.stderr.startswith("SECRETS_KEYS holds no usable key at position 1 of 1.")
    assert done.stderr.count("\n") == 1


def test_the_check_tells_of_keys_that_are_missing(settings: Any) -> None:
    settings.SECRET_KEY_IS_SET, settings.SECRETS_KEYS = False, []
    with pytest.raises(SystemCheckError, match=r"SECRET_KEY is not set(?s:.)*SECRETS_KEYS is not set"):
        call_command("check")


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.1", "http://127.0.0.1:8123"),
        ("0.0.0.0", "http://127.0.0.1:8123"),
        ("::", "http://[::1]:8123"),
        ("::1", "http://[::1]:8123"),
        ("larder.example", "http://larder.example:8123"),
    ],
)
def test_the_stack_calls_itself_at_an_address_that_can_be_called(host: str, url: str) -> None:
    assert Up(host=host, port=8123, data_dir=Path(), demo=False).web_url == url
