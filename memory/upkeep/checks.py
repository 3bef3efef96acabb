"""`fsck`: names that may be one and the same, what contradicts itself, and turns that spoke to the model."""

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from itertools import combinations, groupby
from typing import Any

from memory.extraction.injection import injection_kinds
from memory.models import Entity, Turn, Uncertainty
from memory.reading.entities import visible_entities
from memory.reading.shapes import entity_row, unknown_row
from memory.reading.time_filter import Reader

MOST_ENTITIES = 2_000
MOST_TURNS = 2_000
ALIKE = 0.95
CONTRADICTING = ("contradiction", "curated", "reported")
CHECKS = ("duplicates", "contradictions", "injection")


def check_memory(
    reader: Reader, *, checks: Sequence[str] = CHECKS, alike: float = ALIKE, most: int = 100
) -> dict[str, Any]:
    """At most so many findings of a kind, and how many there are in all. Nothing is changed, and nothing merged."""
    found: dict[str, list[dict[str, Any]]] = {
        "duplicates": list(_duplicates(reader, alike)) if "duplicates" in checks else [],
        "contradictions": list(_contradictions(reader)) if "contradictions" in checks else [],
        "injection": list(_injections(reader)) if "injection" in checks else [],
    }
    return {"total": sum(map(len, found.values())), **{name: rows[:most] for name, rows in found.items()}}


def _duplicates(reader: Reader, alike: float) -> Iterator[dict[str, Any]]:
    """Pairs of one scope set that begin alike, of one type or of none; nothing fuzzy is merged by itself."""
    rows = visible_entities(reader).order_by("scope_set_id", "folded")[:MOST_ENTITIES]
    for _, group in groupby(rows, key=lambda each: (each.scope_set_id, each.folded[:1])):
        for one, other in combinations(group, 2):
            likeness = _likeness(one, other)
            if likeness >= alike and (one.type == other.type or "other" in (one.type, other.type)):
                yield {"entities": [entity_row(one), entity_row(other)], "similarity": round(likeness, 4)}


def _likeness(one: Entity, other: Entity) -> float:
    matcher = SequenceMatcher(a=one.folded, b=other.folded, autojunk=False)
    return matcher.ratio() if matcher.real_quick_ratio() >= 0.5 else 0.0


def _contradictions(reader: Reader) -> Iterator[dict[str, Any]]:
    rows = Uncertainty.objects.filter(context=reader.context, resolved_at=None, kind__in=CONTRADICTING)
    for each in reader.visibility.filter(rows).order_by("-created_at", "-pk")[:MOST_TURNS]:
        yield unknown_row(each)


def _injections(reader: Reader) -> Iterator[dict[str, Any]]:
    rows = reader.visibility.filter(Turn.objects.filter(context=reader.context).exclude(flags=[]))
    for turn in rows.order_by("-stored_at", "-pk")[:MOST_TURNS]:
        for kind in sorted(injection_kinds(turn.content)):
            yield {"turnId": f"turn:{turn.pk}", "kind": kind, "flags": turn.flags}
