"""What the settings say of traces. Their names are OpenTelemetry's, so they may be meant for other programs: whatever
is wrong with them is told and stops nothing.
"""

from dataclasses import dataclass
from importlib.util import find_spec
from urllib.parse import urlsplit

from django.conf import settings

PATH = "/v1/traces"
PROTOCOL = "http/protobuf"
SAMPLERS = (
    "always_on",
    "always_off",
    "traceidratio",
    "parentbased_always_on",
    "parentbased_always_off",
    "parentbased_traceidratio",
)
DEFAULT_SAMPLER = "parentbased_always_on"
INSTALL = "Run `pip install --no-deps -r requirements-otel.txt`, or leave the address away."


@dataclass(frozen=True, kw_only=True)
class TraceSettings:
    """Where spans go and which are kept. With `faults` none is sent; `doubts` have been settled by a default."""

    endpoint: str
    service: str
    sampler: str
    ratio: float
    faults: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()

    @property
    def place(self) -> str:
        """The collector as it may be shown; "" where the address is none."""
        return _place(self.endpoint)


def read_trace_settings() -> TraceSettings | None:
    """None where no traces are asked for."""
    if not _endpoint() or settings.OTEL_SDK_DISABLED.lower() == "true" or settings.OTEL_TRACES_EXPORTER == "none":
        return None
    sampler, ratio = settings.OTEL_TRACES_SAMPLER or DEFAULT_SAMPLER, _ratio()
    doubts = []
    if sampler not in SAMPLERS:
        doubts.append(f"OTEL_TRACES_SAMPLER is {sampler[:60]!r}; {DEFAULT_SAMPLER} is used.")
    if ratio is None:
        told = settings.OTEL_TRACES_SAMPLER_ARG[:60]
        doubts.append(f"OTEL_TRACES_SAMPLER_ARG is {told!r}, no number from 0 to 1; 1 is used.")
    return TraceSettings(
        endpoint=_endpoint(),
        service=settings.OTEL_SERVICE_NAME,
        sampler=sampler if sampler in SAMPLERS else DEFAULT_SAMPLER,
        ratio=1.0 if ratio is None else ratio,
        faults=tuple(_faults()),
        doubts=tuple(doubts),
    )


def _endpoint() -> str:
    """The address of traces as it is, or that of all signals with the path of traces."""
    if settings.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT:
        return str(settings.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT)
    base = settings.OTEL_EXPORTER_OTLP_ENDPOINT
    return f"{base.rstrip('/')}{PATH}" if base else ""


def _ratio() -> float | None:
    try:
        ratio = float(settings.OTEL_TRACES_SAMPLER_ARG or 1)
    except ValueError:
        return None
    return ratio if 0 <= ratio <= 1 else None


def _place(endpoint: str) -> str:
    try:
        parts = urlsplit(endpoint)
    except ValueError:
        return ""
    return parts.netloc.rpartition("@")[2] if parts.scheme in ("http", "https") else ""


def _faults() -> list[str]:
    faults = []
    if not _place(_endpoint()):
        faults.append("OTEL_EXPORTER_OTLP_ENDPOINT is no address like http://collector:4318, so no traces are sent.")
    if settings.OTEL_EXPORTER_OTLP_PROTOCOL not in ("", PROTOCOL):
        told = f"OTEL_EXPORTER_OTLP_PROTOCOL is {settings.OTEL_EXPORTER_OTLP_PROTOCOL[:60]!r}"
        faults.append(f"{told}, so no traces are sent. Set {PROTOCOL}, and the collector's address for it.")
    if "otlp" not in settings.OTEL_TRACES_EXPORTER.split(","):
        told = f"OTEL_TRACES_EXPORTER is {settings.OTEL_TRACES_EXPORTER[:60]!r}"
        faults.append(f"{told}, so no traces are sent. Set otlp, or leave it away.")
    if find_spec("opentelemetry.exporter") is None or find_spec("opentelemetry.sdk") is None:
        faults.append(f"OTEL_EXPORTER_OTLP_ENDPOINT is set, and what sends traces is not installed. {INSTALL}")
    return faults
