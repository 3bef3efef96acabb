"""A block for a prompt: what is known of the speaker, then what answers the question, each on one quiet line."""

from collections.abc import Iterable, Iterator
from typing import Any

from memory.access.caller import MemoryCaller
from memory.reading.finding import Found, MemoryQuery, find
from memory.reading.profile import read_profile
from memory.reading.time_filter import Reader
from memory.vocabulary.recalled import recalled_line
from memory.vocabulary.sanitising import HIT_CHARS, sanitise

MOST_CHARS = 8_000


def context_block(
    query: MemoryQuery, reader: Reader, caller: MemoryCaller, *, kind: str = "context"
) -> tuple[str, Found]:
    """At most `MOST_CHARS` characters, whole lines. When a client sends a line back, it is known by its mark."""
    found = find(query, reader, caller, kind=kind)
    profile = read_profile(reader, caller)
    lines = dict.fromkeys([*_profile_lines(profile), *(hit.text for hit in found.hits)])
    return _fitting(recalled_line(sanitise(line, chars=HIT_CHARS)) for line in lines), found


def _profile_lines(profile: dict[str, Any]) -> Iterator[str]:
    for name in ("static", "dynamic", "preferences"):
        for row in profile[name]:
            yield f"{row['key'].replace('_', ' ')}: {row['value']}"
    for row in profile["instructions"]:
        yield f"instruction: {row['description'] or row['label']}"


def _fitting(lines: Iterable[str]) -> str:
    kept: list[str] = []
    room = MOST_CHARS
    for line in lines:
        room -= len(line) + 1
        if room < 0:
            break
        kept.append(line)
    return "\n".join(kept)
