"""Providers that hang, flood, redirect or hide behind names: whole runs against real sockets.

What each part of the door refuses stands in `test_outbound`; here it is a run that has to survive.
"""

import gzip
import socket
import time
import tracemalloc
import zlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any
from uuid import uuid4

import pytest
from django.db import connections

from providers.errors import CallFailed
from providers.models import Provider, RunState, SyncRun
from providers.runs.sync import run_sync
from tests.providers.calling import fetch
from tests.providers.scripted import (
    Connection,
    Script,
    drip_body,
    drip_headers,
    endless,
    gigabyte,
    hang,
    provider,
    script_of,
)
from tests.timing import in_time

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("queue")]

TIMEOUT_MS = 700
ALLOWANCE_S = 1.0
MIB = 1024 * 1024


def ended(run: SyncRun) -> SyncRun:
    run_sync(run.pk)
    return SyncRun.objects.get(pk=run.pk)


def took(run: SyncRun) -> float:
    assert run.duration
    return run.duration.total_seconds()


# --- time -------------------------------------------------------------------------------------------------------------


async def drip_contract_two(connection: Connection) -> None:
    """Says quickly that it has begun, and then never quite says how far it is."""
    if connection.asked.method == "POST":
        await connection.answer(202, {"in_progress": True})
    else:
        await drip_body(connection)


def test_each_way_of_hanging_ends_in_its_own_time_and_holds_nobody_else_up(queued: Callable[..., SyncRun]) -> None:
    scripts: dict[str, Script] = {
        "hangs": hang,
        "drips-headers": drip_headers,
        "drips-body": drip_body,
        "drips-state": drip_contract_two,
        "well": script_of(200, {"upserted": 0}),
    }

    def work(run: SyncRun) -> SyncRun:
        try:
            return ended(run)
        finally:
            connections.close_all()

    def all_at_once() -> dict[str, SyncRun]:
        names = {name: f"{name}-{uuid4().hex}" for name in scripts}
        with ExitStack() as stack, ThreadPoolExecutor(len(scripts)) as pool:
            runs = [
                queued(stack.enter_context(provider(script)).url, names[name], sync_timeout_ms=TIMEOUT_MS)
                for name, script in scripts.items()
            ]
            return dict(zip(scripts, pool.map(work, runs), strict=True))

    done = in_time(all_at_once, within_s=TIMEOUT_MS / 1000 + ALLOWANCE_S)
    well = done.pop("well")
    assert well.state == RunState.SUCCEEDED
    assert took(well) < min(map(took, done.values()))
    for name, run in done.items():
        assert (run.state, run.error_code) == (RunState.TIMED_OUT, "timed_out"), name


# --- size -------------------------------------------------------------------------------------------------------------


def bomb(compress: Callable[[bytes], bytes], name: str, *, status: int = 200) -> Callable[[], Script]:
    """Thirty thousand times larger once it is unpacked."""
    return lambda: script_of(status, compress(bytes(64 * MIB)), Content_Encoding=name)


@pytest.mark.parametrize(
    ("make_script", "code"),
    [
        (lambda: gigabyte, "body_too_large"),
        (lambda: endless, "body_too_large"),
        (bomb(lambda data: gzip.compress(data, 9), "gzip"), "encoding_refused"),
        (bomb(zlib.compress, "deflate"), "encoding_refused"),
        (bomb(lambda data: gzip.compress(data, 9), "gzip", status=500), "provider_error"),
    ],
    ids=["1 GB", "endless chunks", "gzip bomb", "deflate bomb", "gzip bomb as an error"],
)
def test_a_flood_is_stopped_at_the_cap_and_memory_stays_flat(
    queued: Callable[..., SyncRun], make_script: Callable[[], Script], code: str, settings: Any
) -> None:
    with provider(make_script()) as served:
        run = queued(served.url)
        tracemalloc.start()
        try:
            run = ended(run)
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert (run.state, run.error_code) == (RunState.FAILED, code)
    assert peak < settings.SYNC_BODY_BYTES + 8 * MIB
    assert len(run.error) < 2_000


# --- redirects --------------------------------------------------------------------------------------------------------


@pytest.fixture
def bystander() -> Iterator[socket.socket]:
    """Listens, and is never to be connected to."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(0.05)
        yield listening
        with pytest.raises(TimeoutError):
            listening.accept()


def place(listening: socket.socket) -> str:
    return f"http://127.0.0.1:{listening.getsockname()[1]}/internal/sync"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_to_another_host_is_refused_and_nobody_connects_there(
    queued: Callable[..., SyncRun], bystander: socket.socket, status: int
) -> None:
    with provider(script_of(status, Location=place(bystander))) as served:
        run = ended(queued(served.url, secret="s3cret"))
    assert (run.error_code, run.http_status, len(served.asked)) == ("redirect_refused", status, 1)


def test_a_redirect_while_it_is_asked_how_far_it_is_is_refused_too(
    queued: Callable[..., SyncRun], bystander: socket.socket
) -> None:
    async def script(connection: Connection) -> None:
        if connection.asked.method == "POST":
            await connection.answer(202, {"in_progress": True})
        else:
            await connection.answer(302, Location=place(bystander))

    with provider(script) as served:
        run = ended(queued(served.url, secret="s3cret"))
    assert (run.state, run.error_code) == (RunState.FAILED, "redirect_refused")


@pytest.mark.parametrize(
    "target", ["http://169.254.169.254/latest/meta-data/", "/internal/sync"], ids=["cloud", "loop"]
)
def test_a_redirect_to_a_metadata_service_or_to_itself_costs_one_call(
    queued: Callable[..., SyncRun], target: str
) -> None:
    with provider(script_of(307, Location=target)) as served:
        run = ended(queued(served.url))
    assert (run.error_code, len(served.asked)) == ("redirect_refused", 1)
    assert target in run.error


# --- names ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[str]]:
    """What the resolver of the machine answers to `wiki.test`: a list each time, the last for ever; who was asked."""

    real = socket.getaddrinfo

    def answer(*times: list[str], after_s: float = 0.0) -> list[str]:
        asked: list[str] = []
        waiting = list(times)

        def look_up(host: Any, port: Any, *places: Any, **options: Any) -> list[Any]:
            if host != "wiki.test":
                return real(host, port, *places, **options)
            asked.append(host)
            time.sleep(after_s)
            found = waiting.pop(0) if len(waiting) > 1 else waiting[0]
            if not found:
                raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in found]

        monkeypatch.setattr("socket.getaddrinfo", look_up)
        return asked

    return answer


def at_name(url: str) -> str:
    return url.replace("127.0.0.1", "wiki.test")


def test_a_name_that_nobody_knows_is_a_sentence(queued: Callable[..., SyncRun], names: Callable[..., Any]) -> None:
    names([])
    run = ended(queued("http://wiki.test:8000"))
    assert (run.state, run.error_code) == (RunState.FAILED, "dns_failed")
    assert "wiki.test" in run.error


def test_a_slow_resolver_counts_towards_the_timeout(queued: Callable[..., SyncRun], names: Callable[..., Any]) -> None:
    names(["127.0.0.1"], after_s=2.5)
    run = in_time(
        lambda: ended(queued("http://wiki.test:8000", uuid4().hex, sync_timeout_ms=TIMEOUT_MS)),
        within_s=TIMEOUT_MS / 1000 + ALLOWANCE_S,
    )
    assert (run.state, run.error_code) == (RunState.TIMED_OUT, "timed_out")


@pytest.mark.parametrize("answers", [["127.0.0.1", "169.254.169.254"], ["169.254.169.254", "127.0.0.1"]])
def test_of_several_answers_one_bad_one_is_enough(
    queued: Callable[..., SyncRun], names: Callable[..., Any], answers: list[str]
) -> None:
    names(answers)
    with provider(script_of(200)) as served:
        run = ended(queued(at_name(served.url), secret="s3cret"))
        assert served.asked == []
    assert (run.state, run.error_code) == (RunState.FAILED, "address_refused")


def test_a_name_that_changes_its_mind_within_a_run_is_judged_again(
    queued: Callable[..., SyncRun], names: Callable[..., Any]
) -> None:
    async def script(connection: Connection) -> None:
        await connection.answer(202, {"in_progress": True}, Connection="close")
        connection.writer.close()

    asked = names(["127.0.0.1"], ["169.254.169.254"])
    with provider(script) as served:
        run = ended(queued(at_name(served.url)))
    assert (run.error_code, len(served.asked), len(asked)) == ("address_refused", 1, 2)


@pytest.mark.parametrize(
    "host",
    ["2852039166", "0xa9fea9fe", "0251.0376.0251.0376", "169.254.43518", "169.254.169.254.", "[::ffff:a9fe:a9fe]",
     "[64:ff9b::a9fe:a9fe]", "１６９.２５４.１６９.２５４", "169。254。169。254"],
)  # fmt: skip
def test_no_spelling_of_a_metadata_service_is_called(host: str) -> None:
    with pytest.raises(CallFailed, match=r"must not be called|cannot be used|cannot be resolved") as refused:
        fetch(f"http://{host}/latest/meta-data/")
    assert refused.value.code in ("address_refused", "url_refused", "dns_failed")


@pytest.mark.parametrize("host", ["127.1", "0x7f000001", "localhost"])
def test_a_harmless_address_may_be_spelt_as_one_likes(host: str) -> None:
    with provider(script_of(200)) as served:
        assert fetch(served.url.replace("127.0.0.1", host)).status == 200


# --- secrets ----------------------------------------------------------------------------------------------------------


def test_a_key_that_was_lost_pauses_nobody_and_its_return_heals_at_once(
    queued: Callable[..., SyncRun], settings: Any, make: Callable[..., Provider]
) -> None:
    from cryptography.fernet import Fernet

    from core.clock import database_now
    from providers.models import Trigger
    from providers.runs.schedule import request_sync

    kept = settings.SECRETS_KEYS
    with provider(script_of(200)) as served:
        make("open", url=served.url, sync_schedule="")
        run = queued(served.url, secret="s3cret", pause_after_failures=1)
        settings.SECRETS_KEYS = [Fernet.generate_key().decode()]
        assert ended(run).error_code == "secret_unreadable"
        assert Provider.objects.get(pk="wiki").paused_at is None
        assert ended(request_sync("open", trigger=Trigger.MANUAL, now=database_now())).state == RunState.SUCCEEDED
        settings.SECRETS_KEYS = [*settings.SECRETS_KEYS, *kept]
        assert ended(request_sync("wiki", trigger=Trigger.MANUAL, now=database_now())).state == RunState.SUCCEEDED
