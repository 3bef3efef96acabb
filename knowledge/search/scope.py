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

    Without a source it is of the `sources`, and without those of all that are not private, or with `private` of all.
    `within` holds beside the tags.
    """

    now: datetime
    source: str | None
    tags: TagExpression | None
    exclude_tags: tuple[str, ...] = ()
    exclude_flags: bool = False
    sources: tuple[str, ...] = ()
    within: TagExpression | None = None
    private: bool = False

    @property
    def is_wide(self) -> bool:
        """Whether nearly every document is in it."""
        if self.sources or self.within is not None:
            return False
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
        return _holding("tags", self.tags)

    def _condition(self, branches: list[str]) -> str:
        conditions = ["d.deleted_at IS NULL", "(d.expires_at IS NULL OR d.expires_at > %(now)s)", self._of_sources]
        every = (branches, _holding("within", self.within))
        conditions += ["(" + " OR ".join(each) + ")" for each in every if each]
        if self.exclude_tags:
            conditions.append("NOT d.tags && %(exclude_tags)s::text[]")
        if self.exclude_flags:
            conditions.append(f"NOT {FLAGGED}")
        return " AND ".join(conditions)

    @property
    def _of_sources(self) -> str:
        if self.source is not None:
            return "d.source = %(source)s"
        if self.sources:
            return "d.source = ANY(%(sources)s::text[])"
        return "true" if self.private else IS_PUBLIC

    @property
    def parameters(self) -> dict[str, Any]:
        given = {"now": self.now, "source": self.source, "sources": list(self.sources)}
        branches = {**_branches_of("tags", self.tags), **_branches_of("within", self.within)}
        return {**given, "exclude_tags": list(self.exclude_tags), **branches}


def _branches_of(name: str, expression: TagExpression | None) -> dict[str, list[str]]:
    branches = expression.branches if expression is not None else ()
    return {f"{name}_{index}": list(branch) for index, branch in enumerate(branches)}


def _holding(name: str, expression: TagExpression | None) -> list[str]:
    return [f"d.tags @> %({parameter})s::text[]" for parameter in _branches_of(name, expression)]


def scope_of(query: Query, *, now: datetime) -> Scope:
    return Scope(
        now=now,
        source=query.source,
        tags=query.tags,
        exclude_tags=query.exclude_tags,
        exclude_flags=query.exclude_flags,
        sources=query.sources,
        within=query.within,
    )
