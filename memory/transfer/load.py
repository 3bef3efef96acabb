"""Bringing an exported context into a store: all of it or nothing, then its documents for the search."""

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

from django.db import IntegrityError, transaction

from accounts.audit import Actor, record
from knowledge.embedding.vector_space import active_space
from knowledge.schemas import DocumentIn
from memory.access.contexts import SETTINGS, create_context
from memory.errors import MemoryConflict
from memory.locks import hold_context
from memory.models import Context, Entity, Fact, FactState, SourceKind, Turn, Uncertainty
from memory.nodes.upsert import NODE, kind_tag
from memory.scopes.sets import digest_of
from memory.transfer.lines import FORMAT, NUMBERED, TABLES, MemoryLinesInvalid, read_row
from memory.writing.searchable import EmbeddedTexts, fact_document, store, turn_document

CHUNK = 500


def load_context(lines: Iterable[str], *, now: datetime, actor: Actor) -> Context:
    """Make the context that the lines hold; its texts are embedded by a worker.

    Raises MemoryLinesInvalid for lines that are no export, or a part of one; MemoryConflict where the context, or
    another under which its rows are kept, is there already.
    """
    numbered = enumerate(lines, 1)
    header = _header(next(numbered, (1, "")))
    settings = {name: value for name, value in header["settings"].items() if name in SETTINGS}
    try:
        with transaction.atomic():
            context = create_context(header["context"], now=now, actor=actor, **settings)
            hold_context(context)
            count = _load_rows(numbered, context)
            record(actor, "memory.context.import", context.source, now=now, after={"rows": count})
            _store_documents(context, actor=actor, now=now)
    except IntegrityError as error:
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
    sets: dict[int, int] = {}
    for number, line in numbered:
        count = number - 2  # behind the header
        if line.startswith('{"rows"'):
            if json.loads(line) != {"rows": count}:
                raise MemoryLinesInvalid(f"Line {number} counts other rows than there are.", line=number)
            return count
        table, row = read_row(line, number)
        _insert(table, row, context, sets, number)
    raise MemoryLinesInvalid("The export is broken off: its last line is missing.", line=0)


def _insert(table: str, row: dict[str, Any], context: Context, sets: dict[int, int], number: int) -> None:
    facts = row.pop("facts", [])
    own = row.pop("id", None) if table in NUMBERED else None
    if "scope_set_id" in row:
        if row["scope_set_id"] not in sets:
            raise MemoryLinesInvalid(f"Line {number} belongs to a scope set that no line before it is.", line=number)
        row["scope_set_id"] = sets[row["scope_set_id"]]
    if table == "scope_set":
        row["digest"] = digest_of(row["clauses"])
    made = TABLES[table]._default_manager.create(context=context, **row)
    if table == "scope_set" and isinstance(own, int):
        sets[own] = made.pk
    if isinstance(made, Uncertainty):
        made.facts.set(facts)


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
    return DocumentIn(
        id=f"node/{node.pk}",
        content=node.content,
        source=node.context.source,
        tags=sorted([NODE, node.scope_set.tag, kind_tag(node.type)]),
        metadata={"kind": node.type, "slug": node.slug, "title": node.name},
    )


def _chunks(rows: Iterator[Any]) -> Iterator[Sequence[Any]]:
    while some := list(islice(rows, CHUNK)):
        yield some
