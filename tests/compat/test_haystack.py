"""Haystack's published suites for document stores, and what they leave out, on `larder-haystack`."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests import ROOT
from tests.compat.conftest import interpreter
from tests.compat.integrations import passed
from tests.e2e.conftest import Larder

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]


def test_haystacks_own_suites_pass_whole(larder: Larder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HAYSTACK_TELEMETRY_ENABLED", "False")
    key = larder.create_key("haystack", role="admin")
    assert passed("larder-haystack", "haystack", larder, key, tmp_path) == 167


def test_its_types_hold_beside_haystacks(tmp_path: Path) -> None:
    checked = ROOT / "integrations" / "larder-haystack" / "src"
    strictly = ["--strict", "--explicit-package-bases", "--config-file", os.devnull, "--cache-dir", str(tmp_path)]
    command = [sys.executable, "-m", "mypy", "--python-executable", str(interpreter("haystack")), *strictly, "."]
    environment = os.environ | {"MYPYPATH": str(ROOT / "sdk")}
    done = subprocess.run(
        command, cwd=checked, env=environment, capture_output=True, text=True, timeout=200, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "no issues found in 6 source files" in done.stdout
