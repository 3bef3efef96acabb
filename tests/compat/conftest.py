"""Programs of other people's making, each in the environment that `make compat` made for it."""

import json
import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.compat.model import answer
from tests.e2e.conftest import Larder, start, stop
from tests.providers.scripted import provider

ROOT = Path(__file__).resolve().parent.parent.parent
SCRIPTS = Path(__file__).parent / "scripts"


@pytest.fixture(autouse=True)
def embedder() -> None:
    """The running Larder has the embedder of a newcomer."""


@pytest.fixture(scope="package")
def larder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Larder]:
    """One stack that lets queries in without a key, as spot-sdk 1.2.1 sends them, and whose memories have a model."""
    with provider(answer) as model:
        running = start(
            tmp_path_factory.mktemp("compat") / "data",
            "--no-demo",
            QUERY_REQUIRES_KEY="false",
            MEMORY_MODEL_URL=model.url,
            MEMORY_FAST_MODEL="small",
            MEMORY_STRONG_MODEL="large",
        )
        yield running
        assert stop(running) == 0, running.log()


def interpreter(name: str) -> Path:
    """The Python of `.compat/<name>`; where it is missing the test is skipped, and fails in CI."""
    python = ROOT / ".compat" / name / "bin" / "python"
    if not python.exists():
        missing = f"The published client {name} is not installed: run `make compat`."
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(missing)
    return python


@pytest.fixture
def run_script() -> Callable[..., dict[str, Any]]:
    """`run_script("spot-1", "client_1.py", url, key, source)` gives what the script answers."""

    def run(client: str, script: str, *arguments: str) -> dict[str, Any]:
        command = [str(interpreter(client)), str(SCRIPTS / script), *arguments]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 0, done.stderr
        told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        return told

    return run
