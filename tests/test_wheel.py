"""The server's wheel, built by the backend that is installed with the tests, so without a network."""

import os
import subprocess
import sys
from email import message_from_bytes
from email.message import Message
from pathlib import Path
from zipfile import ZipFile

import pytest
from django.conf import settings

from knowledge.embedding.weights import PIN
from tests import ROOT

INFO = f"larder_server-{settings.VERSION}.dist-info"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> ZipFile:
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    return ZipFile(next(folder.glob("*.whl")))


@pytest.fixture(scope="module")
def metadata(wheel: ZipFile) -> Message:
    return message_from_bytes(wheel.read(f"{INFO}/METADATA"))


@pytest.fixture(scope="module")
def site(wheel: ZipFile, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel unpacked, as pip does."""
    folder = tmp_path_factory.mktemp("site-packages")
    wheel.extractall(folder)
    return folder


def on_disk(pattern: str) -> set[str]:
    files = (path for path in ROOT.glob(pattern) if path.is_file() and "__pycache__" not in path.parts)
    return {f"larder_server/{path.relative_to(ROOT)}" for path in files}


def test_it_holds_one_package_and_is_named_by_our_version(wheel: ZipFile) -> None:
    assert {name.partition("/")[0] for name in wheel.namelist()} == {"larder_server", INFO}


def test_templates_static_files_migrations_and_the_demo_are_in(wheel: ZipFile) -> None:
    for pattern in ("templates/**/*", "static/**/*", "[a-z]*/migrations/*.py", "examples/stdlib_provider/*.py"):
        assert on_disk(pattern), pattern
        assert on_disk(pattern) <= {*wheel.namelist()}


def test_every_app_of_ours_is_in(wheel: ZipFile) -> None:
    ours = [name.replace(".", "/") for name in settings.INSTALLED_APPS if (ROOT / name.replace(".", "/")).is_dir()]
    assert len(ours) >= 4
    assert {f"larder_server/{app}/__init__.py" for app in ours} <= {*wheel.namelist()}


def test_tests_benches_and_what_belongs_to_the_checkout_stay_out(wheel: ZipFile) -> None:
    parts = [name.split("/") for name in wheel.namelist() if name.startswith("larder_server/")]
    assert not {part[1] for part in parts} & {"tests", "bench", "docs", "larder_server"}
    assert {part[1] for part in parts if len(part) == 2} == {"manage.py"}


def test_torch_is_not_asked_for(metadata: Message) -> None:
    needs = " ".join(metadata.get_all("Requires-Dist", []))
    assert "django" in needs
    assert not any(name in needs for name in ("torch", "sentence-transformers", "gt-all"))


def test_the_weights_are_those_that_an_installation_from_the_checkout_has() -> None:
    assert PIN in (ROOT / "requirements-nodeps.txt").read_text().split()


def larder(site: Path, code: str, **variables: str) -> str:
    """What the installed program prints, called from a folder that is not Larder's."""
    kept = {name: value for name, value in os.environ.items() if name not in ("LARDER_DATA_DIR", "XDG_DATA_HOME")}
    environment = kept | {"PYTHONPATH": str(site)} | variables
    command = [sys.executable, "-c", f"import sys; from larder_server.manage import main; {code}"]
    return subprocess.run(command, cwd="/", env=environment, check=True, capture_output=True, text=True).stdout


def test_larder_alone_prints_its_help(site: Path) -> None:
    told = larder(site, "sys.argv = ['larder']; main()")
    assert "larder help <subcommand>" in told
    assert {"up", "doctor", "ingest", "create_key"} <= {*told.split()}


def test_an_installed_server_keeps_its_data_with_the_user(site: Path) -> None:
    show = "sys.argv = ['larder', 'diffsettings']; main()"
    told = larder(site, show, HOME="/home/somebody")
    assert "DATA_DIR = PosixPath('/home/somebody/.local/share/larder')" in told
    assert "STATIC_ROOT = PosixPath('/home/somebody/.local/share/larder/staticfiles')" in told
    assert "DATA_DIR = PosixPath('/data/larder')" in larder(site, show, XDG_DATA_HOME="/data")
