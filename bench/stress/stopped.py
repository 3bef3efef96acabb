"""PostgreSQL is stopped, which it does not survive as a dead server would: it takes connections and says nothing."""

import os
import signal
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from itertools import chain
from pathlib import Path

from bench.stress.scene import Answer, Client, Scene, asking

ASKERS, STOPPED_S = 8, 15.0
QUESTION = {"text": "what has been agreed", "top_k": 10}


def stopped(scene: Scene) -> None:
    told: list[Answer] = []
    with stopped_postgres(scene.stack.data_dir):
        scene.meanwhile("PostgreSQL stopped", partial(_together, scene.reader, told))
    healed_s = _healed(scene.reader)
    longest = max(answer.seconds for answer in told)
    print(
        f"PostgreSQL stopped: {dict(Counter(answer.status for answer in told))}, told within {longest:.2f} s;", end=" "
    )
    print(
        f"answers again {healed_s:.2f} s after it goes on; {asking(scene.reader, calls=50).said(scene.idle)}",
        flush=True,
    )
    scene.goals.goal("PostgreSQL stopped: told within 3 s", longest <= 3, f"{longest:.2f} s")


def _together(reader: Client, told: list[Answer]) -> None:
    ends_at = time.monotonic() + STOPPED_S
    with ThreadPoolExecutor(ASKERS) as together:
        told.extend(chain(*together.map(lambda _: _ask(reader, ends_at), range(ASKERS))))


def _ask(reader: Client, ends_at: float) -> list[Answer]:
    answers = []
    while time.monotonic() < ends_at:
        answers.append(reader.post("query", QUESTION))
        time.sleep(0.2)
    return answers


def _healed(reader: Client) -> float:
    began = time.monotonic()
    while reader.post("query", QUESTION).status != 200:
        time.sleep(0.05)
    return time.monotonic() - began


@contextmanager
def stopped_postgres(data_dir: Path) -> Iterator[None]:
    """The embedded server and all its processes stand still inside the block. Linux only."""
    postmaster = int((data_dir / "postgres" / "postmaster.pid").read_text().splitlines()[0])
    still = [postmaster, *_children(postmaster)]
    try:
        for pid in still:
            os.kill(pid, signal.SIGSTOP)
        yield
    finally:
        for pid in still:
            os.kill(pid, signal.SIGCONT)


def _children(pid: int) -> list[int]:
    return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
