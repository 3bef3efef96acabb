"""A scope as a filter of Qdrant's, and a document as the payload that it reads.

The filter may let through what the rows then refuse, never the other way round: an expiry is rounded up to a second
when it is stored, and the time down when it is asked.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from math import ceil, floor
from typing import Any

from qdrant_client.models import Condition, FieldCondition, Filter, HasIdCondition, MatchAny, MatchValue, Range

from accounts.private_sources import PRIVATE_PREFIX
from knowledge.search.scope import Scope
from knowledge.tagexpr import TagExpression

TAGS, SOURCE, MARKS, EXPIRES, VERSION = "tags", "source", "marks", "expires", "version"
PUBLIC, FLAGGED = "public", "flagged"

NEVER = 2**53 - 1
"""Seconds: beyond every date, and exact as a float, as which JSON may read it."""


def labels_of(*, source: str, tags: Sequence[str], expires_at: datetime | None) -> dict[str, Any]:
    """The payload, but for its version."""
    marks = {
        PUBLIC: not source.startswith(PRIVATE_PREFIX),
        FLAGGED: any(tag.startswith("flag:") for tag in tags),
    }
    return {
        TAGS: list(tags),
        SOURCE: source,
        MARKS: [mark for mark, holds in marks.items() if holds],
        EXPIRES: expiry_of(expires_at),
    }


def expiry_of(expires_at: datetime | None) -> int:
    """In seconds since 1970."""
    return NEVER if expires_at is None else ceil(expires_at.timestamp())


def filter_of(scope: Scope) -> Filter:
    """What `Scope.condition` says, but for the trash: what lies there is not in the cluster."""
    held: list[Condition] = [FieldCondition(key=EXPIRES, range=Range(gt=floor(scope.now.timestamp())))]
    held += _of_sources(scope)
    held += [_holding(each) for each in (scope.tags, scope.within) if each is not None]
    excluded: list[Condition] = []
    if scope.exclude_tags:
        excluded.append(FieldCondition(key=TAGS, match=MatchAny(any=list(scope.exclude_tags))))
    if scope.exclude_flags:
        excluded.append(_held(MARKS, FLAGGED))
    return Filter(must=held, must_not=excluded or None)


def _of_sources(scope: Scope) -> list[Condition]:
    if scope.source is not None:
        return [_held(SOURCE, scope.source)]
    if scope.sources:
        return [FieldCondition(key=SOURCE, match=MatchAny(any=list(scope.sources)))]
    return [] if scope.private else [_held(MARKS, PUBLIC)]


def _holding(expression: TagExpression) -> Condition:
    branches = [Filter(must=[_held(TAGS, tag) for tag in branch]) for branch in expression.branches]
    return branches[0] if len(branches) == 1 else Filter(should=list(branches))


def _held(field: str, value: str) -> Condition:
    return FieldCondition(key=field, match=MatchValue(value=value))


def older_than(version: int, ids: Iterable[int] | None = None) -> Filter:
    """Points that were last sent with a lower version."""
    older: list[Condition] = [FieldCondition(key=VERSION, range=Range(lt=version))]
    return Filter(must=older if ids is None else [HasIdCondition(has_id=list(ids)), *older])
