"""Which trace a call is a part of: W3C Trace Context, whether or not OpenTelemetry is there.

A provider that Larder calls passes the `traceparent` of that call back with its pushes. Where a program records spans
by OpenTelemetry itself, the span that it is in wins. OpenTelemetry is looked for among what the program has loaded, and
never imported.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping

TRACEPARENT = re.compile(r"[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")
TRACESTATE = re.compile(r"[\x20-\x7e]{1,4096}")


def trace_of(headers: Mapping[str, str]) -> dict[str, str]:
    """The trace context of a call that came in, names in lower case; nothing where it is none that can be passed on."""
    parent, state = headers.get("traceparent", "").strip(), headers.get("tracestate", "").strip()
    if not TRACEPARENT.fullmatch(parent):
        return {}
    return {"traceparent": parent, **({"tracestate": state} if TRACESTATE.fullmatch(state) else {})}


def trace_headers(told: Mapping[str, str]) -> dict[str, str]:
    """For a call that goes out: of the span that the program is in, else what it was `told`."""
    trace = sys.modules.get("opentelemetry.trace")
    own = trace.get_current_span().get_span_context() if trace else None
    if own is None or not own.is_valid:
        return dict(told)
    state = own.trace_state.to_header()
    parent = f"00-{own.trace_id:032x}-{own.span_id:016x}-{own.trace_flags & 0xFF:02x}"
    return {"traceparent": parent, **({"tracestate": state} if state else {})}
