"""Spans: what took how long, and what it was part of.

Nothing is recorded unless `config.observability.traces` plugs a recorder in; until then all of this costs one look at a
global, and nothing of OpenTelemetry is imported.

Names and attributes are those of OpenTelemetry's conventions where there are some; others begin with `larder.`. None
holds the text of a question or a document, a credential, or more of an address than its host: see
docs/decisions/0293.

A trace context is one text: a `traceparent` as the W3C defines it, and behind a blank the `tracestate` where there is
one. "" stands for none. What waits in the database keeps it, see docs/decisions/0294.
"""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from enum import Enum
from typing import Protocol

Attributes = Mapping[str, str | int | float | bool]
NOTHING: Attributes = {}


class SpanKind(Enum):
    """By what the convention tells apart: who serves, who calls, who leaves work to others, who takes it up."""

    INTERNAL = "internal"
    SERVER = "server"
    CLIENT = "client"
    PRODUCER = "producer"
    CONSUMER = "consumer"


class OpenSpan(Protocol):
    """What is at work. `context` is how others go on from it."""

    @property
    def context(self) -> str: ...

    def note(self, attributes: Attributes) -> None: ...

    def rename(self, name: str) -> None: ...

    def fail(self, code: str) -> None:
        """It went wrong, and the code says how. An exception that leaves the span does so by itself."""


class Recorder(Protocol):
    """What records spans. `parent` is a trace context, "" the span that is at work, if any; `root` begins a trace."""

    def span(
        self, name: str, *, kind: SpanKind, parent: str, links: Sequence[str], root: bool, attributes: Attributes
    ) -> AbstractContextManager[OpenSpan]: ...

    def current(self) -> OpenSpan: ...

    def headers(self) -> dict[str, str]: ...

    def log_ids(self) -> dict[str, str]: ...


class NoSpan:
    """Of work that nobody records."""

    context = ""

    def note(self, attributes: Attributes) -> None:
        return

    def rename(self, name: str) -> None:
        return

    def fail(self, code: str) -> None:
        return


NO_SPAN: OpenSpan = NoSpan()
_unrecorded = nullcontext(NO_SPAN)
_recorder: Recorder | None = None


def record_with(recorder: Recorder | None) -> None:
    """From now on, in this process."""
    global _recorder
    _recorder = recorder


def span(
    name: str,
    *,
    kind: SpanKind = SpanKind.INTERNAL,
    parent: str = "",
    links: Sequence[str] = (),
    root: bool = False,
    attributes: Attributes = NOTHING,
) -> AbstractContextManager[OpenSpan]:
    """What is done inside, in this thread and in what it begins."""
    if _recorder is None:
        return _unrecorded
    return _recorder.span(name, kind=kind, parent=parent, links=links, root=root, attributes=attributes)


def continue_work(name: str, contexts: Sequence[str], *, attributes: Attributes) -> AbstractContextManager[OpenSpan]:
    """Work that was left for later: a part of the trace that it comes from. What comes from several traces and is done
    in one go begins a trace of its own, which is linked with each of them.
    """
    known = list(dict.fromkeys(filter(None, contexts)))
    if len(known) == 1:
        return span(name, kind=SpanKind.CONSUMER, parent=known[0], attributes=attributes)
    return span(name, kind=SpanKind.CONSUMER, links=known, root=True, attributes=attributes)


def current_span() -> OpenSpan:
    return NO_SPAN if _recorder is None else _recorder.current()


def trace_context() -> str:
    """Of the span that is at work, to be kept with what is left for later."""
    return current_span().context


def trace_headers() -> dict[str, str]:
    """For a call that this process makes: `traceparent`, and `tracestate` where there is one."""
    return {} if _recorder is None else _recorder.headers()


def trace_log_ids() -> dict[str, str]:
    """`trace_id` and `span_id`, for the log."""
    return {} if _recorder is None else _recorder.log_ids()
