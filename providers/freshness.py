"""Whether documents are as young as somebody promised: by the last success, so that no cause of silence is missed.

A provider that fails, that is paused, whose scheduler is dead or that never ran at all grows stale in the same way.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from providers.models import Provider


@dataclass(frozen=True, kw_only=True)
class Freshness:
    """`limit` None: nobody promised anything. A success from before the provider was added anew does not count."""

    last_success_at: datetime | None
    added_at: datetime
    limit: timedelta | None

    def stale_for(self, now: datetime) -> timedelta | None:
        """How far the limit is passed; None where it is kept, or where there is none."""
        if self.limit is None:
            return None
        over = now - max(self.last_success_at or self.added_at, self.added_at) - self.limit
        return over if over > timedelta() else None


def freshness_of(provider: Provider) -> Freshness:
    """Only after `with_last_success()`."""
    annotated: Any = provider
    return Freshness(
        last_success_at=annotated.last_success_at,
        added_at=provider.created_at,
        limit=timedelta(seconds=provider.max_age_s) if provider.max_age_s else None,
    )
