"""Whether traces leave, for the page of readiness. Nothing is said where nobody asks for them."""

from config.observability.traces.configured import read_trace_settings
from config.observability.traces.switch import sending_status
from providers.system.readiness import ReadinessRow


def traces_row() -> list[ReadinessRow]:
    """Of the process that is asked: each sends its own. Nothing is "bad": without traces Larder serves as well."""
    traces = read_trace_settings()
    if traces is None:
        return []
    if traces.faults:
        return [ReadinessRow(name="traces", state="warn", detail=traces.faults[0])]
    status = sending_status()
    if status is None:
        return [ReadinessRow(name="traces", state="ok", detail="This process is a command and sends none.")]
    if status.trouble:
        detail = f"They do not leave: {status.trouble} {status.lost:,} spans of this process were dropped."
        fix = f"Start the collector at {traces.place}, or check OTEL_EXPORTER_OTLP_ENDPOINT and its headers."
        return [ReadinessRow(name="traces", state="warn", detail=detail, fix=fix)]
    detail = f"{status.sent:,} spans of this process have left, to {traces.place}."
    return [ReadinessRow(name="traces", state="ok", detail=detail)]
