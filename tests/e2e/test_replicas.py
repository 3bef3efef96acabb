"""Read replicas that lag, stand still, die or are promoted: who asks is answered, in time, with what was written."""

import itertools
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import httpx
import pytest
import redis
from prometheus_client.parser import text_string_to_metric_families

from core.waiting.breaker import SharedBreaker
from tests.e2e.conftest import stop, wait_for
from tests.e2e.pages import sign_in
from tests.e2e.replicas import Replica, ReplicatedStack

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

KNOWLEDGE = "/api/v1/knowledge"
READ_WITHIN_S = 3.0
"""On a busy machine; a silent primary costs as long, and a query is broken off before that."""
BACK_WITHIN_S = 60
BETWEEN_ROUNDS_S = 1.0
"""Of one client, which asks some twelve times in each; without it they would work the machine at its limit."""

WRITE_OTHERWISE = """
WITH gone AS (UPDATE knowledge_document SET deleted_at = now() RETURNING 1),
     longer AS (SELECT pg_logical_emit_message(false, 'test', repeat('x', 1000)) FROM generate_series(1, 2000))
SELECT 1 FROM (SELECT count(*) FROM gone) g, (SELECT count(*) FROM longer) l
"""
"""On a server that was promoted: no document is left, and its log grows beyond the primary's."""

numbers = itertools.count()
Fault = Callable[[ReplicatedStack, Replica], Any]


@pytest.fixture(scope="module")
def replicated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ReplicatedStack]:
    made = ReplicatedStack(tmp_path_factory.mktemp("replicated"))
    with ask_all_the_time(made) as clients:  # the first questions load the embedder
        wait_for(lambda: all(served(made).values()) and all(each.rounds for each in clients))
    yield made
    assert stop(made.larder) == 0, made.larder.log()
    made.redis.down()
    for each in made.replicas:
        each.server.down()
    made.postgres.down()


class Asking:
    """One thread's answers: what it wrote and did not find, what was refused, and how long reads took."""

    def __init__(self, stack: ReplicatedStack, done: threading.Event) -> None:
        self.wrong: list[str] = []
        self.slowest_s = 0.0
        self.rounds = 0
        self.admin = stack.larder.client(stack.admin.headers["Authorization"].removeprefix("Bearer "))
        self.thread = threading.Thread(target=self.work, args=(stack, done))
        self.thread.start()

    def work(self, stack: ReplicatedStack, done: threading.Event) -> None:
        with self.admin, sign_in(stack.larder.url) as pages:
            while not (self.rounds and done.wait(BETWEEN_ROUNDS_S)):
                self.write_and_read(f"replicated:{next(numbers)}", pages)
                self.rounds += 1

    def write_and_read(self, key: str, pages: httpx.Client) -> None:
        """Every read begins when the write before it has been answered."""
        for content in (f"The porter keeps the key {key}.", f"The porter lost the key {key}."):
            self.push(key, content)
            for explain in (False, True):  # in front of Django, and by it
                question = {"text": "who keeps the keys", "tags": key, "top_k": 3, "explain": explain}
                found = self.timed(self.admin.post, f"{KNOWLEDGE}/query", json=question).get("documents", [])
                self.expect([each["content"] for each in found], [content])
            listed = self.timed(self.admin.get, f"{KNOWLEDGE}/documents", params={"tags": key})
            self.expect([each["content"] for each in listed.get("documents", [])], [content])
        self.timed(pages.get, "/")
        self.timed(pages.get, f"/knowledge?q={key}")
        self.admin.delete(f"{KNOWLEDGE}/sources/replicated/documents/{key}").raise_for_status()
        question = {"text": "who keeps the keys", "tags": key, "top_k": 3}
        self.expect(self.timed(self.admin.post, f"{KNOWLEDGE}/query", json=question).get("documents"), [])

    def push(self, key: str, content: str) -> None:
        document = {"id": key, "source": "replicated", "content": content, "tags": [key]}
        stored = self.admin.post(f"{KNOWLEDGE}/bulk-upsert", json={"documents": [document]}).raise_for_status().json()
        self.expect(stored.get("pending", 0), 0)

    def timed(self, ask: Callable[..., httpx.Response], *arguments: Any, **options: Any) -> Any:
        began = time.monotonic()
        answer = ask(*arguments, **options)
        self.slowest_s = max(self.slowest_s, time.monotonic() - began)
        self.expect(answer.status_code, 200)
        return answer.json() if answer.headers["Content-Type"].startswith("application/json") else {}

    def expect(self, found: object, wanted: object) -> None:
        if found != wanted:
            self.wrong.append(f"{found} instead of {wanted}")


@contextmanager
def ask_all_the_time(stack: ReplicatedStack) -> Iterator[list[Asking]]:
    """Two clients write and read for the length of the block; then they have found what they wrote."""
    done = threading.Event()
    clients = [Asking(stack, done) for _ in range(2)]
    try:
        yield clients
    finally:
        done.set()
        for each in clients:
            each.thread.join(60)
    assert [wrong for each in clients for wrong in each.wrong] == []
    assert min(each.rounds for each in clients) > 0


def served(stack: ReplicatedStack) -> dict[str, float]:
    """Requests that read, by server; each process adds its own every two seconds."""
    page = stack.admin.get("/metrics").raise_for_status().text
    samples = [sample for family in text_string_to_metric_families(page) for sample in family.samples]
    return {each.labels["server"]: each.value for each in samples if each.name == "larder_reads_total"}


def serves_again(stack: ReplicatedStack, replica: Replica) -> bool:
    """After the pause in which nobody asks it, which is over at once here, and whenever it has begun anew."""
    before, pause = served(stack)[replica.name], SharedBreaker(f"replica {replica.name}")._pause_key
    with ask_all_the_time(stack), redis.Redis.from_url(stack.redis_url) as server:

        def look() -> bool:
            server.delete(pause)
            return served(stack)[replica.name] > before

        return bool(wait_for(look, within_s=BACK_WITHIN_S))


def trouble(stack: ReplicatedStack, replica: Replica) -> str:
    """What programs are told of it; people are shown the same."""
    [told] = [each for each in stack.admin.get("/api/v1/system").json()["replicas"] if each["name"] == replica.name]
    return str(told["trouble"])


def readiness(stack: ReplicatedStack, replica: Replica) -> dict[str, str]:
    rows = stack.admin.get("/api/v1/knowledge/readiness").json()["rows"]
    return next(row for row in rows if row["name"] == f"replica {replica.name}")


@contextmanager
def held_up(replica: Replica) -> Iterator[None]:
    """It goes on receiving the log, and replays none of it."""
    replica.ask("SELECT pg_wal_replay_pause()")
    try:
        yield
    finally:
        replica.ask("SELECT pg_wal_replay_resume()")


@contextmanager
def killed(replica: Replica) -> Iterator[None]:
    os.kill(replica.server.pid, signal.SIGKILL)
    try:
        yield
    finally:
        replica.server.down()
        replica.server.up()


@pytest.mark.parametrize(
    "fault", [held_up, lambda replica: replica.server.stopped(), killed], ids=["lag", "stop", "kill"]
)
@pytest.mark.parametrize("how_many", [1, 2])
def test_reads_go_elsewhere_find_what_was_written_and_come_back(
    replicated: ReplicatedStack, fault: Callable[[Replica], Any], how_many: int
) -> None:
    concerned = replicated.replicas[:how_many]
    with ask_all_the_time(replicated) as clients:
        wait_for(lambda: all(client.rounds for client in clients))
        for client in clients:
            client.slowest_s = 0.0
        with ExitStack() as faults:
            for each in concerned:
                faults.enter_context(fault(each))
            wait_for(lambda: all(trouble(replicated, each) for each in concerned), within_s=30)
            assert [readiness(replicated, each)["state"] for each in concerned] == ["warn"] * how_many
            before = served(replicated)
            wait_for(lambda: [name for name, count in served(replicated).items() if count > before[name]])
        assert max(client.slowest_s for client in clients) < READ_WITHIN_S
    assert all(serves_again(replicated, each) for each in concerned)
    assert "Traceback" not in replicated.larder.log()


def test_a_promoted_replica_and_who_follows_it_are_believed_no_more(replicated: ReplicatedStack) -> None:
    """Sessions outlive a promotion, and what is written there since is no part of the store."""
    gone, other = replicated.replicas
    other.follow(gone)
    assert serves_again(replicated, other)
    with ask_all_the_time(replicated):
        gone.ask("SELECT pg_promote(true, 30)")
        gone.ask(WRITE_OTHERWISE)
        wait_for(lambda: "no replica" in trouble(replicated, gone), within_s=30)
        wait_for(lambda: gone.ask(WRITE_OTHERWISE) and "another server" in trouble(replicated, other), within_s=60)
        before = served(replicated)["primary"]
        wait_for(lambda: served(replicated)["primary"] > before)
    assert "no replica" in readiness(replicated, gone)["detail"]
    assert "Traceback" not in replicated.larder.log()
