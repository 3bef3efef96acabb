"""What `up` refuses before it starts anything, and how it reaches itself."""

import fcntl
import os
import socket
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from config.embedded.record import StackRecord, write_stack
from config.embedded.up import Up


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
