"""The documents that a query may find, as SQL, and how many of their passages it cannot find by meaning yet.

See docs/decisions/0263.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from accounts.private_sources import PRIVATE_PREFIX
from core.sql import Rows, Statement, fetch_all
from knowledge.filters.conditions import condition_of
from knowledge.filters.tree import QueryFilter
from knowledge.models import EmbeddingModel
from knowledge.search.query import Pending, Query
from knowledge.tagexpr import TagExpression

IS_PUBLIC = f"NOT starts_with({{source}}, '{PRIVATE_PREFIX}')"
FLAGGED = "EXISTS (SELECT FROM unnest(d.tags) tag WHERE starts_with(tag, 'flag:'))"


Fetch = Callable[[Sequence[Statement]], list[Rows]]

MOST_PENDING = 1_000
"""Passages without a vector that a query looks at, the newest first: workers finish the oldest first."""

# Whether any passage of the scope's sources may have no vector, by the counts that triggers keep: one value, for a
# statement that is asked anyway. Mostly it is false.
MAY_WAIT = """
(EXISTS (SELECT FROM knowledge_storedcount c WHERE c.kind = 'waiting' AND c.name = '{model}' AND c.documents > 0
         AND {of_sources})
 OR EXISTS (SELECT FROM knowledge_countdelta c WHERE c.kind = 'waiting' AND c.name = '{model}' AND {of_sources}))
"""

# Expects: passage_waiting backwards, and the document of each by its key. The order by the model, of which there is but
# one, keeps the planner from other indexes, and from all rows, when its statistics are of a time when most waited.
PENDING = """
SELECT count(*), count(d.id) FROM (
    SELECT p.document_id, p.error FROM knowledge_passage p
    WHERE p.model_id BETWEEN {model} AND {model} AND p.vector IS NULL
    ORDER BY p.model_id DESC, p.id DESC LIMIT {most}
) newest LEFT JOIN knowledge_document d ON d.id = newest.document_id AND newest.error = '' AND {matching}
"""


@dataclass(frozen=True, kw_only=True)
class Scope:
    """Live at `now`, of the source, under tags and filter, less what is excluded: a condition on `d`, the document.

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
    filter: QueryFilter | None = None

    @property
    def is_wide(self) -> bool:
        """Whether nearly every document is in it."""
        if self.sources or self.within is not None or self.filter is not None:
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
        conditions = ["d.deleted_at IS NULL", "(d.expires_at IS NULL OR d.expires_at > %(now)s)"]
        conditions.append(self.of_sources("d.source"))
        every = (branches, _holding("within", self.within))
        conditions += ["(" + " OR ".join(each) + ")" for each in every if each]
        if self.exclude_tags:
            conditions.append("NOT d.tags && %(exclude_tags)s::text[]")
        if self.exclude_flags:
            conditions.append(f"NOT {FLAGGED}")
        if self.filter is not None:
            conditions.append(condition_of(self.filter).sql)
        return " AND ".join(conditions)

    def of_sources(self, column: str) -> str:
        if self.source is not None:
            return f"{column} = %(source)s"
        if self.sources:
            return f"{column} = ANY(%(sources)s::text[])"
        return "true" if self.private else IS_PUBLIC.format(source=column)

    @property
    def parameters(self) -> dict[str, Any]:
        given = {"now": self.now, "source": self.source, "sources": list(self.sources)}
        branches = {**_branches_of("tags", self.tags), **_branches_of("within", self.within)}
        filtered = condition_of(self.filter).parameters if self.filter is not None else {}
        return {**given, "exclude_tags": list(self.exclude_tags), **branches, **filtered}


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
        filter=query.filter,
    )


def may_wait(scope: Scope, *, model: EmbeddingModel) -> str:
    """SQL, with the scope's parameters."""
    return MAY_WAIT.format(model=int(model.pk), of_sources=scope.of_sources("c.scope"))


def find_pending(scope: Scope, *, model: EmbeddingModel, may_wait: bool, fetch: Fetch = fetch_all) -> Pending | None:
    """None where every document that the query may find can be found by meaning.

    While a model's walk over older documents goes on, some may have no passages yet.
    """
    looked = pending = 0
    if may_wait:
        sql = PENDING.format(model=int(model.pk), most=MOST_PENDING, matching=scope.condition)
        [[(looked, pending)]] = fetch([Statement(text=sql, parameters=scope.parameters)])
    more = looked >= MOST_PENDING or model.planned_to is not None
    return Pending(passages=pending, more=more) if pending or more else None
