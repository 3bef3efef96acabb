"""Whether traces leave, for the page of readiness and the doctor. Nothing is said where nobody asks for them."""

from config.observability.traces.configured import TraceSettings, read_trace_settings
from config.observability.traces.switch import collector_trouble, sending_status
from providers.system.readiness import ReadinessRow


def traces_row() -> list[ReadinessRow]:
    """Nothing is "bad": without traces Larder serves as well."""
    traces = read_trace_settings()
    if traces is None:
        return []
    if traces.faults:
        return [ReadinessRow(name="traces", state="warn", detail=traces.faults[0])]
    detail, trouble = _look(traces)
    if not trouble:
        return [ReadinessRow(name="traces", state="ok", detail=detail)]
    fix = f"Start the collector at {traces.place}, or check OTEL_EXPORTER_OTLP_ENDPOINT and its headers."
    return [ReadinessRow(name="traces", state="warn", detail=f"{detail} {trouble}", fix=fix)]


def _look(traces: TraceSettings) -> tuple[str, str]:
    """Of the process that is asked, as each sends its own; a command sends none, and asks the collector."""
    status = sending_status()
    if status is None:
        trouble = collector_trouble(traces)
        return f"The collector at {traces.place} {'does not take' if trouble else 'takes'} them.", trouble
    if status.trouble:
        return f"They do not leave this process, {status.lost:,} spans were dropped:", status.trouble
    return f"They leave, to {traces.place}; spans of this process so far: {status.sent:,}.", ""
