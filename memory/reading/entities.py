"""Entities: listed, one with what is known of it, and the dated chain of one of its keys."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from core.ids import read_id
from memory.errors import MemoryInvalid, MemoryNotFound
from memory.models import Entity, Fact, Trace
from memory.querysets import known_as
from memory.reading.shapes import attribute_row, entity_row, relation_row, version_row
from memory.reading.time_filter import Reader
from memory.reading.traces import trace_row, visible_traces
from memory.vocabulary.folding import fold_name
from memory.vocabulary.keys import known_key
from memory.vocabulary.types import caller_type

MOST = 500


def visible_entities(reader: Reader) -> QuerySet[Entity]:
    return reader.visibility.filter(Entity.objects.filter(context=reader.context))


def list_entities(reader: Reader, *, type_: str, limit: int, offset: int) -> list[dict[str, Any]]:
    """Newest first."""
    rows = visible_entities(reader)
    if type_:
        rows = rows.filter(type=caller_type(type_))
    return [entity_row(each) for each in rows.order_by("-updated_at", "-pk")[offset : offset + limit]]


def find_entities(reader: Reader, type_: str, name: str) -> list[Entity]:
    """All that the name means to this reader, which may be one in each of several scope sets; never empty.

    A name may be an alias, a slug or an id. Raises MemoryNotFound.
    """
    folded = fold_name(name.replace("\0", ""))
    named = Q(folded=folded) | known_as([folded]) | Q(slug=name.replace("\0", ""), slug__gt="")
    if found_id := read_id("entity", name):
        named |= Q(pk=found_id)
    found = list(visible_entities(reader).filter(named, type=caller_type(type_)).order_by("created_at", "pk")[:MOST])
    if not found:
        raise MemoryNotFound(f"There is no {caller_type(type_)} {name!r:.200} here.")
    return found


def read_entity(reader: Reader, type_: str, name: str) -> dict[str, Any]:
    """With its facts of the moment, those that lead to it among the relations. Raises MemoryNotFound."""
    found = find_entities(reader, type_, name)
    rows = reader.facts().shown().filter(Q(entity__in=found) | Q(target__in=found)).order_by("known_from", "pk")[:MOST]
    return {
        "entity": entity_row(found[0]),
        "attributes": [attribute_row(each) for each in rows if not each.target_id],
        "relations": [relation_row(each) for each in rows if each.target_id],
    }


def read_history(reader: Reader, type_: str, name: str, key: str) -> list[dict[str, Any]]:
    """Every value that the key ever had, oldest first; what was never so and what was only claimed say so.

    Raises MemoryNotFound.
    """
    found = find_entities(reader, type_, name)
    return _versions(chain_of(reader, [each.pk for each in found], known_key(key).name))


def chain_of(reader: Reader, entity_ids: Sequence[UUID], key: str) -> list[Fact]:
    rows = list(reader.all_facts().shown().filter(entity__in=entity_ids, key=key)[: 4 * MOST])
    return sorted(rows, key=lambda each: (each.valid_from or each.said_at, each.known_from, each.pk))


def inspect(reader: Reader, ref: str) -> dict[str, Any]:
    """One object by its reference, with every version and its source.

    `entity:<type>/<name>`, `attribute:<type>/<name>/<key>`, `relation:<subject>/<label>/<object>`, `trace:<id>`.
    Raises MemoryInvalid for what is none of them, MemoryNotFound.
    """
    kind, _, rest = ref.partition(":")
    parts = rest.split("/")
    if kind == "entity" and len(parts) >= 2:
        return _inspect_entity(reader, parts[0], "/".join(parts[1:]))
    if kind == "attribute" and len(parts) >= 3:
        type_, key = parts[0], parts[-1]
        return {"kind": "attribute", "versions": read_history(reader, type_, "/".join(parts[1:-1]), key)}
    if kind == "relation" and len(parts) >= 3:
        return _inspect_relation(reader, parts[0], parts[1], "/".join(parts[2:]))
    if kind == "trace" and rest:
        return {"kind": "trace", "trace": find_trace(reader, ref)}
    raise MemoryInvalid(
        "ref is entity:<type>/<name>, attribute:<type>/<name>/<key>, relation:<subject>/<label>/<object> or trace:<id>."
    )


def find_trace(reader: Reader, trace_id: str) -> dict[str, Any]:
    """Raises MemoryNotFound."""
    found_id = read_id("trace", trace_id)
    found: Trace | None = visible_traces(reader).filter(pk=found_id).first() if found_id else None
    if found is None:
        raise MemoryNotFound("There is no such trace.")
    return trace_row(found)


def _inspect_entity(reader: Reader, type_: str, name: str) -> dict[str, Any]:
    found = find_entities(reader, type_, name)
    rows = reader.all_facts().shown().filter(entity__in=found).order_by("key", "known_from", "pk")[: 4 * MOST]
    return {"kind": "entity", "entity": entity_row(found[0]), "versions": _versions(list(rows))}


def _inspect_relation(reader: Reader, subject: str, label: str, object_: str) -> dict[str, Any]:
    ends = Q(entity__folded=fold_name(subject)) & Q(target__folded=fold_name(object_))
    rows = list(reader.all_facts().shown().filter(ends, key=known_key(label).name).order_by("known_from", "pk")[:MOST])
    if not rows:
        raise MemoryNotFound("There is no such relation.")
    return {"kind": "relation", "versions": [relation_row(each) for each in rows]}


def _versions(chain: Sequence[Fact]) -> list[dict[str, Any]]:
    later = {each.supersedes_id: f"fact:{each.pk}" for each in chain if each.supersedes_id}
    return [version_row(each, superseded_by=later.get(each.pk)) for each in chain]
