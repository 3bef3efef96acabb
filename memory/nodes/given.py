"""What a caller sends of nodes and relations, judged row by row. Every fault names the row by its index."""

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings

from knowledge.fields import check_metadata
from memory.errors import MemoryInvalid, MemoryTooLarge
from memory.scopes.paths import Clauses, parse_scopes
from memory.vocabulary.folding import fold_token, fold_value
from memory.vocabulary.keys import KEYS, Key, fold_key
from memory.vocabulary.sanitising import NAME_CHARS, sanitise

MOST_RELATIONS = 5_000
MOST_TOKEN_CHARS = 100
MOST_SLUG_CHARS = 200
MOST_VALUE_CHARS = 500
MOST_VALUE_BYTES = 1_500
"""Of a folded value, so that an index can hold it."""

NodeKey = tuple[str, str]
"""(kind, slug)"""


@dataclass(frozen=True, kw_only=True)
class NodeRow:
    """A node as it is to be. `text` is what is searched; `content` is what was given: an object, a text or nothing.

    `place` is what the row says of its scope, [] where it says nothing.
    """

    key: NodeKey
    title: str
    content: Any
    text: str
    attributes: Mapping[str, str] = field(default_factory=dict)
    place: Clauses = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class RelationRow:
    start: NodeKey
    end: NodeKey
    label: str
    place: Clauses = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class Given:
    nodes: Sequence[NodeRow]
    relations: Sequence[RelationRow]


def read_nodes(nodes: Any, relations: Any) -> Given:
    """Raises MemoryInvalid with the index of the first fault, MemoryTooLarge beyond a batch's limits."""
    most = settings.MEMORY_BATCH_NODES
    rows = _listed(nodes, "nodes", most=most)
    if not rows:
        raise MemoryInvalid(f"nodes: 1 to {most:,} nodes are needed.")
    read = [_node(f"nodes[{index}]", row) for index, row in enumerate(rows)]
    between = [
        _relation(f"relations[{index}]", row)
        for index, row in enumerate(_listed(relations, "relations", most=MOST_RELATIONS))
    ]
    return Given(nodes=read, relations=between)


def key_for(name: str, *, kind: str) -> Key:
    """The key that a record's field is: the vocabulary's own where it means the same of such a record.

    What is said of people (a `title` is somebody's role) is not read into the fields of a product.
    """
    token = fold_token(name)[:MOST_TOKEN_CHARS]
    known = KEYS.get(fold_key(token))
    if known and (known.name == token or kind == "person" or known.category == "knowledge"):
        return known
    return Key(name=token, single=False, category="knowledge")


def read_key(at: str, value: Any) -> NodeKey:
    """`[kind, slug]` or `{"kind", "slug"}`."""
    if isinstance(value, Mapping):
        value = [value.get("kind"), value.get("slug")]
    if not isinstance(value, list | tuple) or len(value) != 2:
        raise MemoryInvalid(f"{at}: [kind, slug] or an object of both is needed.")
    return _kind(at, value[0]), _slug(at, value[1])


def same_json(one: Any, other: Any) -> bool:
    """As JSON: true is not 1, but 1.0 is, which is how the database gives numbers back."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(same_json(value, other[key]) for key, value in one.items())
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same_json, one, other))
    return bool(one == other)


def _listed(value: Any, name: str, *, most: int) -> Sequence[Any]:
    if not isinstance(value if value is not None else [], list):
        raise MemoryInvalid(f"{name} has to be a list.")
    if value and len(value) > most:
        raise MemoryTooLarge(f"{name}: {len(value):,} were sent; at most {most:,} can be at once.")
    return value or []


def _node(at: str, row: Any) -> NodeRow:
    if not isinstance(row, Mapping):
        raise MemoryInvalid(f"{at} has to be an object.")
    key = _kind(f"{at}.kind", row.get("kind")), _slug(f"{at}.slug", row.get("slug"))
    title = row.get("title", "")
    if title is not None and not isinstance(title, str):
        raise MemoryInvalid(f"{at}.title has to be a text.")
    content = _content(f"{at}.content", row.get("content"))
    named = sanitise(title or "", chars=NAME_CHARS) or key[1]
    attributes = dict(_attributes(content, kind=key[0]))
    place = _place(at, row)
    return NodeRow(
        key=key, title=named, content=content, text=_text(named, content), attributes=attributes, place=place
    )


def _relation(at: str, row: Any) -> RelationRow:
    if not isinstance(row, Mapping):
        raise MemoryInvalid(f"{at} has to be an object.")
    label = row.get("label")
    token = fold_token(label)[:MOST_TOKEN_CHARS] if isinstance(label, str) else ""
    if not token:
        raise MemoryInvalid(f"{at}.label has to be a text with a letter or a digit.")
    start, end = read_key(f"{at}.in", row.get("in")), read_key(f"{at}.out", row.get("out"))
    label = key_for(token, kind=start[0]).name
    return RelationRow(start=start, end=end, label=label, place=_place(at, row))


def _place(at: str, row: Mapping[str, Any]) -> Clauses:
    try:
        return parse_scopes(row.get("scopes", row.get("scope")))
    except MemoryInvalid as error:
        raise MemoryInvalid(f"{at}: {error.detail}") from None


def _kind(at: str, value: Any) -> str:
    token = fold_token(value)[:MOST_TOKEN_CHARS] if isinstance(value, str) else ""
    if not token:
        raise MemoryInvalid(f"{at}: a kind has to be a text with a letter or a digit.")
    return token


def _slug(at: str, value: Any) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    slug = sanitise(value, chars=MOST_SLUG_CHARS + 1) if isinstance(value, str) else ""
    if not slug or len(slug) > MOST_SLUG_CHARS:
        raise MemoryInvalid(f"{at}: a slug has to be a text of 1 to {MOST_SLUG_CHARS} characters.")
    return slug


def _content(at: str, value: Any) -> Any:
    if value is None or value == "":
        return None
    if isinstance(value, str):
        if len(value) > settings.MAX_CONTENT_CHARS:
            raise MemoryTooLarge(f"{at} has {len(value):,} characters; at most {settings.MAX_CONTENT_CHARS:,} can be.")
        return value.replace("\0", "").encode(errors="replace").decode()
    if not isinstance(value, Mapping):
        raise MemoryInvalid(f"{at} has to be an object or a text.")
    try:
        return check_metadata(dict(value))
    except ValueError as error:
        raise MemoryInvalid(f"{at} {error}.") from None


def _attributes(content: Any, *, kind: str) -> Iterator[tuple[str, str]]:
    """The scalar members that are short enough to be compared; of two that fold to one key the first."""
    seen = set()
    for name, value in content.items() if isinstance(content, Mapping) else ():
        key, said = key_for(name, kind=kind).name, _scalar(value)
        if key and said and key not in seen and _fits(said):
            seen.add(key)
            yield key, said


def _fits(value: str) -> bool:
    return len(value) <= MOST_VALUE_CHARS and len(fold_value(value).encode()) <= MOST_VALUE_BYTES


def _scalar(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and math.fabs(value) < 2**53 else repr(value)
    return str(value).strip() if isinstance(value, str | int) else ""


def _text(title: str, content: Any) -> str:
    """The title, and each member of the content on a line of its own."""
    if isinstance(content, Mapping):
        lines = [f"{name}: {_line(value)}" for name, value in content.items() if value not in (None, "", [], {})]
    else:
        lines = [content] if content else []
    return "\n".join([title, *lines])[: settings.MAX_CONTENT_CHARS]


def _line(value: Any) -> str:
    if isinstance(value, Mapping | list):
        return json.dumps(value, ensure_ascii=False)
    return _scalar(value)
