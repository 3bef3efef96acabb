"""What a tool is: a name, what a model is told of it, its arguments, who may use it, and what it does.

A tool answers twice: as text, which a model reads, and as JSON, which a program does.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from pydantic import BaseModel, ConfigDict

from accounts.access import Role, check_role
from accounts.limits import Verb
from core.errors import LarderError
from mcp_server.caller import AgentCaller

Check = Callable[[AgentCaller], None]
"""Raises LarderError where the caller may not use the tool."""


class Arguments(BaseModel):
    """Of one tool. What is not among them is refused, as a slip would ask for something else."""

    model_config = ConfigDict(extra="forbid")


@dataclass(frozen=True, kw_only=True)
class ToolAnswer:
    """`text` for a model, `data` for a program: the same, told twice."""

    text: str
    data: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Tool:
    """`run` gets its arguments checked. `reads`: it changes nothing, and may read at a replica."""

    name: str
    title: str
    description: str
    arguments: type[Arguments]
    check: Check
    run: Callable[[Any, AgentCaller, datetime], ToolAnswer]
    reads: bool = True

    def is_for(self, who: AgentCaller) -> bool:
        try:
            self.check(who)
        except LarderError:
            return False
        return True

    @cached_property
    def schema(self) -> dict[str, Any]:
        """JSON Schema of the arguments, without the titles that pydantic gives every field."""
        described = self.arguments.model_json_schema()
        properties = {name: _untitled(each) for name, each in described.get("properties", {}).items()}
        needed = {"required": described["required"]} if "required" in described else {}
        return {"type": "object", "properties": properties, **needed, "additionalProperties": False}


def for_readers(verb: Verb, *, obeyed: Collection[str]) -> Check:
    """Keys of the store that may do this, as at the addresses of the API; `obeyed`: what a key may be narrowed to."""

    def check(who: AgentCaller) -> None:
        check_role(who.store, frozenset({Role.PROVIDER, Role.ANALYZER, Role.ADMIN}))
        who.store.require(verb, obeyed=obeyed)

    return check


def _untitled(described: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in described.items() if name != "title"}
