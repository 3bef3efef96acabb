"""What a reader of files is kept from, tried from inside of one. What the system here cannot shut is skipped."""

import json
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from core.linux.kernel import ON_LINUX
from ingestion import readiness
from ingestion.extract.confinement.accounts import READERS_UID
from ingestion.extract.confinement.doors import DOORS, open_doors
from ingestion.extract.sandbox import HOUSE, Child, doors_left_open
from tests.ingestion.confined import attempt

Try = Callable[..., dict[str, object]]


@pytest.fixture(scope="module")
def reader() -> Iterator[Child]:
    child = Child("tests.ingestion.confined")
    yield child
    child.end()


@pytest.fixture
def from_inside(reader: Child) -> Try:
    def ask(what: str, body: object = "", *, door: str) -> dict[str, object]:
        if door in doors_left_open():
            pytest.skip(f"readers may {door} here: {doors_left_open()[door]}")
        [found] = reader.ask([(what, str(body).encode())], wall_s=10)
        return found

    return ask


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    path = tmp_path / "secrets"
    path.write_text("hunter2")
    return path


def test_a_reader_reads_no_other_file(from_inside: Try, secret: Path) -> None:
    assert attempt("read", str(secret).encode()) == {"text": "hunter2"}
    assert from_inside("read", secret, door="read other files")["refused"] == "PermissionError"
    assert from_inside("list", secret.parent, door="read other files")["refused"] == "PermissionError"


@pytest.mark.parametrize("name", ["config/settings.py", "manage.py"])
def test_a_reader_reads_none_of_our_files_but_its_own_code(from_inside: Try, name: str) -> None:
    assert from_inside("read", HOUSE / name, door="read other files")["refused"] == "PermissionError"
    own = from_inside("read", HOUSE / "ingestion" / "errors.py", door="read other files")
    assert own["text"] == (HOUSE / "ingestion" / "errors.py").read_text()


def test_a_reader_cannot_look_into_the_worker(from_inside: Try) -> None:
    here = f"/proc/{os.getpid()}/environ"
    assert from_inside("read", here, door="read other files")["refused"] == "PermissionError"
    assert from_inside("signal", os.getpid(), door="signal or trace other processes")["refused"] == "PermissionError"


def test_a_reader_changes_no_file(from_inside: Try, secret: Path) -> None:
    new = secret.parent / "new"
    assert from_inside("write", new, door="read other files")["refused"] == "PermissionError"
    assert not new.exists()
    changed = from_inside("change mode", secret, door="signal or trace other processes")
    assert changed["refused"] == "PermissionError"


def test_a_reader_reaches_no_listener(from_inside: Try) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        assert attempt("connect", str(port).encode()) == {"text": "connected"}
        assert "refused" in from_inside("connect", port, door="reach the network")


def test_a_reader_starts_nothing(from_inside: Try) -> None:
    assert "refused" in from_inside("fork", door="start processes")
    assert from_inside("execute", shutil.which("true"), door="start programs")["refused"] == "PermissionError"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has to step down")
def test_a_reader_of_roots_is_nobody(from_inside: Try) -> None:
    assert from_inside("uid", door="be root")["text"] == str(READERS_UID)


def test_what_a_reader_may_do_is_told_here() -> None:
    """By the readiness of the whole, and truly: the tests above try the same doors."""
    [row] = readiness.confinement_rows()
    assert (row.state == "ok") == (not doors_left_open() or not ON_LINUX)
    assert all(f"{door} ({why})" in row.detail for door, why in doors_left_open().items())


def test_a_door_is_shut_by_any_one_of_its_measures() -> None:
    assert open_doors({}) == {}
    assert open_doors({"a network namespace": "Operation not permitted"}) == {}
    refused = {"a network namespace": "Operation not permitted", "seccomp": "Function not implemented"}
    assert open_doors(refused) == {
        "reach the network": "a network namespace: Operation not permitted; seccomp: Function not implemented",
        "signal or trace other processes": "seccomp: Function not implemented",
    }


BEGIN = """
import json
from core.linux.kernel import keep_capabilities
from ingestion.extract.confinement import measures
from ingestion.extract.confinement.doors import open_doors

def refuse() -> None:
    raise OSError(38, "Function not implemented")

"""
END = "\nprint(json.dumps(open_doors(measures.confine())))"
WITHOUT_LANDLOCK = 'measures.MEASURES["Landlock"] = refuse'
WITHOUT_CAPABILITIES = "keep_capabilities(0)"


def doors_left_open_after(line: str) -> dict[str, str]:
    command = [sys.executable, "-c", BEGIN + line + END]
    ran = subprocess.run(command, cwd=HOUSE, capture_output=True, text=True, check=True, timeout=20)
    found: dict[str, str] = json.loads(ran.stdout)
    return found


@pytest.mark.skipif(not ON_LINUX, reason="measures of Linux")
def test_where_one_measure_is_refused_the_others_are_taken_and_it_is_told() -> None:
    """As in a container or on a kernel without Landlock."""
    doors = doors_left_open_after(WITHOUT_LANDLOCK)
    assert doors.keys() - doors_left_open().keys() <= {"read other files", "be root"}
    assert doors["read other files"] == "Landlock: Function not implemented"
    assert doors.keys() <= DOORS.keys()


@pytest.mark.skipif(not ON_LINUX or os.geteuid() != 0, reason="takes root")
def test_root_that_may_not_step_down_is_told() -> None:
    """As in a container that has no capabilities; in a namespace of users it would look like nobody."""
    assert doors_left_open_after(WITHOUT_CAPABILITIES)["be root"] == "an account: Operation not permitted"
