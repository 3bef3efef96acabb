"""All providers at once: the few that a page shows, the totals of the rest, in queries that do not grow with them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dashboard.providers.rows import STRIP_BARS, ProviderRow, read_rows
from providers.models import Provider

SHOWN = 20


@dataclass(frozen=True, kw_only=True)
class ProvidersOverview:
    """`rows`: the first SHOWN, those that need attention before the others. `changed_at`: of the registry."""

    rows: Sequence[ProviderRow]
    total: int = 0
    planned: int = 0
    needing: int = 0
    changed_at: datetime | None = None
    bars = STRIP_BARS

    @property
    def attention(self) -> list[ProviderRow]:
        return [row for row in self.rows if row.needs_attention]

    @property
    def last_sync_at(self) -> datetime | None:
        """Of the providers that are shown."""
        return max((run.finished_at for row in self.rows for run in row.runs if run.finished_at), default=None)


def read_overview(*, now: datetime, documents: dict[str, int]) -> ProvidersOverview:
    """`documents`: how many each source holds."""
    providers: list[Any] = list(Provider.objects.with_last_success().most_needing_first(now)[:SHOWN])
    if not providers:
        return ProvidersOverview(rows=())
    first = providers[0]
    return ProvidersOverview(
        rows=read_rows(providers, now=now, documents=documents),
        total=first.total,
        planned=first.total_planned,
        needing=first.total_needing,
        changed_at=first.changed_at,
    )
