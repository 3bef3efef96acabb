"""`/scopes` of a context: registered, listed, closed to writes, and forgotten with all that lies there."""

from datetime import datetime

from django.http import HttpRequest
from django.utils import timezone
from ninja import Status
from pydantic import Field

from core.fields import Text
from memory.access.caller import Verb
from memory.api.base import Wire, caller_of, memory_router
from memory.models import ScopeNode
from memory.scopes.nodes import close_scope, list_scopes, register_scope
from memory.scopes.paths import parse_path
from memory.upkeep.erasing import forget_scope

router = memory_router("memory scopes")


class ScopeIn(Wire):
    """Descriptions and names for people are accepted, and not kept."""

    path: Text


class ForgetScopeIn(Wire):
    """Without a `path`: all that the caller may forget."""

    path: Text | None = None


class ScopeOut(Wire):
    """A place that is registered."""

    path: str = Field(description="its segments, with / between them")
    created_at: datetime = Field(description="when it was registered")
    tombstoned_at: datetime | None = Field(description="since when it takes no more writes")


class Forgotten(Wire):
    """What was erased."""

    forgotten: int = Field(description="facts, entities, turns, sessions, instructions, uncertainties and documents")


@router.get("/scopes", response=list[ScopeOut], summary="Scopes that are registered, by path")
def list_scope_nodes(request: HttpRequest) -> list[ScopeNode]:
    caller = caller_of(request)
    caller.require(Verb.SCOPE_READ)
    return list_scopes(caller.context, caller.region(Verb.SCOPE_READ))


@router.post("/scopes", response={201: ScopeOut}, summary="Register a scope", operation_id="register_scope")
def register(request: HttpRequest, body: ScopeIn) -> Status[ScopeNode]:
    """One that was deleted takes writes again."""
    caller, path = caller_of(request), parse_path(body.path)
    caller.require(Verb.SCOPE_CREATE, path=path)
    return Status(201, register_scope(caller.context, path, now=timezone.now(), actor=caller.actor))


@router.delete("/scopes", response={204: None}, summary="Close a scope and all below it to writes")
def delete_scope(request: HttpRequest, path: str) -> Status[None]:
    """What lies there can still be read."""
    caller, place = caller_of(request), parse_path(path)
    caller.require(Verb.SCOPE_DELETE, path=place)
    close_scope(caller.context, place, now=timezone.now(), actor=caller.actor)
    return Status(204, None)


@router.post(
    "/scopes/forget",
    response=Forgotten,
    summary="Erase what lies at a scope and below it, for good",
    operation_id="forget_scope",
)
def forget(request: HttpRequest, body: ForgetScopeIn) -> dict[str, int]:
    """How many facts, entities, turns, sessions, instructions, uncertainties and documents went."""
    path = None if body.path is None else parse_path(body.path)
    return {"forgotten": forget_scope(caller_of(request), path, now=timezone.now())}
