"""Switching traces on, once in each process that serves; nothing is imported where nobody asks for them."""

from typing import TYPE_CHECKING

from config.observability.traces.configured import TraceSettings, read_trace_settings
from core.tracing.spans import record_with

if TYPE_CHECKING:
    from config.observability.traces.exporting import SendingStatus

_status: "SendingStatus | None" = None


def start_traces(process: str) -> bool:
    """Whether spans are made from now on. `process` is its part: `web`, `worker`, `beat`."""
    traces = read_trace_settings()
    if traces is None or traces.faults:
        return False
    _start(traces, process=process)
    return True


def sending_status() -> "SendingStatus | None":
    """Of this process; None where it sends no traces."""
    return _status


def collector_trouble(traces: TraceSettings) -> str:
    """Of a process that sends none: why the collector would not take any; "" where it would."""
    from config.observability.traces.exporting import try_collector

    return try_collector(traces)


def _start(traces: TraceSettings, *, process: str) -> None:
    from config.observability.traces.exporting import start_exporting
    from config.observability.traces.recorder import SpanRecorder

    global _status
    provider, _status = start_exporting(traces, process=process)
    record_with(SpanRecorder(provider))
