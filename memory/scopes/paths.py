"""Scopes as they are sent, and as they are kept.

A path is `org/acme/user/alice`; "" is the root. Clauses are alternatives, each a list of paths that all must hold:
`[["org/acme", "team/red"], ["org/beta"]]` reads (org/acme AND team/red) OR org/beta.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from memory.errors import MemoryInvalid

Clauses = list[list[str]]

ROOT = ""
EVERYTHING = "*"
MOST_SEGMENTS = 8
MOST_CLAUSES = 64
MOST_PATHS = 16
SEGMENT = re.compile(r"[A-Za-z0-9_.@:+-]{1,100}")
ORDER = {name: place for place, name in enumerate(("org", "team", "project", "user"))}


def parse_scopes(value: Any) -> Clauses:
    """Of any form that clients send; sorted, nothing twice. `[]` where nothing is named.

    What comes out can be read again. Raises MemoryInvalid.
    """
    return _parse(value, patterns=False)


def parse_lens(value: Any) -> Clauses:
    """As scopes, and `org/acme/*` (or `*`) for a place with all that lies below it."""
    return _parse(value, patterns=True)


def parse_path(text: Any) -> str:
    """One place, without the slashes around it; "" for the root. Raises MemoryInvalid."""
    if not isinstance(text, str):
        raise MemoryInvalid(f"A scope is a path such as org/acme, not {text!r:.100}.")
    bare = text.removeprefix("/").removesuffix("/")
    segments = [] if text in (ROOT, "/") else bare.split("/")
    if len(segments) > MOST_SEGMENTS:
        raise MemoryInvalid(f"The scope {text!r:.200} has more than {MOST_SEGMENTS} segments.")
    if not all(SEGMENT.fullmatch(segment) for segment in segments):
        raise MemoryInvalid(
            f"The scope {text!r:.200} is no path: segments are 1 to 100 letters, digits or _.@:+- between slashes."
        )
    return bare


def parse_pattern(text: Any) -> str:
    """A path, or a path with `/*` behind it; `*` is everything. Raises MemoryInvalid."""
    if not isinstance(text, str) or not text.endswith("*"):
        return parse_path(text)
    base, slash, _ = text.rpartition("/")
    if text.removeprefix("/") == EVERYTHING:
        return EVERYTHING
    if not slash or text != f"{base}/*" or base.endswith("/"):
        raise MemoryInvalid(f"The scope {text!r:.200} is no pattern: only /* at its end stands for all below it.")
    return f"{parse_path(base)}/*"


def wire_scopes(clauses: Iterable[Iterable[str]]) -> Clauses:
    """Clauses as answers show them: `/` is the root."""
    return [[path or "/" for path in clause] for clause in clauses]


def scopes_in_query(query: Mapping[str, str], name: str = "scope") -> Any:
    """What a query says of it: `scope=org/acme`, or `scope[org]=acme&scope[user]=alice`; None for neither."""
    parts = {key[len(name) + 1 : -1]: value for key, value in query.items() if _is_part(key, name)}
    return parts or query.get(name) or None


def _is_part(key: str, name: str) -> bool:
    return key.startswith(f"{name}[") and key.endswith("]") and len(key) > len(name) + 2


def _parse(value: Any, *, patterns: bool) -> Clauses:
    read = parse_pattern if patterns else parse_path
    clauses = {tuple(sorted({read(path) for path in clause})) for clause in _clauses(value)}
    if len(clauses) > MOST_CLAUSES or any(len(clause) > MOST_PATHS for clause in clauses):
        raise MemoryInvalid(f"Scopes are at most {MOST_CLAUSES} alternatives of at most {MOST_PATHS} paths.")
    return [list(clause) for clause in sorted(clauses) if clause]


def _clauses(value: Any) -> list[list[Any]]:
    if value is None:
        return []
    if isinstance(value, Mapping):
        return [[_path_of(value)]] if value else []
    if isinstance(value, list | tuple):
        return [list(each) if isinstance(each, list | tuple) else _single(each) for each in value]
    return [[value]]


def _single(value: Any) -> list[Any]:
    return [_path_of(value)] if isinstance(value, Mapping) else [value]


def _path_of(parts: Mapping[Any, Any]) -> str:
    """`{"user": "alice", "org": "acme"}` is org/acme/user/alice, however it is ordered."""
    names = sorted(map(str, parts), key=lambda name: (ORDER.get(name, len(ORDER)), name))
    segments = [segment for name in names for segment in (name, parts[name])]
    if not all(isinstance(segment, str) and SEGMENT.fullmatch(segment) for segment in segments):
        raise MemoryInvalid(f"A scope's names and values are 1 to 100 letters, digits or _.@:+-, not {parts!r:.200}.")
    return "/".join(segments)
