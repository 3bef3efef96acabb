"""What a key may do less than its role: by the limits of its stage, and by what it is narrowed to itself.

A stage's limits only ever tighten what was asked. Tags are an expression of `knowledge.tagexpr`, which is above this
package: here only its form is known, and `tests/accounts/test_narrowing.py` holds the two together.

See docs/decisions/0022, docs/decisions/0193 and docs/decisions/0215.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from django.conf import settings

from accounts.errors import KeyInvalid
from accounts.private_sources import is_private
from core.tags import near_words_in

MOST_TOP_K = 1_000
MOST_SOURCES = 100
MOST_ALTERNATIVES = 16
MOST_EXPRESSION_CHARS = 1_000
_TAG = r"[a-z0-9][a-z0-9_\-:]*"
EXPRESSION = re.compile(rf"\s*{_TAG}(?:\s*[+|]\s*{_TAG})*\s*")


class Rerank(StrEnum):
    """Whether queries are reranked: where they ask for it, also where they say nothing of it, or not at all."""

    ASKED = "asked"
    ALWAYS = "always"
    NEVER = "never"


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Of one stage: at most `max_top_k` documents, none below `min_score_floor`."""

    stage: str
    max_top_k: int = MOST_TOP_K
    min_score_floor: float = 0.0
    rerank: Rerank = Rerank.ASKED


class Verb(StrEnum):
    """What an address does. Queries answer within limits; all else that shows something reads."""

    QUERY = "query"
    READ = "read"
    WRITE = "write"
    DELETE = "delete"


@dataclass(frozen=True, kw_only=True)
class Narrowing:
    """Empty is no narrowing. `tags` is an expression: nothing else is read, and nothing else is written."""

    sources: tuple[str, ...] = ()
    tags: str = ""
    verbs: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.sources or self.tags or self.verbs)


NOT_NARROWED = Narrowing()


def check_narrowing(given: Narrowing, *, source: str | None, may_be: bool) -> Narrowing:
    """As it is kept. `may_be`: its role has something to narrow. Raises KeyInvalid, naming the field."""
    sources = tuple(sorted({each.strip() for each in given.sources} - {""}))
    kept = Narrowing(sources=sources, tags=given.tags.strip(), verbs=tuple(v.value for v in Verb if v in given.verbs))
    if kept and not may_be:
        field = next(name for name, value in vars(kept).items() if value)
        raise KeyInvalid("Only keys of providers and analyzers are narrowed; an admin may do all.", field=field)
    _check_sources(sources, source=source)
    _check_tags(kept.tags)
    if unknown := set(given.verbs) - set(Verb):
        raise KeyInvalid(f"There is no verb {min(unknown)[:40]!r}; there are {', '.join(Verb)}.", field="verbs")
    return kept


def _check_sources(sources: tuple[str, ...], *, source: str | None) -> None:
    if sources and source:
        raise KeyInvalid("A key has one source or several; name them all in one of the two.", field="sources")
    if len(sources) > MOST_SOURCES:
        raise KeyInvalid(f"A key is narrowed to at most {MOST_SOURCES} sources.", field="sources")
    for each in sources:
        if len(each) > settings.MAX_SOURCE_CHARS or not each.isprintable() or "/" in each:
            most = f"at most {settings.MAX_SOURCE_CHARS} characters without a slash"
            raise KeyInvalid(f"A source is one line of {most}, not {each[:40]!r}.", field="sources")
        if is_private(each):
            raise KeyInvalid(f"{each[:40]!r} is a memory; a key is bound to it alone, as its source.", field="sources")


def _check_tags(tags: str) -> None:
    if not tags:
        return
    if len(tags) > MOST_EXPRESSION_CHARS or tags.count("|") >= MOST_ALTERNATIVES:
        most = f"{MOST_ALTERNATIVES} alternatives and {MOST_EXPRESSION_CHARS:,} characters"
        raise KeyInvalid(f"A key's tag expression has at most {most}.", field="tags")
    if not EXPRESSION.fullmatch(tags):
        near = next(filter(None, (near_words_in(each) for each in re.split(r"[+|]", tags))), "")
        raise KeyInvalid(
            "A tag expression is tags with + (and) and | (or) between them, such as public+hr|press; a tag is "
            f"lower-case letters, digits, _ - and :{near}.",
            field="tags",
        )
