"""`/api/v1/contexts`: made, changed and deleted by admins."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router, Status
from pydantic import Field

from accounts.access import StaffSession
from accounts.audit import Actor, actor_of
from core.fields import Text
from memory.access.authentication import AdminAuth
from memory.access.contexts import change_context, create_context, get_context
from memory.api.base import Wire, read_kindly
from memory.models import Context
from memory.upkeep.removal import delete_context

router = Router(tags=["memory"], auth=[AdminAuth(), StaffSession()], by_alias=True)
router.add_decorator(read_kindly, mode="view")


class ContextIn(Wire):
    """Settings of a context. What is left out stays, or is as by default."""

    name: Text = Field(default="", description="for people")
    confidence_floor: float = Field(default=0.7, description="below it a new value does not replace a known one")
    token_limit: int | None = Field(default=None, description="of models, a calendar month (UTC); null: none")
    enforcement_blocked: bool = Field(default=False, description="true: no model reads")
    enforce_limit: bool = Field(default=True, description="false: tokens are only counted")
    use_models: bool = Field(default=True, description="false: rules alone read")


class ContextOut(ContextIn):
    """A context."""

    id: str = Field(description="as it stands in addresses")
    created_at: datetime = Field(description="when it was made")
    updated_at: datetime = Field(description="when a setting last changed")


@router.get("/contexts", response=list[ContextOut], summary="All contexts, by name")
def list_contexts(request: HttpRequest) -> list[Context]:
    return list(Context.objects.all())


@router.post("/contexts/{context_id}", response={201: ContextOut}, summary="Make a context")
def make_context(request: HttpRequest, context_id: str, body: ContextIn) -> Status[Context]:
    return Status(201, create_context(context_id, now=timezone.now(), actor=_actor(request), **_given(body)))


@router.get("/contexts/{context_id}", response=ContextOut, summary="A context's settings")
def read_context(request: HttpRequest, context_id: str) -> Context:
    return get_context(context_id)


@router.patch("/contexts/{context_id}", response=ContextOut, summary="Change a context's settings")
def patch_context(request: HttpRequest, context_id: str, body: ContextIn) -> Context:
    return change_context(get_context(context_id), now=timezone.now(), actor=_actor(request), **_given(body))


@router.delete("/contexts/{context_id}", response={204: None}, summary="Delete a context with all that is in it")
def remove_context(request: HttpRequest, context_id: str) -> Status[None]:
    """For good: its documents do not lie in the trash."""
    delete_context(get_context(context_id), now=timezone.now(), actor=_actor(request))
    return Status(204, None)


def _given(body: ContextIn) -> dict[str, Any]:
    return body.model_dump(exclude_unset=True)


def _actor(request: HttpRequest) -> Actor:
    found: Any = getattr(request, "auth", None)
    return found if isinstance(found, Actor) else actor_of(request)
