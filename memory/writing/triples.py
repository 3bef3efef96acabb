"""What is known for certain: triples that a caller gives, past any model."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from memory.access.caller import MemoryCaller
from memory.errors import MemoryInvalid, MemoryTooLarge
from memory.extraction.diff import Diff, EntityRow, FactRow
from memory.models import Category, ScopeSet, SourceKind
from memory.reconciliation.applying import WriteTarget
from memory.reconciliation.records import Decisions, Source
from memory.scopes.paths import Clauses
from memory.vocabulary.folding import fold_token
from memory.vocabulary.keys import known_key
from memory.vocabulary.sanitising import NAME_CHARS, sanitise
from memory.vocabulary.types import caller_type
from memory.writing.answers import counts_of, extraction_of
from memory.writing.deciding import Writing, decide, texts_of, write
from memory.writing.given import MOST_TRIPLES, check_category, check_storable
from memory.writing.places import hold_place
from memory.writing.searchable import embed_ahead
from memory.writing.sessions import open_session

MOST_VALUE_CHARS = 20_000


def store_triples(
    caller: MemoryCaller,
    triples: Sequence[Any],
    *,
    session: str | None,
    scopes: Clauses,
    labels: tuple[str, ...],
    observed_at: datetime,
    now: datetime,
) -> dict[str, Any]:
    """Write them, all or none; the answer in the published shape. Raises MemoryInvalid naming the triple by index."""
    diff = read_triples(triples)
    embedded = embed_ahead(texts_of(diff), now=now)
    source = Source(kind=SourceKind.TRIPLES, id="", said_at=observed_at, labels=labels)
    by = Writing(actor=caller.name, embedded=embedded, now=now)
    with transaction.atomic():
        scope_set = hold_place(caller, scopes, now=now)
        opened = open_session(caller, session, scope_set, now=now)
        decided = write_curated(diff, scope_set, source=source, by=by)
        extraction = extraction_of(decided, turn_id="")
    return {
        "mode": "triples",
        "sessionId": opened.name,
        "turnId": "",
        "chunkId": "",
        "preview": False,
        **counts_of([decided]),
        "stage": "none",
        "complete": True,
        "extraction": extraction,
    }


def write_curated(diff: Diff, scope_set: ScopeSet, *, source: Source, by: Writing) -> Decisions:
    """What nobody said. In the caller's transaction, which holds the context."""
    place = WriteTarget(scope_set=scope_set, principal=None, turn=None)
    decided = decide(diff, place, source=source, now=by.now)
    write(decided, place, source=source, by=by)
    return decided


def read_triples(triples: Sequence[Any]) -> Diff:
    """As a diff, in order. Raises MemoryInvalid and MemoryTooLarge."""
    if not triples:
        raise MemoryInvalid("triples is needed, and may not be empty.")
    if len(triples) > MOST_TRIPLES:
        raise MemoryTooLarge(f"triples has {len(triples):,} entries; at most {MOST_TRIPLES:,} are taken.")
    entities: dict[tuple[str, str], EntityRow] = {}
    facts = [_fact(each, f"triples[{number}]", entities) for number, each in enumerate(triples)]
    return Diff(entities=list(entities.values()), facts=facts)


def _fact(triple: Any, at: str, entities: dict[tuple[str, str], EntityRow]) -> FactRow:
    if not isinstance(triple, Mapping):
        raise MemoryInvalid(f"{at} is no object.")
    if ("value" in triple) == ("target" in triple):
        raise MemoryInvalid(f"{at} needs either a value or a target.")
    key = known_key(_text(triple.get("key"), f"{at}.key", most=NAME_CHARS))
    category = check_category(_category(triple), field=f"{at}.memory_category") or key.category
    subject = _named(triple.get("entity"), f"{at}.entity", entities, category)
    target = _named(triple["target"], f"{at}.target", entities, category) if "target" in triple else ""
    value = "" if target else _value(triple["value"], f"{at}.value")
    return FactRow(entity=subject, key=key.name, value=value, target=target, memory_category=category, confidence=1.0)


def _category(triple: Mapping[str, Any]) -> str:
    found = triple.get("memory_category") or triple.get("memoryCategory") or ""
    return found if isinstance(found, str) else str(found)


def _named(given: Any, at: str, entities: dict[tuple[str, str], EntityRow], category: str) -> str:
    if not isinstance(given, Mapping):
        raise MemoryInvalid(f'{at} is an object {{"type", "name"}}.')
    name = sanitise(_text(given.get("name"), f"{at}.name", most=1_000), chars=NAME_CHARS)
    kind = given.get("type") or given.get("entityType") or ""
    type_ = caller_type(kind if isinstance(kind, str) else str(kind))
    if not name or not fold_token(type_):
        raise MemoryInvalid(f"{at}.name has no letter that a name can be known by.")
    entities.setdefault((type_, name), EntityRow(name=name, type=type_, memory_category=category or Category.KNOWLEDGE))
    return name


def _value(given: Any, at: str) -> str:
    """Numbers and truths as their words."""
    if isinstance(given, bool):
        return "true" if given else "false"
    if isinstance(given, int | float):
        return str(given)
    return _text(given, at, most=MOST_VALUE_CHARS)


def _text(given: Any, at: str, *, most: int) -> str:
    if not isinstance(given, str) or not given.strip():
        raise MemoryInvalid(f"{at} is a text that is not blank.")
    return check_storable(given.strip(), field=at, most=most)
