"""Whether traces are on, and what it costs where the collector is away or silent."""

import logging
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import pytest

from config.checks import judge_settings
from config.observability.logs import JsonFormatter
from config.observability.traces import switch
from config.observability.traces.configured import TraceSettings, read_trace_settings
from config.observability.traces.exporting import SendingStatus, start_exporting
from config.observability.traces.recorder import SpanRecorder
from config.observability.traces.trace_readiness import traces_row
from core.tracing.spans import NO_SPAN, SpanKind, current_span, record_with, span, trace_context, trace_headers
from core.waiting.deadlines import finish_within
from tests import ROOT
from tests.collector import Collector, collecting
from tests.config.traces.conftest import Sent

Started = Callable[[str], tuple[Any, SendingStatus]]

OFF = """
import json, sys
import config.web.wsgi as web
from core.tracing.spans import span, trace_context, trace_headers
with span("anything"):
    told = [trace_context(), trace_headers()]
makers = ("opentelemetry.sdk.trace", "opentelemetry.exporter", "config.observability.traces.recorder")
print(json.dumps([type(web.application).__name__, told, [name for name in sys.modules if name.startswith(makers)]]))
"""

ENDING = """
import multiprocessing, time
def work():
    import django; django.setup()
    from config.observability.traces.switch import start_traces
    from core.tracing.spans import span
    assert start_traces("test")
    with span("last words"): pass
    print(time.monotonic(), flush=True)
"""
ALONE, AS_A_CHILD = (
    "work()",
    "child = multiprocessing.get_context('fork').Process(target=work); child.start(); child.join()",
)
"""A worker, and a web process: granian's server forks."""


def run(program: str, **variables: str) -> str:
    own = {"DJANGO_SETTINGS_MODULE": "config.settings", "SECRET_KEY": "x" * 50, "SECRETS_KEYS": KEY, **variables}
    environment = {name: value for name, value in os.environ.items() if not name.startswith("OTEL_")} | own
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


KEY = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="


@pytest.fixture
def started(settings: Any) -> Any:
    """Traces to an address, sent as soon as they are asked to be."""
    providers = []

    def start(endpoint: str) -> tuple[Any, SendingStatus]:
        settings.OTEL_EXPORTER_OTLP_ENDPOINT = endpoint
        traces = read_trace_settings()
        assert traces
        provider, status = start_exporting(traces, process="test")
        record_with(SpanRecorder(provider))
        providers.append(provider)
        return provider, status

    yield start
    record_with(None)


def configured(settings: Any, **variables: str) -> TraceSettings:
    settings.OTEL_EXPORTER_OTLP_ENDPOINT = "http://collector:4318/"
    for name, value in variables.items():
        setattr(settings, name, value)
    traces = read_trace_settings()
    assert traces
    return traces


def test_a_web_process_without_an_address_imports_nothing_and_tells_nobody() -> None:
    """What redis imports of OpenTelemetry where that is installed (its metrics) is not ours to say."""
    assert '["RequestBuffer", ["", {}], []]' in run(OFF)


def test_a_web_process_with_one_has_a_span_for_each_request() -> None:
    assert '["TracedRequests"' in run(OFF, OTEL_EXPORTER_OTLP_ENDPOINT="http://127.0.0.1:9")


def test_off_costs_one_look_at_a_global() -> None:
    record_with(None)
    assert span("one") is span("another", kind=SpanKind.SERVER), "nothing is made"
    assert current_span() is NO_SPAN
    assert trace_headers() == {}


@pytest.mark.parametrize(
    ("name", "value"),
    [("OTEL_SDK_DISABLED", "True"), ("OTEL_TRACES_EXPORTER", "none"), ("OTEL_EXPORTER_OTLP_ENDPOINT", "")],
)
def test_traces_can_be_switched_off_by_the_names_that_other_programs_know(settings: Any, name: str, value: str) -> None:
    configured(settings)
    setattr(settings, name, value)
    assert read_trace_settings() is None
    assert not switch.start_traces("test")
    assert traces_row() == []


def test_the_address_of_traces_alone_is_taken_as_it_is(settings: Any) -> None:
    assert configured(settings).endpoint == "http://collector:4318/v1/traces"
    settings.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT = "http://user:secret@traces:4318/here"
    traces = configured(settings)
    assert (traces.endpoint, traces.place) == ("http://user:secret@traces:4318/here", "traces:4318")


@pytest.mark.parametrize(
    ("variables", "told"),
    [
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "x"}, "is no address like"),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://["}, "is no address like"),
        ({"OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"}, "OTEL_EXPORTER_OTLP_PROTOCOL is 'grpc', so no traces are sent"),
        ({"OTEL_TRACES_EXPORTER": "console"}, "OTEL_TRACES_EXPORTER is 'console', so no traces are sent"),
        ({"OTEL_TRACES_SAMPLER": "xray"}, "OTEL_TRACES_SAMPLER is 'xray'; parentbased_always_on is used"),
        ({"OTEL_TRACES_SAMPLER_ARG": "half"}, "OTEL_TRACES_SAMPLER_ARG is 'half', no number from 0 to 1"),
        ({"OTEL_TRACES_SAMPLER_ARG": "nan"}, "OTEL_TRACES_SAMPLER_ARG is 'nan'"),
    ],
)
def test_what_is_wrong_is_told_at_the_start_and_stops_nothing(
    settings: Any, variables: dict[str, str], told: str
) -> None:
    configured(settings, **variables)
    assert any(told in doubt for doubt in judge_settings())


def test_a_collector_that_is_away_is_told_once_and_so_is_its_return(
    started: Started, caplog: pytest.LogCaptureFixture
) -> None:
    with collecting() as collector, caplog.at_level(logging.INFO):
        provider, status = started(collector.url)
        for collector.status in (400, 400, 400, 200, 200):
            with span("work"):
                pass
            provider.force_flush()
        provider.shutdown()
    ours = [record.getMessage() for record in caplog.records if record.name == "larder.traces"]
    place = collector.url.removeprefix("http://")
    assert [line.partition(",")[0] for line in ours] == ["traces do not leave", "traces leave again"]
    assert place in ours[0]
    assert "400" in ours[0]
    assert (status.sent, status.lost, status.trouble) == (2, 3, "")


def test_readiness_says_whether_traces_leave(started: Started, monkeypatch: pytest.MonkeyPatch) -> None:
    with collecting() as collector:
        provider, status = started(collector.url)
        monkeypatch.setattr(switch, "_status", status)
        rows = []
        for collector.status in (200, 400):
            with span("work"):
                pass
            provider.force_flush()
            rows += traces_row()
        provider.shutdown()
    assert [row.state for row in rows] == ["ok", "warn"]
    assert rows[0].detail.startswith("They leave, to 127.0.0.1:")
    assert rows[0].detail.endswith("so far: 1.")
    assert "400" in rows[1].detail
    assert "OTEL_EXPORTER_OTLP_ENDPOINT" in rows[1].fix


def test_a_command_that_sends_none_asks_the_collector(collector: Collector, settings: Any) -> None:
    settings.OTEL_EXPORTER_OTLP_ENDPOINT = collector.url
    rows = []
    for collector.status in (200, 401):
        rows += traces_row()
    assert [row.state for row in rows] == ["ok", "warn"]
    assert "401" in rows[1].detail
    assert (collector.requests, collector.spans) == (2, [])


def test_a_command_that_asks_a_silent_collector_does_not_wait_long(settings: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        settings.OTEL_EXPORTER_OTLP_ENDPOINT = f"http://127.0.0.1:{silent.getsockname()[1]}"
        began = time.monotonic()
        assert [row.state for row in traces_row()] == ["warn"]
    assert time.monotonic() - began < 8


def test_nobody_waits_for_a_silent_collector_and_what_waits_for_it_is_bounded(started: Started) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        provider, _ = started(f"http://127.0.0.1:{silent.getsockname()[1]}")
        began = time.process_time(), time.monotonic()
        for _ in range(5_000):
            with span("work"):
                pass
        assert time.monotonic() - began[1] < 5
        [processor] = provider._active_span_processor._span_processors
        assert len(processor._batch_processor._queue) <= 2_048


@pytest.mark.parametrize("how", [ALONE, AS_A_CHILD], ids=["alone", "a child"])
def test_a_process_that_ends_waits_for_a_silent_collector_but_for_a_moment(how: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        said = run(ENDING + how, OTEL_EXPORTER_OTLP_ENDPOINT=f"http://127.0.0.1:{silent.getsockname()[1]}")
        took_s = time.monotonic() - float(said.split()[0])
    assert took_s < 10
    assert "Traceback" not in said


@pytest.mark.parametrize("how", [ALONE, AS_A_CHILD], ids=["alone", "a child"])
def test_a_process_that_ends_sends_what_it_has_not_sent_yet(collector: Collector, how: str) -> None:
    run(ENDING + how, OTEL_EXPORTER_OTLP_ENDPOINT=collector.url)
    assert [each.name for each in collector.spans] == ["last words"]


def test_a_forked_process_sends_its_own(sent: Sent) -> None:
    with span("parent"):
        child = os.fork()
        if child == 0:
            code = 1
            try:
                with span("child"):
                    pass
                sent()
                code = 0
            finally:
                os._exit(code)
        assert os.waitpid(child, 0)[1] == 0
    found = sent()
    assert found.one("child").parent == found.one("parent").id


def test_work_in_a_thread_of_its_own_is_a_part_of_its_callers(sent: Sent) -> None:
    with span("caller") as caller:
        told = finish_within(5, trace_context)
        assert told == caller.context
    assert told.split("-")[2] == sent().one("caller").id


def test_log_lines_name_the_span(sent: Sent) -> None:
    record = logging.LogRecord("larder", logging.INFO, __file__, 1, "told", None, None)
    with span("work"):
        line = JsonFormatter().format(record)
    found = sent().one("work")
    assert f'"trace_id": "{found.trace}", "span_id": "{found.id}"' in line
    assert "trace_id" not in JsonFormatter().format(record)


def test_an_error_that_is_not_ours_is_known_by_its_class_and_not_by_its_words(sent: Sent) -> None:
    with pytest.raises(KeyError), span("work"):
        raise KeyError("a secret of somebody")
    found = sent()
    assert (found.one("work").failed, found.one("work").attributes["error.type"]) == (True, "KeyError")
    assert b"a secret" not in found.raw
