"""Looking a provider over, step by step, without starting a sync.

First what is on record, then what it answers. Each question has its own time, so the whole ends even where every one of
them hangs.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime

from providers.doctor.answers import visit
from providers.doctor.record import look_up
from providers.doctor.steps import Step
from providers.models import Provider
from providers.outbound.http import Resolve, resolve_host, talk

AT_ONCE = 16


def examine(provider: Provider, *, now: datetime, resolve: Resolve = resolve_host) -> list[Step]:
    """Every step that could be taken, in order; raises nothing of the network."""
    return examine_all([provider], now=now, resolve=resolve)[0]


def examine_all(providers: Sequence[Provider], *, now: datetime, resolve: Resolve = resolve_host) -> list[list[Step]]:
    """The same for many, in their order; `AT_ONCE` of them are visited at the same time."""
    records = [(provider.url, *look_up(provider, now=now)) for provider in providers]
    return talk(_visit_all(records, resolve=resolve))


async def _visit_all(records: Sequence[tuple[str, list[Step], str | None]], *, resolve: Resolve) -> list[list[Step]]:
    places = asyncio.Semaphore(AT_ONCE)

    async def follow(url: str, steps: list[Step], secret: str | None) -> list[Step]:
        if secret is None:
            return steps
        async with places:
            return steps + await visit(url, secret=secret, resolve=resolve)

    return await asyncio.gather(*(follow(*record) for record in records))
