"""How many providers that are due in one minute are claimed, rung and run, and how late.

    .venv/bin/python -m bench.scheduler [--providers 10000] [--places 32] [--threads 48]

Everything is real but the providers, which all answer at once: PostgreSQL and Redis of its own, a worker's threads, the
dispatcher's ticks. In the middle somebody asks for a sync by hand; it must not wait behind the scheduled ones.
"""

import argparse
import asyncio
import os
import threading
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from statistics import median, quantiles

import django

from tests import embedded

ASKED_FOR = "asked-for"
TICK_S = 1.0


def main() -> None:
    arguments = read_arguments()
    assert embedded
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    os.environ["MAX_CONCURRENT_SYNCS"] = str(arguments.places)
    django.setup()
    prepare_database()
    url = start_provider()
    slot = register(arguments.providers, url)
    run_all(slot, threads=arguments.threads)


def read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--providers", type=int, default=10_000)
    parser.add_argument("--places", type=int, default=32, help="MAX_CONCURRENT_SYNCS")
    parser.add_argument("--threads", type=int, default=48, help="the worker's")
    return parser.parse_args()


def prepare_database() -> None:
    from django.core.management import call_command
    from django.test.utils import setup_databases

    setup_databases(verbosity=0, interactive=False)
    call_command("check", verbosity=0)


def start_provider() -> str:
    """A provider that has nothing to do: 200 at once."""
    ready: dict[str, int] = {}
    started = threading.Event()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b'HTTP/1.1 200 OK\r\nContent-Length: 14\r\n\r\n{"upserted":0}')
        await writer.drain()
        writer.close()

    async def serve() -> None:
        server = await asyncio.start_server(answer, "127.0.0.1", 0)
        ready["port"] = server.sockets[0].getsockname()[1]
        started.set()
        await server.serve_forever()

    threading.Thread(target=lambda: asyncio.run(serve()), daemon=True).start()
    started.wait()
    return f"http://127.0.0.1:{ready['port']}"


def register(count: int, url: str) -> datetime:
    """All due at the same minute, the one that has just begun."""
    from providers.models import Provider

    now = datetime.now(UTC)
    slot = now.replace(second=0, microsecond=0)
    fields = {"url": url, "created_at": now, "updated_at": now}
    Provider.objects.bulk_create(
        Provider(id=f"p{number}", name="", sync_schedule="0 * * * *", next_run_at=slot, **fields)
        for number in range(count)
    )
    Provider.objects.create(id=ASKED_FOR, name="", **fields)
    return slot


def run_all(slot: datetime, *, threads: int) -> None:
    from celery import current_app
    from celery.contrib.testing.worker import start_worker

    from providers.clock import database_now
    from providers.models import SyncRun, Trigger
    from providers.schedule import request_sync
    from providers.tasks import dispatch_due, reap_runs

    with start_worker(current_app, pool="threads", concurrency=threads, perform_ping_check=False, queues=["syncs"]):
        began = time.perf_counter()
        first = database_now()
        dispatch_due()
        print(f"claimed in {time.perf_counter() - began:.1f} s")
        asked = request_sync(ASKED_FOR, trigger=Trigger.MANUAL, now=database_now())
        while active := SyncRun.objects.active().count():
            print(f"{time.perf_counter() - began:6.1f} s  {active:6} waiting or running", flush=True)
            time.sleep(TICK_S)
            dispatch_due()
            if int(time.perf_counter()) % 5 == 0:
                reap_runs()
        print(f"all done after {time.perf_counter() - began:.1f} s")
    runs = list(SyncRun.objects.filter(scheduled_for=slot))
    print(f"{len(runs)} runs, {len({run.provider_id for run in runs})} providers, {states(runs)}")
    show("from the first tick to the claim", [run.queued_at - first for run in runs])
    show("from the first tick to the start", [run.started_at - first for run in runs])
    asked.refresh_from_db()
    print(f"asked for by hand: started after {(asked.started_at - asked.queued_at).total_seconds():.2f} s")


def states(runs: Sequence[object]) -> dict[str, int]:
    found: dict[str, int] = {}
    for run in runs:
        found[run.state] = found.get(run.state, 0) + 1
    return found


def show(what: str, times: Sequence[timedelta]) -> None:
    seconds = [each.total_seconds() for each in times]
    print(f"{what}: p50 {median(seconds):.2f} s, p99 {quantiles(seconds, n=100)[98]:.2f} s, max {max(seconds):.2f} s")


if __name__ == "__main__":
    main()
