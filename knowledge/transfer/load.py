"""Reading an archive into the store, through the same write door as every push: all of a batch or nothing of it.

Reading the same archive again changes nothing, so an import that broke off may simply be repeated.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.conf import settings

from core.errors import LarderError
from knowledge.embedding import vector_space
from knowledge.embedding.embedders.fitted import FittedEmbedder
from knowledge.embedding.vector_space import (
    Space,
    activate,
    active_model,
    active_space,
    space_of,
)
from knowledge.run_counts import Counts
from knowledge.staging import Identity
from knowledge.transfer.lines import Archived, Header, LineInvalid, read_document
from knowledge.writing.upsert import Push, upsert_documents

BATCH = 500
BATCH_CHARS = 4_000_000
SHOWN = 100


class ArchiveInvalid(LarderError):
    """A line that cannot be taken in; `line` in `extra`, from 1. Nothing of its batch was stored."""

    code = "invalid_archive"


@dataclass(frozen=True, kw_only=True)
class LineFault:
    line: int
    reason: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.reason}"


@dataclass
class Loaded:
    """What an import came to so far: everything up to `line`, which ends at the byte `ends_at`, is settled.

    `faults` are the first hundred of the `refused` lines.
    """

    counts: Counts = field(default_factory=Counts)
    line: int = 1
    ends_at: int = 0
    refused: int = 0
    faults: list[LineFault] = field(default_factory=list)


def load_documents(
    lines: Iterable[bytes],
    *,
    header: Header,
    space: Space,
    clock: Callable[[], datetime],
    begin: Loaded,
    keep_going: bool = False,
    report: Callable[[Loaded], None] = lambda loaded: None,
) -> Loaded:
    """Store the documents of an archive, the header already read; `begin` says where its next line stands.

    `report` is called after each batch that is committed. Texts without a vector wait for a worker.
    Raises ArchiveInvalid for a line that cannot be taken in, unless `keep_going` collects such lines.
    """
    load = _Load(space=space, clock=clock, keep_going=keep_going, report=report, loaded=begin)
    dimensions = header.dimensions if header.model == space.model.name else 0
    for line in lines:
        load.take(line, dimensions=dimensions)
    load.store()
    return begin


@dataclass
class _Load:
    """One import on its way: documents read but not stored yet, and where the last line read ends."""

    space: Space
    clock: Callable[[], datetime]
    keep_going: bool
    report: Callable[[Loaded], None]
    loaded: Loaded
    batch: dict[Identity, Archived] = field(default_factory=dict)
    chars: int = 0

    def __post_init__(self) -> None:
        self.line, self.ends_at = self.loaded.line, self.loaded.ends_at

    def take(self, line: bytes, *, dimensions: int) -> None:
        document = self._read(line, dimensions=dimensions)
        if document and document.identity in self.batch:
            self.store()  # the later one wins, as it would in two pushes
        self.line, self.ends_at = self.line + 1, self.ends_at + len(line)
        if document:
            self.batch[document.identity] = document
            self.chars += len(document.item.content)
        if len(self.batch) >= BATCH or self.chars >= BATCH_CHARS:
            self.store()

    def store(self) -> None:
        """Commit what was read, and begin anew."""
        if self.batch:
            now = self.clock()
            push = Push(
                actor="import",
                budget_s=0,
                known={text: vector for document in self.batch.values() for text, vector in document.vectors.items()},
                own={identity: document.own for identity, document in self.batch.items() if document.own},
                stamps={identity: document.stamps(now) for identity, document in self.batch.items()},
            )
            items = [document.item for document in self.batch.values()]
            self.loaded.counts += upsert_documents(items, now=now, space=self.space, push=push)
        self.batch, self.chars = {}, 0
        self.loaded.line, self.loaded.ends_at = self.line, self.ends_at
        self.report(self.loaded)

    def _read(self, line: bytes, *, dimensions: int) -> Archived | None:
        if line.isspace():
            return None
        try:
            return read_document(line, dimensions=dimensions)
        except LineInvalid as invalid:
            self._refuse(LineFault(line=self.line + 1, reason=invalid.detail))
            return None

    def _refuse(self, fault: LineFault) -> None:
        if not self.keep_going:
            stored = f"Everything up to line {self.loaded.line} is stored."
            raise ArchiveInvalid(f"Line {fault.line}: {fault.reason}. {stored}", line=fault.line)
        self.loaded.refused += 1
        if len(self.loaded.faults) < SHOWN:
            self.loaded.faults.append(fault)


def space_for(header: Header, *, now: datetime) -> Space:
    """The space to import into. A new store takes the archive's word for its model's width, and asks no backend."""
    ours = settings.EMBEDDING_MODEL
    if active_model() is None and header.model == ours and header.dimensions:
        backend = FittedEmbedder(backend=vector_space.embedder_named(ours), dimensions=header.dimensions)
        return space_of(activate(backend, now=now))
    return active_space(now=now)
