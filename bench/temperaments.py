"""Providers of many temperaments, on real sockets in one event loop. They push to Larder as real ones do."""

import asyncio
import json
import random
import threading
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

TIMEOUT_MS = 6_000
PATIENCE_S = 60


@dataclass
class Asked:
    """One request to a provider that is played, and its ways to respond."""

    provider: str
    path: str
    run: str
    writer: asyncio.StreamWriter
    cast: "Cast"

    async def answer(self, status: int, body: Any = None, *, raw: bytes | None = None, **headers: str) -> None:
        data = raw if raw is not None else json.dumps(body).encode()
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        head = f"HTTP/1.1 {status} Played\r\nContent-Length: {len(data)}\r\nConnection: close\r\n{lines}\r\n"
        self.writer.write(head.encode() + data)
        await self.writer.drain()

    async def push(self, count: int, *, named: bool = True) -> int:
        """Some documents, of which a few are new or changed each time. Tried again while Larder is away."""
        minute = datetime.now(UTC).minute
        documents = [
            {"id": f"d{number}", "content": f"{self.provider} says {number}, {minute if number < 2 else 'as ever'}."}
            for number in range(count)
        ]
        headers = {"Authorization": f"Bearer {self.cast.keys[self.provider]}"}
        if named:
            headers["X-Correlation-ID"] = self.run
        url = f"{self.cast.web_url}/api/v1/knowledge/bulk-upsert"
        for _ in range(PATIENCE_S):
            try:
                answer = await self.cast.client.post(url, json={"documents": documents}, headers=headers)
                if answer.is_success:
                    return count
            except httpx.TransportError:
                pass
            await asyncio.sleep(1)
        return 0


async def fast(asked: Asked) -> None:
    await asked.answer(200, {"upserted": await asked.push(5)})


async def slow(asked: Asked) -> None:
    await asyncio.sleep(random.uniform(2, 5))
    await asked.answer(200, {"upserted": await asked.push(5)})


async def failing(asked: Asked) -> None:
    if random.random() < 0.7:
        await asked.answer(random.choice([500, 502, 429]), {"detail": "not now"})
    else:
        await fast(asked)


async def refusing(asked: Asked) -> None:
    await asked.answer(random.choice([401, 403, 404]), {"detail": "no"})


async def hanging(asked: Asked) -> None:
    await asyncio.sleep(3 * TIMEOUT_MS / 1_000)


async def dripping(asked: Asked) -> None:
    for byte in b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{":
        asked.writer.write(bytes([byte]))
        await asked.writer.drain()
        await asyncio.sleep(0.4)


async def redirecting(asked: Asked) -> None:
    await asked.answer(302, Location="http://169.254.169.254/")


async def babbling(asked: Asked) -> None:
    await asked.answer(200, raw=random.choice([b"<html>", b"[]", b"NaN", b'{"upserted": "many"}']))


async def hanging_up(asked: Asked) -> None:
    asked.writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{")
    await asked.writer.drain()


async def late(asked: Asked) -> None:
    """Larder has given up by the time that its documents come."""
    await asyncio.sleep(TIMEOUT_MS / 1_000 + random.uniform(-0.2, 2))
    await asked.push(4, named=random.random() < 0.5)


async def forgetful(asked: Asked) -> None:
    """Brings a part of what it has each time; its provider row prunes."""
    count = random.choice([20, 20, 19, 18, 3])
    await asked.answer(200, {"upserted": await asked.push(count)})


async def working(asked: Asked) -> None:
    """Contract 2: 202 and a state at once, the documents a little later."""
    state = asked.cast.states.setdefault(asked.provider, {"in_progress": False})
    if asked.path.endswith("/internal/state"):
        await asked.answer(200, state)
        return
    if not state["in_progress"]:
        state.update(in_progress=True, last_sync_at=datetime.now(UTC).isoformat(), last_error=None)
        asked.cast.spawn(_work(asked, state))
    await asked.answer(202, state)


async def _work(asked: Asked, state: dict[str, Any]) -> None:
    await asyncio.sleep(random.uniform(0, 4))
    count = await asked.push(6)
    error = "its source was away" if random.random() < 0.2 else None
    state.update(in_progress=False, last_sync_count=count, last_error=error)


Temperament = Callable[[Asked], Awaitable[None]]
TEMPERAMENTS: dict[str, Temperament] = {
    each.__name__.replace("_", "-"): each
    for each in (
        fast, slow, failing, refusing, hanging, dripping, redirecting, babbling, hanging_up, late, forgetful, working,
    )
}  # fmt: skip


@dataclass
class Cast:
    """All who play, behind one port; `/<provider>/internal/sync` is one of them."""

    web_url: str
    keys: dict[str, str] = field(default_factory=dict)
    states: dict[str, dict[str, Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.tasks: set[asyncio.Task[None]] = set()
        self.client = httpx.AsyncClient(timeout=20, trust_env=False)
        started = threading.Event()
        threading.Thread(target=lambda: asyncio.run(self._serve(started)), daemon=True).start()
        started.wait()

    def register(self, temperament: str, number: int) -> str:
        """A provider of this temperament, due each minute at a second of its own; its id."""
        from accounts.keys import create_key
        from core.clock import database_now
        from providers.registry import create_provider

        provider = f"{temperament}-{number}"
        self.keys[provider] = create_key(provider, role="provider", source=provider)[1]
        create_provider(
            provider,
            now=database_now(),
            url=f"http://127.0.0.1:{self.port}/{provider}",
            sync_schedule="* * * * *",
            jitter_s=50 if number % 2 else 0,
            sync_timeout_ms=TIMEOUT_MS,
            retry_backoff_s=number,
            retry_timeouts=number % 2 == 0,
            pause_after_failures=5 if number == 3 else 0,
            prune="unseen" if temperament == "forgetful" or number == 1 else "off",
        )
        return provider

    def spawn(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def _serve(self, started: threading.Event) -> None:
        server = await asyncio.start_server(self._talk, "127.0.0.1", 0, backlog=512)
        self.port = server.sockets[0].getsockname()[1]
        started.set()
        await server.serve_forever()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            _, path, _ = head[0].split(" ")
            fields = {name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:])}
            provider = path.split("/")[1]
            play = TEMPERAMENTS[provider.rpartition("-")[0]]
            deadline = timedelta(seconds=PATIENCE_S * 2).total_seconds()
            async with asyncio.timeout(deadline):
                await play(Asked(provider, path, fields.get("x-correlation-id", ""), writer, self))
        except (OSError, asyncio.IncompleteReadError, TimeoutError):
            pass
        finally:
            writer.close()
