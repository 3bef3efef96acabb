"""The documents that a query may find, as SQL."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from accounts.private_sources import PRIVATE_PREFIX
from knowledge.search.query import Query
from knowledge.tagexpr import TagExpression

IS_PUBLIC = f"NOT starts_with(d.source, '{PRIVATE_PREFIX}')"
FLAGGED = "EXISTS (SELECT FROM unnest(d.tags) tag WHERE starts_with(tag, 'flag:'))"


@dataclass(frozen=True, kw_only=True)
class Scope:
    """Live at `now`, of the source, under the tags, less what is excluded: a condition on `d`, the document.

    Without a source it is of all that are not private.
    """

    now: datetime
    source: str | None
    tags: TagExpression | None
    exclude_tags: tuple[str, ...] = ()
    exclude_flags: bool = False

    @property
    def is_wide(self) -> bool:
        """Whether nearly every document is in it."""
        return self.source is None and self.tags is None and not (self.exclude_tags or self.exclude_flags)

    @property
    def condition(self) -> str:
        return self._condition(self._branches)

    @property
    def conditions_by_branch(self) -> list[str]:
        """For each branch of the expression the condition as if it were the only one."""
        return [self._condition([branch]) for branch in self._branches]

    @property
    def _branches(self) -> list[str]:
        branches = self.tags.branches if self.tags is not None else ()
        return [f"d.tags @> %(tags_{index})s::text[]" for index, _ in enumerate(branches)]

    def _condition(self, branches: list[str]) -> str:
        conditions = ["d.deleted_at IS NULL", "(d.expires_at IS NULL OR d.expires_at > %(now)s)"]
        conditions.append("d.source = %(source)s" if self.source is not None else IS_PUBLIC)
        if branches:
            conditions.append("(" + " OR ".join(branches) + ")")
        if self.exclude_tags:
            conditions.append("NOT d.tags && %(exclude_tags)s::text[]")
        if self.exclude_flags:
            conditions.append(f"NOT {FLAGGED}")
        return " AND ".join(conditions)

    @property
    def parameters(self) -> dict[str, Any]:
        branches = self.tags.branches if self.tags is not None else ()
        tags = {f"tags_{index}": list(branch) for index, branch in enumerate(branches)}
        return {"now": self.now, "source": self.source, "exclude_tags": list(self.exclude_tags), **tags}


def scope_of(query: Query, *, now: datetime) -> Scope:
    return Scope(
        now=now,
        source=query.source,
        tags=query.tags,
        exclude_tags=query.exclude_tags,
        exclude_flags=query.exclude_flags,
    )
