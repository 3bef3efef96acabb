"""Providers that are played, and how many of them are registered and due."""

import asyncio
import threading
from datetime import UTC, datetime, timedelta
from typing import Any

MINUTE = timedelta(minutes=1)
NEVER_SOON = "0 0 29 2 *"


def serve() -> str:
    """A server on loopback whose `/<seconds>/internal/sync` answers 200 after so many seconds; its URL."""
    ready: dict[str, int] = {}
    started = threading.Event()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        await asyncio.sleep(float(head.split(b"/", 2)[1]))
        writer.write(b'HTTP/1.1 200 OK\r\nContent-Length: 14\r\n\r\n{"upserted":0}')
        await writer.drain()
        writer.close()

    async def listen() -> None:
        server = await asyncio.start_server(answer, "127.0.0.1", 0, backlog=1_024)
        ready["port"] = server.sockets[0].getsockname()[1]
        started.set()
        await server.serve_forever()

    threading.Thread(target=lambda: asyncio.run(listen()), daemon=True).start()
    started.wait()
    return f"http://127.0.0.1:{ready['port']}"


def register(prefix: str, count: int, *, url: str, due: datetime | None = None, **fields: Any) -> None:
    """`count` providers that are all due at this instant and then daily; without one, they are not due for years."""
    from django.db import connection

    from providers.models import Provider

    now = datetime.now(UTC)
    plan = due or now + timedelta(days=365)
    schedule = f"{plan.minute} {plan.hour} * * *" if due else NEVER_SOON
    given = {"url": url, "created_at": now, "updated_at": now, "sync_schedule": schedule, "next_run_at": plan, **fields}
    for start in range(0, count, 5_000):
        numbers = range(start, min(start + 5_000, count))
        Provider.objects.bulk_create(Provider(id=f"{prefix}{number}", name="", **given) for number in numbers)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE providers_provider")


def next_minute(*, at_least_s: float = 3.0) -> datetime:
    """The next full minute that is at least so far away."""
    return (datetime.now(UTC) + timedelta(seconds=at_least_s)).replace(second=0, microsecond=0) + MINUTE
