"""Bringing an exported context into a store: all of it or nothing, then its documents for the search."""

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from itertools import islice
from typing import Any

from django.core.exceptions import ValidationError
from django.db import DatabaseError, IntegrityError, transaction
from django.db.models import Model
from psycopg.errors import UniqueViolation

from accounts.audit import Actor, record
from knowledge.embedding.vector_space import active_space
from knowledge.schemas import DocumentIn
from memory.access.contexts import SETTINGS, create_context
from memory.errors import MemoryConflict
from memory.inserting import insert_rows
from memory.locks import hold_context
from memory.models import Context, Entity, Fact, FactState, ScopeSet, SourceKind, Turn, Uncertainty
from memory.nodes.searchable import node_document
from memory.scopes.sets import digest_of
from memory.transfer.lines import FORMAT, NUMBERED, TABLES, MemoryLinesInvalid, read_row
from memory.writing.searchable import EmbeddedTexts, fact_document, store, turn_document

CHUNK, AT_ONCE = 500, 2_000
"""Documents, and rows of one table."""


def load_context(lines: Iterable[str], *, now: datetime, actor: Actor, name: str = "") -> Context:
    """Make the context that the lines hold, under another `name` if one is given; its texts are embedded by a worker.

    Raises MemoryLinesInvalid for lines that are no export, or a part of one; MemoryConflict where the context, or
    another under which its rows are kept, is there already.
    """
    numbered = enumerate(lines, 1)
    header = _header(next(numbered, (1, "")))
    settings = {name: value for name, value in header["settings"].items() if name in SETTINGS}
    try:
        with transaction.atomic():
            context = create_context(name or header["context"], now=now, actor=actor, **settings)
            hold_context(context)
            count = _load_rows(numbered, context)
            record(actor, "memory.context.import", context.source, now=now, after={"rows": count})
            _store_documents(context, actor=actor, now=now)
    except IntegrityError as error:
        if not isinstance(error.__cause__, UniqueViolation):
            raise MemoryLinesInvalid(f"A line names a row that no line is: {_first_line(error)}.", line=0) from error
        raise MemoryConflict(
            f"Rows of {header['context']} are in this store already, under another context."
        ) from error
    return context


def _header(first: tuple[int, str]) -> dict[str, Any]:
    try:
        found = json.loads(first[1])
    except (ValueError, RecursionError):
        found = None
    well_formed = isinstance(found, dict) and found.get("format") == FORMAT and isinstance(found.get("settings"), dict)
    if not well_formed or not isinstance(found.get("context"), str):
        raise MemoryLinesInvalid("Line 1 is no header of a memory's export.", line=1)
    return dict(found)


def _load_rows(numbered: Iterator[tuple[int, str]], context: Context) -> int:
    """How many. The last line counts them, so that a part of an export is known as one."""
    rows = RowsInOrder(context)
    for number, line in numbered:
        count = number - 2  # behind the header
        if line.startswith('{"rows"'):
            if json.loads(line) != {"rows": count}:
                raise MemoryLinesInvalid(f"Line {number} counts other rows than there are.", line=number)
            with _as_lines(until=number - 1):
                rows.write()
            return count
        with _as_lines(until=number):
            rows.add(*read_row(line, number), number=number)
    raise MemoryLinesInvalid("The export is broken off: its last line is missing.", line=0)


@contextmanager
def _as_lines(*, until: int) -> Iterator[None]:
    """What no column takes is told as a fault of the lines; rows that are there already are not."""
    try:
        yield
    except (DatabaseError, ValidationError, ValueError, TypeError, KeyError) as error:
        if isinstance(error.__cause__, UniqueViolation):
            raise
        raise MemoryLinesInvalid(
            f"At line {until} or before it is a row that cannot be kept: {_first_line(error)}.", line=until
        ) from error


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0].rstrip(".")


class RowsInOrder:
    """Rows on their way into the tables, many of one table at a time."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self._sets: dict[str, int] = {}
        self._waiting: list[Model] = []
        self._links: list[Model] = []

    def add(self, table: str, row: dict[str, Any], *, number: int) -> None:
        """Raises MemoryLinesInvalid."""
        facts = row.pop("facts", [])
        own = row.pop("id", None) if table in NUMBERED else None
        if "scope_set_id" in row:
            row["scope_set_id"] = self._set_of(row["scope_set_id"], number)
        if table == "scope_set":
            digest = digest_of(row["clauses"])
            self._sets[str(own)] = ScopeSet.objects.create(context=self.context, digest=digest, **row).pk
            return
        if self._waiting and (type(self._waiting[0]) is not TABLES[table] or len(self._waiting) == AT_ONCE):
            self.write()
        self._waiting.append(TABLES[table](context=self.context, **row))
        self._links += [Uncertainty.facts.through(uncertainty_id=row.get("id"), fact_id=each) for each in facts]

    def write(self) -> None:
        """All that is waiting."""
        insert_rows(self._waiting)
        insert_rows(self._links)
        self._waiting, self._links = [], []

    def _set_of(self, own: Any, number: int) -> int:
        if str(own) not in self._sets:
            raise MemoryLinesInvalid(f"Line {number} belongs to a scope set that no line before it is.", line=number)
        return self._sets[str(own)]


def _store_documents(context: Context, *, actor: Actor, now: datetime) -> None:
    embedded = EmbeddedTexts(space=active_space(now=now))
    turns = Turn.objects.filter(context=context).select_related("session", "context", "scope_set")
    believed = Fact.objects.filter(context=context, state=FactState.CURRENT).exclude(source_kind=SourceKind.NODE)
    facts = believed.select_related("entity", "context", "scope_set")
    nodes = Entity.objects.filter(context=context).exclude(content="").select_related("context", "scope_set")
    for rows, document in ((turns, turn_document), (facts, fact_document), (nodes, _node_document)):
        for some in _chunks(rows.order_by("pk").iterator(CHUNK)):
            store(context, [document(each) for each in some], embedded, actor=actor.name, now=now)


def _node_document(node: Entity) -> DocumentIn:
    return node_document(
        node.pk,
        source=node.context.source,
        scope_tag=node.scope_set.tag,
        kind=node.type,
        slug=node.slug,
        title=node.name,
        text=node.content,
    )


def _chunks(rows: Iterator[Any]) -> Iterator[Sequence[Any]]:
    while some := list(islice(rows, CHUNK)):
        yield some
