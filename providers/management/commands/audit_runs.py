"""`manage.py audit_runs [--since INSTANT]`: whether everything that must hold of runs does; exit code 1 where not."""

import sys
import time
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from django.core.management.base import BaseCommand
from django.db import connection, transaction

from core.clock import database_now
from providers.models import Provider, SyncRun
from providers.runs.invariants import RULES, find_breaches

LOOK_BACK = timedelta(days=1)


class Command(BaseCommand):
    help = "Check every rule about providers and runs against the database; each breach with its run and a sentence."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--since", type=_instant, help="look at runs made since, in ISO 8601 (default: a day ago)")

    def handle(self, *, since: datetime | None, **options: Any) -> None:
        began = time.perf_counter()
        with one_moment():
            now = database_now()
            since = since or now - LOOK_BACK
            breaches = 0
            for breach in find_breaches(since=since, now=now):
                breaches += 1
                run = f" run {breach.run_id}" if breach.run_id else ""
                self.stdout.write(f"{breach.rule}: {breach.provider_id}{run}: {breach.sentence}")
            runs, providers = SyncRun.objects.filter(queued_at__gte=since).count(), Provider.objects.count()
        seen = f"{runs:,} runs since {since:%Y-%m-%d %H:%M} UTC, {providers:,} providers"
        verdict = f"{breaches:,} breaches" if breaches else f"all {len(RULES)} rules hold"
        self.stdout.write(f"{verdict}: {seen}, {time.perf_counter() - began:.1f} s")
        if breaches:
            sys.exit(1)


@contextmanager
def one_moment() -> Iterator[None]:
    """Everything asked inside sees the database as it was at one moment, and changes nothing."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def _instant(text: str) -> datetime:
    """Without a zone it is UTC."""
    try:
        instant = datetime.fromisoformat(text)
    except ValueError as error:
        raise ArgumentTypeError(f"{text!r} is no instant like 2026-06-01T12:00") from error
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)
