"""The documents that a query may find, as SQL."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from knowledge.tagexpr import TagExpression


@dataclass(frozen=True, kw_only=True)
class Scope:
    """Live at `now`, of the source, under the tag expression: a condition on `d`, the document."""

    now: datetime
    source: str | None
    tags: TagExpression | None

    @property
    def is_wide(self) -> bool:
        """Whether nearly every document is in it."""
        return self.source is None and self.tags is None

    @property
    def condition(self) -> str:
        conditions = ["d.deleted_at IS NULL", "(d.expires_at IS NULL OR d.expires_at > %(now)s)"]
        if self.source is not None:
            conditions.append("d.source = %(source)s")
        if self.tags is not None:
            branches = [f"d.tags @> %(tags_{index})s::text[]" for index, _ in enumerate(self.tags.branches)]
            conditions.append("(" + " OR ".join(branches) + ")")
        return " AND ".join(conditions)

    @property
    def parameters(self) -> dict[str, Any]:
        branches = self.tags.branches if self.tags is not None else ()
        tags = {f"tags_{index}": list(branch) for index, branch in enumerate(branches)}
        return {"now": self.now, "source": self.source, **tags}
