"""Traces, by OpenTelemetry, off unless an address is set: `configured` reads the settings, `switch` plugs them in,
`recorder` makes spans, `exporting` sends them, `requests` has one for each request, `trace_readiness` says whether they
leave.

Only `recorder` and `exporting` import OpenTelemetry, which is optional (requirements-otel.txt); nobody imports these
but `switch`, where traces are on.

See docs/decisions/0293.
"""
