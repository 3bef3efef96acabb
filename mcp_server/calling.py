"""One call of a tool: its arguments are checked, it runs, and whatever goes wrong is told in words."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone
from pydantic import ValidationError

from core.errors import LarderError
from core.replicas import begin_reads
from core.slips import slip
from core.tracing.spans import SpanKind, span, trace_context
from mcp_server.caller import AgentCaller
from mcp_server.tools.base import Tool, ToolAnswer

log = logging.getLogger(__name__)

Outage = Callable[[Exception], LarderError | None]
"""What it means that a server which Larder needs does not serve; None for what is a fault of Larder's own."""


class Broken(LarderError):
    code = "internal"


@dataclass(frozen=True, kw_only=True)
class ToolFault:
    """What a model is told, so that it can ask otherwise: a sentence that names the culprit, and a code."""

    code: str
    detail: str
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def data(self) -> dict[str, Any]:
        return {"code": self.code, "detail": self.detail, **self.extra}


def call_tool(
    tool: Tool, arguments: Mapping[str, Any], who: AgentCaller, *, outage: Outage, trace: str = ""
) -> ToolAnswer | ToolFault:
    """Arguments that are null count as not given, as models send them so. `trace` is the trace context of who calls;
    the request that the call came with is linked, then.
    """
    noted = {"mcp.method.name": "tools/call", "gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": tool.name}
    links = [trace_context()] if trace else []
    with span(f"tools/call {tool.name}", kind=SpanKind.SERVER, parent=trace, links=links, attributes=noted) as calling:
        answer = _call(tool, arguments, who, outage=outage)
        if isinstance(answer, ToolFault):
            calling.fail(answer.code)
    return answer


def _call(tool: Tool, arguments: Mapping[str, Any], who: AgentCaller, *, outage: Outage) -> ToolAnswer | ToolFault:
    given = {name: value for name, value in arguments.items() if value is not None}
    begin_reads(tool.reads)
    try:
        tool.check(who)
        return tool.run(tool.arguments.model_validate(given), who, timezone.now())
    except ValidationError as error:
        return ToolFault(code="invalid_request", detail=_tell(tool, error))
    except LarderError as error:
        return _fault(error)
    except Exception as error:  # noqa: BLE001 -- a client is told, and the log knows why
        return _fault(told_error(error, outage=outage))


def told_error(error: Exception, *, outage: Outage) -> LarderError:
    """An error of Larder as it is, an outage in words; all else is recorded, and told as a fault of ours."""
    if isinstance(error, LarderError):
        return error
    if (known := outage(error)) is not None:
        return known
    log.error("a call of an agent's tool broke", exc_info=error)
    return Broken("Something broke on our side; the server's log says what.")


def _fault(error: LarderError) -> ToolFault:
    return ToolFault(code=error.code, detail=error.detail, extra=error.extra)


def _tell(tool: Tool, error: ValidationError) -> str:
    """One thing that is wrong, by the name of its argument: first what nobody knows, which may be what is missing."""
    first = min(error.errors(), key=lambda each: each["type"] != "extra_forbidden")
    name = ".".join(map(str, first["loc"]))
    if first["type"] == "extra_forbidden":
        return _tell_unknown(tool, name)
    if first["type"] == "missing":
        return f"`{name}` is needed: {_described(tool, name)}"
    reason = str(first["msg"]).removeprefix("Value error, ")
    return f"`{name}`: {reason[:1].lower()}{reason[1:]}."


def _tell_unknown(tool: Tool, name: str) -> str:
    known = tool.arguments.model_fields
    near = slip([name], known)
    instead = f"but `{near[1]}`" if near else f"only {', '.join(f'`{each}`' for each in known) or 'none'}"
    return f"{tool.name} has no argument `{name[:64]}`, {instead}."


def _described(tool: Tool, name: str) -> str:
    return tool.arguments.model_fields[name].description or ""
