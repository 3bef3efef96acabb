"""How much is measured, in the whole run and in the quick one, and of which stores."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bench.compare.corpus import WIDTH

PEERS = ("chroma", "sql", "lancedb")


@dataclass(frozen=True, kw_only=True)
class Sizes:
    """Documents, but for `questions` and `calls` of each contender, and the seconds of one turn at full load."""

    store: int = 100_000
    modelled: int = 20_000
    small: int = 20_000
    large: int = 1_000_000
    pushed: int = 20_000
    batch: int = 1_000
    embedded: int = 2_000
    questions: int = 500
    calls: int = 500
    load_s: float = 5.0

    def tenth(self) -> "Sizes":
        sizes = {name: value // 10 for name, value in asdict(self).items() if name in TENTHS}
        return replace(self, **sizes, batch=self.batch // 2, load_s=2.0)

    def of(self, documents: int) -> "Sizes":
        """With stores of so many; a small one beside them has a fifth at most."""
        return replace(
            self,
            store=documents,
            large=documents,
            small=min(self.small, documents // 5),
            modelled=min(self.modelled, documents),
        )


TENTHS = ("store", "modelled", "small", "large", "pushed", "embedded", "questions", "calls")


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What one run is asked for. `index` is Larder's `SEARCH_INDEX`; without it Larder has its own default.

    `earlier` is another checkout, installed in its own `.venv`, for the lines that compare with it.
    """

    sizes: Sizes
    folder: Path
    width: int = WIDTH
    index: str | None = None
    earlier: Path | None = None
    peers: tuple[str, ...] = PEERS

    @property
    def variables(self) -> Mapping[str, str]:
        """For the servers of this checkout; an earlier one may know none of it."""
        return {"SEARCH_INDEX": self.index} if self.index else {}

    def described(self) -> dict[str, Any]:
        """As JSON takes it."""
        return {
            "sizes": asdict(self.sizes),
            "width": self.width,
            "index": self.index,
            "earlier": self.earlier and str(self.earlier),
            "peers": self.peers,
        }

    @contextmanager
    def fresh_folder(self, name: str) -> Iterator[Path]:
        """The path of a data directory for what begins with an empty store; gone afterwards."""
        with TemporaryDirectory(dir=self.folder, prefix=f"{name}-", ignore_cleanup_errors=True) as folder:
            yield Path(folder, "data")

    @property
    def store_name(self) -> str:
        """A part of the names of data directories: one store for each kind of index."""
        return f"-{self.index}" if self.index else ""


TOP_K = 10
CLIENTS = 8
TURNS = 3
MOST_S = 60
"""The longest that one comparison asks, however slow a contender is."""
