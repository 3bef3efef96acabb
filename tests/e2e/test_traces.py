"""One trace from the schedule's tick to the alert, out of all processes that `up` starts, to a real collector."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest

from config.stack_record import read_stack
from tests import ROOT
from tests.collector import Collector, Received, collecting
from tests.e2e.conftest import Larder, free_port, send_first_messages, start, stop, wait_for
from tests.e2e.test_main_job import PROVIDERS, listens
from tests.providers.scripted import provider, script_of

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

BULK, QUERY = "/api/v1/knowledge/bulk-upsert", "/api/v1/knowledge/query"
TRACE, PARENT = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
TRACEPARENT = f"00-{TRACE}-{PARENT}-01"


@pytest.fixture(scope="module")
def collector() -> Iterator[Collector]:
    with collecting() as found:
        yield found


@pytest.fixture(scope="module")
def traced(tmp_path_factory: pytest.TempPathFactory, collector: Collector) -> Iterator[Larder]:
    variables = {"OTEL_EXPORTER_OTLP_ENDPOINT": collector.url, "OTEL_BSP_SCHEDULE_DELAY": "200", "LOG_FORMAT": "json"}
    running = start(tmp_path_factory.mktemp("traced") / "data", "--no-demo", **variables)
    yield running
    assert stop(running) == 0, running.log()


@pytest.fixture(scope="module")
def canteen(traced: Larder) -> Iterator[None]:
    """A provider on the SDK, without OpenTelemetry, that is due now."""
    port, secret = free_port(), "shared with the canteen"
    key = traced.create_key("canteen", role="provider", source="canteen")
    command = [sys.executable, "-m", "tests.e2e.sdk_provider", str(port), traced.url, key, secret]
    process = subprocess.Popen(command, cwd=ROOT)
    wait_for(lambda: listens(port))
    register(traced, "canteen", f"http://127.0.0.1:{port}", secret=secret)
    yield
    process.terminate()
    process.wait(timeout=10)


def register(larder: Larder, provider_id: str, url: str, **fields: Any) -> None:
    admin = larder.client(larder.create_key(f"admin of {provider_id}", role="admin"))
    given = {"id": provider_id, "url": url, "sync_schedule": "0 0 1 1 *", "max_attempts": 1, **fields}
    assert admin.post(PROVIDERS, json=given).status_code == 201
    stack = read_stack(larder.data_dir)
    assert stack
    with psycopg.connect(stack.database_url, autocommit=True) as database:
        database.execute("UPDATE providers_provider SET next_run_at = now() WHERE id = %s", [provider_id])


def arrived(collector: Collector, is_it: Callable[[Received], bool]) -> Received:
    """A span, once it was sent, and all that it is a part of."""

    def look() -> Received | None:
        return next((each for each in list(collector.spans) if is_it(each) and is_whole(collector, each)), None)

    found: Received = wait_for(look, within_s=60, what=lambda: sorted({each.name for each in collector.spans}))
    return found


def is_whole(collector: Collector, span: Received) -> bool:
    known = {each.id: each for each in list(collector.spans)}
    while span.parent in known:
        span = known[span.parent]
    return span.parent in ("", PARENT)


def test_a_scheduled_run_is_one_trace_to_the_push_of_a_provider_that_knows_nothing_of_traces(
    traced: Larder, collector: Collector, canteen: None
) -> None:
    storing = arrived(collector, lambda span: span.name == "store")
    sync = ["POST", "sync", "schedule sync"]
    assert collector.chain(storing) == ["store", "push", f"POST {BULK}", *sync]
    embedding = arrived(collector, lambda span: span.name.startswith("embeddings") and span.trace == storing.trace)
    assert collector.chain(embedding)[1:] == ["push", f"POST {BULK}", *sync]
    run = arrived(collector, lambda span: span.name == "sync")
    assert run.attributes["larder.run.state"] == "succeeded"
    assert (run.kind, run.resource["larder.process"]) == ("consumer", "worker")
    pushed = arrived(collector, lambda span: span.name == f"POST {BULK}")
    assert pushed.attributes["larder.correlation_id"] == run.attributes["larder.run.id"]
    assert pushed.resource["larder.process"] == "web"
    line = next(line for line in traced.log().splitlines() if run.trace in line)
    assert '"trace_id"' in line, "the log names it"
    assert '"span_id"' in line


def test_a_failed_run_is_a_failed_span_and_its_alert_tells_the_receiver_of_the_trace(
    traced: Larder, collector: Collector
) -> None:
    admin = traced.client(traced.create_key("admin of alerts", role="admin"))
    with provider(script_of(204)) as inbox:
        address = f"{inbox.url}/hook/that-nobody-may-know"
        channel = {"name": "ops", "kind": "webhook", "url": address, "providers": ["broken"]}
        assert admin.post("/api/v1/alerts/channels", json=channel).status_code == 201
        register(traced, "broken", "http://127.0.0.1:1")
        wait_for(lambda: inbox.asked, within_s=60, what=traced.log)
        _, trace, parent, _ = inbox.asked[0].headers["traceparent"].split("-")
    calling = arrived(collector, lambda span: span.id == parent)
    assert calling.trace == trace
    assert collector.chain(calling) == ["POST", "alert", "schedule sync"]
    run = arrived(collector, lambda span: span.name == "sync" and span.trace == calling.trace)
    assert (run.failed, run.attributes["error.type"]) == (True, "connect_failed")
    assert b"that-nobody-may-know" not in collector.raw


def test_work_on_a_file_is_a_part_of_the_upload(traced: Larder, collector: Collector) -> None:
    admin = traced.client(traced.create_key("admin of files", role="admin"))
    assert admin.post("/v1/collections", json={"name": "papers"}).status_code == 201
    file = {"files": ("opening.txt", b"The canteen opens at seven, but for holidays.", "text/plain")}
    answer = admin.post("/v1/collections/papers/documents", files=file, headers={"traceparent": TRACEPARENT})
    assert answer.status_code in (200, 201, 202), answer.text
    reading = arrived(collector, lambda span: span.name == "read files")
    assert reading.trace == TRACE
    by_id = {each.id: each for each in collector.spans}
    working = by_id[reading.parent]
    assert (working.name, working.resource["larder.process"]) == ("process files", "worker")
    assert by_id[working.parent].name == "POST /v1/collections/<name>/documents", "the upload"
    assert by_id[working.parent].parent == PARENT
    indexing = arrived(collector, lambda span: span.name == "push" and span.trace == TRACE)
    assert indexing.parent == working.id


def test_an_agents_call_goes_on_with_the_trace_that_its_message_names(traced: Larder, collector: Collector) -> None:
    key = traced.create_key("agent", role="analyzer")
    send_first_messages(traced, key)
    params = {"name": "list_tags", "arguments": {}, "_meta": {"traceparent": TRACEPARENT}}
    message = {"jsonrpc": "2.0", "id": 7, "method": "tools/call", "params": params}
    with traced.client(key) as agent:
        accepted = {"Accept": "application/json, text/event-stream"}
        assert agent.post("/mcp", json=message, headers=accepted).status_code == 200
    calling = arrived(collector, lambda span: span.name == "tools/call list_tags")
    assert (calling.trace, calling.parent) == (TRACE, PARENT)
    request = next(each for each in collector.spans if each.id in calling.links)
    assert request.name == "POST /mcp"
