"""Reading as a worker does it, in a limited child process, beside the same libraries in this process, in turns.

Small files go to the child together, as those of one lease do; others one by one.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from statistics import median

from bench.compare.report import Row
from bench.files.direct import DIRECT, READER, Alone
from bench.files.samples import MAKERS, make_files
from ingestion.extract import SMALL_BYTES, TOGETHER, Unread, extract_all
from ingestion.extract.sandbox import Child, end_children
from ingestion.kinds import DeclaredType

FILES, TURNS = 12, 5
OVERHEAD = 1.2
SUFFIXES = {"htm": "html", "markdown": "md"}

Read = Callable[[Sequence[bytes]], object]


def measure_reading(folder: Path | None) -> Iterator[Row]:
    """A row for each kind: goal is that Larder's way takes no more than a fifth longer."""
    for kind, bodies in _bodies(folder):
        for alone in (DIRECT[kind], *filter(None, [READER.get(kind)])):
            yield _compare(kind, bodies, alone)
    end_children()
    yield _first_file()


def _bodies(folder: Path | None) -> Iterator[tuple[str, Sequence[bytes]]]:
    if folder is None:
        yield from ((kind, make_files(kind, FILES)) for kind in MAKERS)
        return
    for kind, files in bodies_of(folder):
        yield kind, [body for _, body in files]


def bodies_of(folder: Path) -> Iterator[tuple[str, Sequence[tuple[str, bytes]]]]:
    """Of each kind that is in a folder, the names and the bytes of its files."""
    found: dict[str, list[tuple[str, bytes]]] = {kind: [] for kind in DIRECT}
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        suffix = path.suffix.lower().lstrip(".")
        found.get(SUFFIXES.get(suffix, suffix), []).append((str(path.relative_to(folder)), path.read_bytes()))
    yield from ((kind, files) for kind, files in found.items() if files)


def _compare(kind: str, bodies: Sequence[bytes], library: Alone) -> Row:
    """In turns both read all files; a turn's ratio is that of its sums, and the median of the turns counts."""
    named, read_one = library
    declared = DeclaredType(name=f"it.{kind}")
    together = TOGETHER if max(map(len, bodies)) <= SMALL_BYTES else 1

    def ours(bodies: Sequence[bytes]) -> object:
        files = [Unread(body=body, declared=declared, name="it") for body in bodies]
        return [list(extract_all(files[at : at + together])) for at in range(0, len(files), together)]

    def alone(bodies: Sequence[bytes]) -> object:
        return [read_one(body) for body in bodies]

    for read in (ours, alone):  # libraries are imported with the first file
        read(bodies[:1])
    turns = [_turn((ours, alone), bodies) for _ in range(TURNS)]
    mine, theirs = (median(turn[which] for turn in turns) for which in (0, 1))
    each_kb = sum(map(len, bodies)) / len(bodies) / 1_000
    return Row(
        work=f"{kind}, {each_kb:,.0f} kB each" + (", together" if together > 1 else ""),
        ours=_rate(mine, bodies),
        theirs=f"{named} {_rate(theirs, bodies)}",
        ratio=median(turn[0] / turn[1] for turn in turns),
        at_most=OVERHEAD,
    )


def _turn(readers: Sequence[Read], bodies: Sequence[bytes]) -> list[float]:
    """Seconds of each reader; its first file only warms what the other has cooled."""
    seconds = []
    for read in readers:
        read(bodies[:1])
        began = time.perf_counter()
        read(bodies)
        seconds.append(time.perf_counter() - began)
    return seconds


def _rate(seconds: float, bodies: Sequence[bytes]) -> str:
    files, mb = len(bodies) / seconds, sum(map(len, bodies)) / seconds / 1e6
    return f"{files:,.0f}/s, {mb:,.1f} MB/s, {1_000 / files:.2f} ms each"


def _first_file() -> Row:
    """What a child costs before it has read anything, and what is then spread over all that it reads."""
    starts = []
    for _ in range(5):
        began = time.perf_counter()
        child = Child()
        list(child.ask([("text/plain", b"x")], wall_s=30))
        starts.append(time.perf_counter() - began)
        asked = []
        for _ in range(50):
            began = time.perf_counter()
            list(child.ask([("text/plain", b"x")], wall_s=30))
            asked.append(time.perf_counter() - began)
        child.end()
    start, ask = median(starts) * 1_000, median(asked) * 1_000
    times = start / ask
    return Row(
        work="a child's first file, and a later one", ours=f"{start:.0f} ms", theirs=f"{ask:.2f} ms", ratio=times
    )
