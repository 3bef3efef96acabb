"""Whether rows of a memory are those that a case names. Only the fields that it names are compared."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

SELF = "$self"
DAY_CHARS = len("2026-03-18")
EXACT = ("key", "verb", "kind", "type", "active", "proof_count", "memory_category")
NAMED_BY = {"attributes": "key", "relations": "verb"}

Row = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Matcher:
    """`speaker`: what the one who speaks is called, beside `$self`."""

    speaker: frozenset[str]

    def matches(self, row: Row, wanted: Row) -> bool:
        tests = self._tests()
        return all(tests[field](row, value) for field, value in wanted.items() if field in tests)

    def find(self, rows: Iterable[Row], wanted: Row) -> Row | None:
        return next((row for row in rows if self.matches(row, wanted)), None)

    def missing(self, what: str, rows: Sequence[Row], wanted: Iterable[Row]) -> Iterator[str]:
        for each in wanted:
            if self.find(rows, each) is None:
                yield f"{what} lacks {each}, and has {_short(rows)}"

    def name(self, text: str) -> str:
        return SELF if fold(text) in self.speaker else fold(text)

    def _tests(self) -> dict[str, Callable[[Row, Any], bool]]:
        """How each field is compared: names and values without case, times as exactly as they are told."""
        names = {field: _compared(field, self.name) for field in ("entity", "subject", "object", "name")}
        return {**PLAIN, **names}


def fold(text: Any) -> str:
    return " ".join(str(text).casefold().split())


def _compared(field: str, read: Callable[[Any], Any]) -> Callable[[Row, Any], bool]:
    return lambda row, value: read(row[field]) == read(value)


def _as_it_is(value: Any) -> Any:
    return value


PLAIN: dict[str, Callable[[Row, Any], bool]] = {
    **{field: _compared(field, fold) for field in ("value", "old", "new")},
    **{field: _compared(field, _as_it_is) for field in EXACT},
    "valid_from": lambda row, value: same_time(value, row["validFrom"]),
    "valid_until": lambda row, value: same_time(value, row["validUntil"]),
    "label": lambda row, value: fold(value) in f"{fold(row['label'])}\n{fold(row['description'])}",
    "about": lambda row, value: fold(value) in fold(row["about"]),
}


def same_time(wanted: str | None, found: str | None) -> bool:
    if wanted is None or found is None:
        return wanted is found
    if len(wanted) <= DAY_CHARS:
        return found.startswith(wanted)
    return datetime.fromisoformat(wanted) == datetime.fromisoformat(found)


def of_a_turn(matcher: Matcher, told: Row, expected: Row) -> Iterator[str]:
    """What an answer lacks, or has although it should not."""
    for kind in expected.keys() & told["extraction"].keys():
        rows, wanted = told["extraction"][kind], expected[kind]
        yield from matcher.missing(kind, rows, wanted)
        if (not wanted and any(row.get("effect") != "closed" for row in rows)) or (
            expected.get("exact") and len(rows) != len(wanted)
        ):
            yield f"{kind} has {_short(rows)} where {len(wanted)} are expected"
    for name, count in expected.get("counts", {}).items():
        if told[name] != count:
            yield f"{name} is {told[name]}, not {count}"


def of_the_state(matcher: Matcher, state: Row, expected: Row) -> Iterator[str]:
    """A list is complete for the keys that it names; an empty one for all."""
    for kind, wanted in expected.items():
        yield from matcher.missing(f"state: {kind}", state[kind], wanted)
        for row in _beside(matcher, kind, state[kind], wanted):
            yield f"state: {kind} also has {_short([row])}"


def _beside(matcher: Matcher, kind: str, rows: Sequence[Row], wanted: Sequence[Row]) -> Iterator[Row]:
    field = NAMED_BY.get(kind)
    about = {each[field] for each in wanted} if field else set()
    for row in rows:
        is_meant = not wanted or kind == "instructions" or (field is not None and row[field] in about)
        if is_meant and not (field and row[field] == "name") and not any(matcher.matches(row, each) for each in wanted):
            yield row


def present_although_absent(matcher: Matcher, state: Row, absent: Iterable[Row]) -> Iterator[str]:
    """Each names one row by its kind, or a pattern that no entity's name may fit. Categories do not matter."""
    for each in absent:
        for kind, wanted in each.items():
            if kind == "entity_name_matches":
                found = next((row for row in state["entities"] if re.search(wanted, row["name"])), None)
            else:
                bare = {field: value for field, value in wanted.items() if field != "memory_category"}
                found = matcher.find(state[f"{kind}s"], bare)
            if found is not None:
                yield f"has {_short([found])}, which may not be"


def of_a_chain(chain: Sequence[Row], wanted: Sequence[Sequence[str | None]]) -> Iterator[str]:
    """[value, from, until], oldest first."""
    found = [(row["value"], row["validFrom"], row["validUntil"]) for row in chain]
    pairs = list(zip(wanted, found, strict=False))
    fits = [
        fold(one[0]) == fold(other[0]) and same_time(one[1], other[1]) and same_time(one[2], other[2])
        for one, other in pairs
    ]
    if len(found) != len(wanted) or not all(fits):
        yield f"the chain is {found}, not {wanted}"


def _short(rows: Iterable[Row]) -> str:
    shown = ("name", "entity", "subject", "key", "verb", "value", "object", "label", "about", "kind", "effect")
    return str([" ".join(str(row[name]) for name in shown if name in row) for row in rows])[:300]
