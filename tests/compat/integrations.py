"""A distribution of `integrations/` as it is installed, under a framework's own suite."""

import os
import re
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

from tests import ROOT
from tests.compat.conftest import interpreter
from tests.e2e.conftest import Larder, clean_environment

OPTIONS = ("-q", "-p", "no:cacheprovider")
CLOSING = re.compile(r"^(\d+) passed(?:, \d+ warnings?)? in [\d.]+s.*$")
"""Nothing failed, and nothing was skipped or expected to fail."""


def passed(distribution: str, environment: str, larder: Larder, key: str, tmp_path: Path) -> int:
    """Run the tests of `integrations/<distribution>` in `.compat/<environment>` on its built wheel; how many passed."""
    python, unpacked = interpreter(environment), build(distribution, tmp_path)
    where = {
        "LARDER_URL": larder.url,
        "LARDER_KEY": key,
        "PYTHONPATH": os.pathsep.join(map(str, (unpacked, ROOT / "sdk"))),
    }
    command = [str(python), "-m", "pytest", *OPTIONS, str(ROOT / "integrations" / distribution / "tests")]
    done = subprocess.run(
        command, env=clean_environment() | where, cwd=tmp_path, capture_output=True, text=True, timeout=240, check=False
    )
    closing = CLOSING.match(done.stdout.splitlines()[-1] if done.stdout else "")
    assert done.returncode == 0, done.stdout + done.stderr
    assert closing, done.stdout
    return int(closing[1])


def build(distribution: str, tmp_path: Path) -> Path:
    """The wheel, unpacked as pip unpacks it."""
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    folder = ROOT / "integrations" / distribution
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    [wheel] = tmp_path.glob("*.whl")
    ZipFile(wheel).extractall(tmp_path / "installed")
    return tmp_path / "installed"


def type_faults(package: str, distribution: str, environment: str, tmp_path: Path) -> list[str]:
    """What mypy has to say of a package, beside the framework's own types."""
    paths = os.pathsep.join(map(str, (ROOT / "integrations" / distribution, ROOT / "sdk")))
    options = ["--strict", "--explicit-package-bases", "--no-error-summary", "--cache-dir", str(tmp_path)]
    command = [str(interpreter(environment)), "-m", "mypy", "--config-file", "", *options, "-p", package]
    where = clean_environment() | {"MYPYPATH": paths}
    done = subprocess.run(command, env=where, cwd=tmp_path, capture_output=True, text=True, timeout=240, check=False)
    assert done.stderr == ""
    return done.stdout.splitlines()
