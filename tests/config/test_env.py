"""Settings and their bounds, read as a process that starts reads them."""

import os
import re
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest

from tests import ROOT

NAMES = ("CHUNK_CHARS", "CHUNK_OVERLAP", "MAX_FILING_BYTES")
MIB = 1024 * 1024


def read_settings(names: Iterable[str], given: Mapping[str, str], data_dir: Path) -> list[int]:
    """As they are where the environment says of them what is given, and nothing else."""
    read = f"from config import settings; print(*(getattr(settings, name) for name in {list(names)}))"
    others = {name: value for name, value in os.environ.items() if name not in names}
    environment = others | {"LARDER_DATA_DIR": str(data_dir)} | given
    told = subprocess.run([sys.executable, "-c", read], cwd=ROOT, env=environment, capture_output=True, check=True)
    return list(map(int, told.stdout.split()))


@pytest.mark.parametrize(("given", "kept"), [("0", [200, 0, 1_024]), ("999999999", [50_000, 10_000, 100 * MIB])])
def test_what_is_handed_in_is_cut_and_limited_within_bounds(given: str, kept: list[int], tmp_path: Path) -> None:
    assert read_settings(NAMES, dict.fromkeys(NAMES, given), tmp_path) == kept


def test_every_limit_has_the_default_that_is_documented(tmp_path: Path) -> None:
    rows = re.findall(r"^\| (`[A-Z_`, ]+`) \| ([\d, ]+) \|", (ROOT / "docs" / "limits.md").read_text(), re.MULTILINE)
    documented = {
        name: int(default.replace(",", ""))
        for names, defaults in rows
        for name, default in zip(re.findall("[A-Z_]+", names), defaults.split(", "), strict=True)
    }
    assert {"MAX_BATCH", "MAX_UPLOAD_BYTES", *NAMES} < set(documented)
    assert read_settings(documented, {}, tmp_path) == list(documented.values())
