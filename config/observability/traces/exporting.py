"""Sending spans to a collector, by OTLP over HTTP. Imported where traces are on.

Whoever makes a span only puts it into a queue of bounded length; a thread of this process sends what is in there. While
the collector is away or silent that thread waits, and the oldest spans are dropped.
"""

import logging
import os
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from multiprocessing.util import Finalize
from typing import Any

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider, sampling
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExportResult

from config.observability.traces.configured import TraceSettings
from config.version import VERSION

log = logging.getLogger("larder.traces")

LAST_WORDS_S = 3.0
"""How long the end of a process waits for what was not sent yet."""

TRY_S = 1.5
MOST_REASON_CHARS = 200
REFUSED = "it does not take them"
EXPORTER = "opentelemetry.exporter"
"""The logger that failures are told to."""


@dataclass
class SendingStatus:
    """Of this process. `trouble` says why the latest spans did not leave; "" where they did."""

    sent: int = 0
    lost: int = 0
    trouble: str = ""


class FirstWords(logging.Handler):
    """What OpenTelemetry said first of a failure; it says so at each attempt, and nobody else hears it."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.said = ""

    def emit(self, record: logging.LogRecord) -> None:
        self.said = self.said or " ".join(record.getMessage().split())[:MOST_REASON_CHARS]


class ReportingExporter:
    """Sends by another exporter; one line of the log when spans no longer leave, and one when they do again."""

    def __init__(self, exporter: Any, *, place: str, status: SendingStatus, words: FirstWords) -> None:
        self._exporter, self._place, self._status, self._words = exporter, place, status, words

    def export(self, spans: Sequence[Any]) -> Any:
        self._words.said = ""
        result = self._exporter.export(spans)
        if result is SpanExportResult.SUCCESS:
            self._note_success(len(spans))
        else:
            self._note_failure(len(spans))
        return result

    def shutdown(self) -> None:
        self._exporter.shutdown()

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        return True  # nothing is kept here

    def _note_success(self, count: int) -> None:
        if self._status.trouble:
            log.info("traces leave again, to %s", self._place)
        self._status.sent += count
        self._status.trouble = ""

    def _note_failure(self, count: int) -> None:
        reason = self._words.said or REFUSED
        if not self._status.trouble:
            log.warning("traces do not leave, to %s, and are dropped until they do: %s", self._place, reason)
        self._status.lost += count
        self._status.trouble = reason


def start_exporting(traces: TraceSettings, *, process: str) -> tuple[TracerProvider, SendingStatus]:
    """What makes spans, and how their sending goes. The end of the process waits for it, `LAST_WORDS_S` at most."""
    status, words = SendingStatus(), FirstWords()
    _listen(words)
    exporter = OTLPSpanExporter(endpoint=traces.endpoint)
    reporting = ReportingExporter(exporter, place=traces.place, status=status, words=words)
    provider = TracerProvider(
        sampler=_sampler(traces), resource=_resource(traces, process=process), shutdown_on_exit=False
    )
    provider.add_span_processor(BatchSpanProcessor(reporting))
    _end_with_process(provider.shutdown)
    return provider, status


def try_collector(traces: TraceSettings) -> str:
    """Why the collector does not take an empty list of spans; "" where it does. Takes `TRY_S` at most, or a little."""
    words = FirstWords()
    _listen(words)
    exporter = OTLPSpanExporter(endpoint=traces.endpoint, timeout=TRY_S)
    try:
        taken = exporter.export([]) is SpanExportResult.SUCCESS
    finally:
        exporter.shutdown()
        logging.getLogger(EXPORTER).removeHandler(words)
    return "" if taken else words.said or REFUSED


def _listen(words: FirstWords) -> None:
    """The loggers of OpenTelemetry reach no console: a line for each span that is dropped would be thousands."""
    library = logging.getLogger("opentelemetry")
    library.propagate = False
    if not library.handlers:
        library.addHandler(logging.NullHandler())
    logging.getLogger(EXPORTER).addHandler(words)


def _resource(traces: TraceSettings, *, process: str) -> Resource:
    """OTEL_RESOURCE_ATTRIBUTES comes on top by itself."""
    return Resource.create(
        {
            "service.name": traces.service,
            "service.version": VERSION,
            "larder.process": process,
            "process.pid": os.getpid(),
        }
    )


def _sampler(traces: TraceSettings) -> sampling.Sampler:
    name = traces.sampler.removeprefix("parentbased_")
    root = {
        "always_on": sampling.ALWAYS_ON,
        "always_off": sampling.ALWAYS_OFF,
        "traceidratio": sampling.TraceIdRatioBased(traces.ratio),
    }[name]
    return sampling.ParentBased(root) if traces.sampler.startswith("parentbased_") else root


def _end_with_process(shutdown: Callable[[], None]) -> None:
    """The library would wait half a minute for a collector that is silent. A thread of ours, which is there in time
    (none can be started while a process ends), waits instead; the process only for a moment.

    A finalizer of `multiprocessing`, since granian's workers are children of that and run nothing of `atexit`.
    """
    asked, done = threading.Event(), threading.Event()

    def close() -> None:
        asked.wait()
        shutdown()
        done.set()

    def ask() -> None:
        asked.set()
        done.wait(LAST_WORDS_S)

    threading.Thread(target=close, name="traces-end", daemon=True).start()
    Finalize(None, ask, exitpriority=1)
