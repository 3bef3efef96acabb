"""What a provider on the SDK passes back, and what wins."""

from typing import Any

import pytest
from larder_sdk.tracing import trace_headers, trace_of
from opentelemetry import context
from opentelemetry.trace import NonRecordingSpan, SpanContext, TraceFlags, set_span_in_context

TRACEPARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
TOLD = {"traceparent": TRACEPARENT, "tracestate": "vendor=1"}


def test_the_trace_of_a_call_is_passed_on_as_it_came() -> None:
    assert trace_headers(trace_of({**TOLD, "host": "provider"})) == TOLD


@pytest.mark.parametrize("told", ["", "00-0-0-00", f"{TRACEPARENT},{TRACEPARENT}", "é" * 55, TRACEPARENT + "\n"])
def test_what_is_no_traceparent_is_not_passed_on(told: str) -> None:
    kept = trace_of({"traceparent": told, "tracestate": "vendor=1"})
    assert kept == ({} if told.strip() != TRACEPARENT else TOLD)


def test_a_tracestate_that_no_header_can_carry_is_left_out() -> None:
    assert trace_of({**TOLD, "tracestate": "é=1"}) == {"traceparent": TRACEPARENT}


def test_the_span_that_the_program_is_in_wins() -> None:
    own = SpanContext(trace_id=7, span_id=9, is_remote=False, trace_flags=TraceFlags(1))
    token = context.attach(set_span_in_context(NonRecordingSpan(own)))
    try:
        headers: Any = trace_headers(TOLD)
    finally:
        context.detach(token)
    assert headers["traceparent"] == f"00-{7:032x}-{9:016x}-01"
    assert trace_headers(TOLD) == TOLD
