"""How tests are shared out where several workers run them: `pytest -n auto`, as `make test` does.

A file stays whole, since its fixtures are dear. So do tests above running stacks, which wait more than they work: those
that do a stack harm, those that leave it whole, and those that have stacks of their own. What takes longest begins
first; other files fill the time of the waits.
"""

import os
from pathlib import Path
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

ROOMS = Path(__file__).parent
MOST_WORKERS = 16
"""As many as Redis has databases."""
LONGEST = {
    "tests/e2e/browser": "one stack",
    "tests/e2e/test_main_job.py": "one stack",
    "tests/e2e/test_knowledge_layer.py": "one stack",
    "tests/e2e/test_uploads.py": "one stack",
    "tests/e2e/test_incremental.py": "one stack",
    "tests/e2e/test_replicas.py": "stacks of their own",
    "tests/e2e/test_slow_bodies.py": "stacks of their own",
    "tests/compat": "stacks of their own",
    "tests/e2e": "a stack that is harmed",
    "tests/ingestion/test_hostile_kinds.py": "hostile files",
}
"""By how their paths begin; the first that fits counts."""
BEGIN = ["a stack that is harmed", "one stack", "stacks of their own", "hostile files"]
"""In this order, before all others."""


def group_of(nodeid: str) -> str:
    """What one worker runs in order."""
    return next((group for path, group in LONGEST.items() if nodeid.startswith(path)), nodeid.partition("::")[0])


def place_of(item: pytest.Item) -> int:
    group = group_of(item.nodeid)
    return BEGIN.index(group) if group in BEGIN else len(BEGIN)


class Scheduling(LoadScopeScheduling):
    def _split_scope(self, nodeid: str) -> str:
        return group_of(nodeid)


def pytest_configure(config: pytest.Config) -> None:
    """Each worker begins to collect in another room: what one has compiled the others need not."""
    if hasattr(config, "workerinput") and config.args_source is config.ArgsSource.TESTPATHS:
        rooms = sorted(str(path.relative_to(config.rootpath)) for path in ROOMS.glob("[!_]*") if is_room(path))
        begin = int(config.workerinput["workerid"].removeprefix("gw")) * len(rooms) // config.workerinput["workercount"]
        config.args = rooms[begin:] + rooms[:begin]


def is_room(path: Path) -> bool:
    return path.is_dir() or path.match("test_*.py")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if hasattr(config, "workerinput"):
        items.sort(key=lambda item: (place_of(item), item.path))


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling:
    config.option.loadscopereorder = False
    return Scheduling(config, log)


@pytest.hookimpl(tryfirst=True)  # before xdist's own
def pytest_xdist_auto_num_workers() -> int:
    """One more than there are processors, as many tests wait."""
    return min((os.cpu_count() or 1) + 1, MOST_WORKERS)
