"""Traces switched on in the test's own process, and a collector that takes them."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest

from config.observability.traces.configured import read_trace_settings
from config.observability.traces.exporting import start_exporting
from config.observability.traces.recorder import SpanRecorder
from core.tracing.spans import record_with
from providers.models import Provider
from providers.registry import create_provider
from tests.collector import Collector, collecting

Sent = Callable[[], Collector]


@pytest.fixture
def collector() -> Iterator[Collector]:
    with collecting() as found:
        yield found


@pytest.fixture
def sent(collector: Collector, settings: Any) -> Iterator[Sent]:
    """Traces are on; calling it sends what has ended, and gives the collector."""
    settings.OTEL_EXPORTER_OTLP_ENDPOINT = collector.url
    traces = read_trace_settings()
    assert traces is not None
    assert traces.faults == ()
    provider, _ = start_exporting(traces, process="test")
    record_with(SpanRecorder(provider))

    def send() -> Collector:
        provider.force_flush()
        return collector

    yield send
    record_with(None)
    provider.shutdown()


@pytest.fixture
def make(db: None, now: datetime) -> Callable[[str], Provider]:
    """A provider that is due now."""

    def run(provider_id: str) -> Provider:
        made = create_provider(provider_id, now=now, url="http://wiki.test", sync_schedule="0 * * * *")
        Provider.objects.filter(pk=made.pk).update(next_run_at=now)
        return made

    return run
