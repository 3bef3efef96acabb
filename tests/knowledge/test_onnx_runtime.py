"""ONNX Runtime, as Larder loads it, keeps nothing in the home directory and tells its maker nothing."""

import os
import subprocess
import sys
from pathlib import Path

from tests import ROOT

LOAD = "from knowledge.embedding.onnx_runtime import onnxruntime; onnxruntime.SessionOptions()"


def test_loading_it_leaves_no_trace_in_the_home_directory(tmp_path: Path) -> None:
    """Where it may report, it writes an identifier and what waits to be sent there first."""
    told = {name: value for name, value in os.environ.items() if name not in ("CI", "XDG_CACHE_HOME")}
    subprocess.run([sys.executable, "-c", LOAD], cwd=ROOT, env={**told, "HOME": str(tmp_path)}, check=True, timeout=60)
    assert list(tmp_path.rglob("*")) == []
