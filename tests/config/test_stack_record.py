import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured

from config.stack_record import (
    StackRecord,
    ensure_secrets,
    read_secrets,
    read_stack,
    remove_stack,
    write_stack,
)


def record(pid: int) -> StackRecord:
    return StackRecord(database_url="postgresql://a", redis_url="redis://b", web_url="http://c", pid=pid)


def ended_pid() -> int:
    child = subprocess.Popen([sys.executable, "-S", "-c", ""])
    child.wait()
    return child.pid


def test_a_running_stack_is_found_by_its_record(tmp_path: Path) -> None:
    write_stack(tmp_path, record(os.getpid()))
    assert read_stack(tmp_path) == record(os.getpid())


def test_the_record_of_a_process_that_is_gone_counts_as_none(tmp_path: Path) -> None:
    write_stack(tmp_path, record(ended_pid()))
    assert read_stack(tmp_path) is None


def test_a_removed_record_is_gone_and_removing_twice_is_fine(tmp_path: Path) -> None:
    write_stack(tmp_path, record(os.getpid()))
    remove_stack(tmp_path)
    remove_stack(tmp_path)
    assert read_stack(tmp_path) is None


def test_secrets_are_made_once_and_fit_fernet(tmp_path: Path) -> None:
    assert read_secrets(tmp_path) is None
    made = ensure_secrets(tmp_path)
    assert ensure_secrets(tmp_path) == read_secrets(tmp_path) == made
    assert len(made.secret_key) >= 50
    Fernet(made.secrets_keys[0])


@pytest.mark.parametrize("name", ["stack.json", "secrets.json"])
def test_only_the_owner_can_read_what_is_written(tmp_path: Path, name: str) -> None:
    data_dir = tmp_path / "data"
    write_stack(data_dir, record(os.getpid()))
    ensure_secrets(data_dir)
    assert stat.S_IMODE(data_dir.stat().st_mode) == 0o700
    assert stat.S_IMODE((data_dir / name).stat().st_mode) == 0o600
    assert [entry for entry in data_dir.iterdir() if entry.name.startswith(".")] == []


@pytest.mark.parametrize("text", ["", "{", "[1]", '{"pid": 1}', '{"secret_key": "a"}', "\0"])
def test_a_broken_record_counts_as_none_and_broken_secrets_are_kept_for_people(tmp_path: Path, text: str) -> None:
    (tmp_path / "stack.json").write_text(text)
    assert read_stack(tmp_path) is None
    (tmp_path / "secrets.json").write_text(text)
    for read in (read_secrets, ensure_secrets):
        with pytest.raises(ImproperlyConfigured, match=r"secrets\.json is broken\. Put it back from a backup"):
            read(tmp_path)
    assert (tmp_path / "secrets.json").read_text() == text
