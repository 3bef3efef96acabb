"""Two machines on one PostgreSQL and one Redis: each has its own folder, its web process, worker and scheduler."""

import asyncio
import json
import os
import signal
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress

import httpx
import psycopg
import pytest

from tests.e2e.conftest import Larder, start, stop, wait_for
from tests.e2e.pages import sign_in
from tests.e2e.stack import Stack, descendants
from tests.providers.scripted import Connection, provider

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]

KNOWLEDGE = "/api/v1/knowledge"


@pytest.fixture(scope="module")
def other(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Larder]:
    """The second machine: the same servers and the same keys, nothing else in common. The last test kills it."""
    kept = json.loads((stack.larder.data_dir / "secrets.json").read_text())
    keys = {"SECRET_KEY": kept["secret_key"], "SECRETS_KEYS": " ".join(kept["secrets_keys"])}
    made = start(tmp_path_factory.mktemp("other") / "data", "--no-demo", **stack.variables, **keys)
    yield made
    if made.process.poll() is None:
        assert stop(made) == 0, made.log()


def test_what_one_machine_writes_the_other_answers(stack: Stack, other: Larder) -> None:
    key = stack.admin.headers["Authorization"].removeprefix("Bearer ")
    with other.client(key) as there, stack.larder.client(key) as here:
        for writes, reads in ((here, there), (there, here)):
            for number in range(20):
                id, text = f"machines:{number}", f"The porter keeps key {number}."
                document = {"id": id, "source": "machines", "content": text, "tags": [id]}
                writes.post(f"{KNOWLEDGE}/bulk-upsert", json={"documents": [document]}).raise_for_status()
                question = {"text": text, "tags": id}
                for explain in (False, True):
                    found = reads.post(f"{KNOWLEDGE}/query", json=question | {"explain": explain}).json()["documents"]
                    assert [each["content"] for each in found] == [text]
                reads.delete(f"{KNOWLEDGE}/sources/machines/documents/{id}").raise_for_status()
                assert writes.post(f"{KNOWLEDGE}/query", json=question).json()["documents"] == []


def test_who_signed_in_at_one_machine_is_signed_in_at_the_other(stack: Stack, other: Larder) -> None:
    with sign_in(stack.larder.url) as browser:
        cookies = dict(browser.cookies)
    with httpx.Client(base_url=other.url, cookies=cookies, timeout=60, trust_env=False) as browser:
        assert browser.get("/").status_code == 200
        assert "admin" in browser.get("/account/").text


def test_what_a_machine_was_at_when_it_died_the_other_ends(stack: Stack, other: Larder) -> None:
    """Both machines work at syncs; those of the dead one go on as the next attempt."""
    names, dead = [f"moves{number}" for number in range(12)], threading.Event()
    calls: Counter[str] = Counter()

    async def answer(connection: Connection) -> None:
        calls[connection.asked.path] += 1
        while not dead.is_set():
            await asyncio.sleep(0.1)
        await connection.answer(200, {"upserted": 0})

    with provider(answer) as served:
        runs = {}
        for name in names:
            stack.register(name, f"{served.url}/{name}")
            runs[name] = stack.sync(name)["id"]
        wait_for(lambda: len(calls) == len(names), what=stack.larder.log)
        kill_machine(other)
        dead.set()
        time.sleep(5)  # the machine that lives ends its own
        with psycopg.connect(stack.database_url, autocommit=True) as database:
            database.execute("UPDATE providers_syncrun SET lease_until = now() WHERE state = 'running'")
        ended = [stack.ended(name, run) for name, run in runs.items()]
    assert Counter(each["state"] for each in ended) == {"succeeded": len(names)}
    assert {each["attempt"] for each in ended} == {1, 2}, stack.larder.log()


def kill_machine(machine: Larder) -> None:
    for pid in [machine.process.pid, *descendants(machine.process.pid)]:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    machine.process.wait()
