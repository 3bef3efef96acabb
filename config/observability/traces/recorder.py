"""Spans of OpenTelemetry's SDK, as `core.tracing.spans` asks for them.

Imported where traces are on. The provider is ours alone and no global one: libraries that make spans of their own make
none here.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from opentelemetry import context as context_api
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.trace import (
    Link,
    SpanContext,
    Status,
    StatusCode,
    get_current_span,
    set_span_in_context,
)
from opentelemetry.trace import Span as OtelSpan
from opentelemetry.trace import SpanKind as OtelKind
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from config.version import VERSION
from core.errors import LarderError
from core.tracing.spans import NO_SPAN, Attributes, OpenSpan, SpanKind

KINDS = {kind: OtelKind[kind.name] for kind in SpanKind}
MOST_LINKS = 128  # as OpenTelemetry's SDKs keep of one span

MOST_STATE_CHARS = 512
"""Of a `tracestate`, as much as the W3C wants to be passed on: it may be kept with what waits."""

_propagator = TraceContextTextMapPropagator()


class RecordedSpan:
    def __init__(self, span: OtelSpan) -> None:
        self._span = span

    @property
    def context(self) -> str:
        return " ".join(_headers_of(self._span).values())

    def note(self, attributes: Attributes) -> None:
        self._span.set_attributes(dict(attributes))

    def rename(self, name: str) -> None:
        self._span.update_name(name)

    def fail(self, code: str) -> None:
        self._span.set_attribute("error.type", code)
        self._span.set_status(Status(StatusCode.ERROR))


class SpanRecorder:
    def __init__(self, provider: TracerProvider) -> None:
        self._tracer = provider.get_tracer("larder", VERSION)

    @contextmanager
    def span(
        self, name: str, *, kind: SpanKind, parent: str, links: Sequence[str], root: bool, attributes: Attributes
    ) -> Iterator[OpenSpan]:
        linked = [Link(each) for each in map(_context_of, links[:MOST_LINKS]) if each.is_valid]
        above = context_api.Context() if root else _above(parent)
        made = self._tracer.start_span(name, above, KINDS[kind], dict(attributes), linked)
        token = context_api.attach(set_span_in_context(made))
        recorded = RecordedSpan(made)
        try:
            yield recorded
        except BaseException as error:  # a call whose time is up is cancelled
            recorded.fail(_code_of(error))
            raise
        finally:
            context_api.detach(token)
            made.end()

    def current(self) -> OpenSpan:
        span = get_current_span()
        return RecordedSpan(span) if span.get_span_context().is_valid else NO_SPAN

    def headers(self) -> dict[str, str]:
        return _headers_of(get_current_span())

    def log_ids(self) -> dict[str, str]:
        context = get_current_span().get_span_context()
        if not context.is_valid:
            return {}
        return {"trace_id": f"{context.trace_id:032x}", "span_id": f"{context.span_id:016x}"}


def _above(parent: str) -> context_api.Context | None:
    """The parent's context; that of the span at work where there is no parent, or none that can be read."""
    named = _context_of(parent) if parent else None
    return None if named is None or not named.is_valid else _read(parent)


def _context_of(text: str) -> SpanContext:
    return get_current_span(_read(text)).get_span_context()


def _read(text: str) -> context_api.Context:
    parent, _, state = text.partition(" ")
    kept = state if len(state) <= MOST_STATE_CHARS else ""
    return _propagator.extract({"traceparent": parent, "tracestate": kept}, context_api.Context())


def _headers_of(span: OtelSpan) -> dict[str, str]:
    headers: dict[str, str] = {}
    _propagator.inject(headers, set_span_in_context(span, context_api.Context()))
    return headers


def _code_of(error: BaseException) -> str:
    """Never its sentence, which may quote what was sent."""
    return error.code if isinstance(error, LarderError) else type(error).__name__
