"""Settings that are kept within bounds, read as a process that starts reads them."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests import ROOT

NAMES = ("CHUNK_CHARS", "CHUNK_OVERLAP", "MAX_FILING_BYTES")
READ = f"from config import settings; print(*(getattr(settings, name) for name in {NAMES}))"
MIB = 1024 * 1024


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ({}, [2_000, 200, 10 * MIB]),
        (dict.fromkeys(NAMES, "0"), [200, 0, 1_024]),
        (dict.fromkeys(NAMES, "999999999"), [50_000, 10_000, 100 * MIB]),
    ],
)
def test_what_is_handed_in_is_cut_and_limited_within_bounds(
    given: dict[str, str], kept: list[int], tmp_path: Path
) -> None:
    others = {name: value for name, value in os.environ.items() if name not in NAMES}
    environment = others | {"LARDER_DATA_DIR": str(tmp_path)} | given
    told = subprocess.run([sys.executable, "-c", READ], cwd=ROOT, env=environment, capture_output=True, check=True)
    assert list(map(int, told.stdout.split())) == kept
