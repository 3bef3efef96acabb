"""Held deletions, `/api/v1/held`, for admins. Endpoints translate; `knowledge.deleting.held` decides."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router
from pydantic import BaseModel, Field

from accounts import access
from accounts.audit import actor_of
from knowledge.deleting.held import approve_held, discard_held, find_held, read_held
from knowledge.errors import HeldNotFound
from knowledge.models import HeldDeletion

router = Router(tags=["held deletions"], auth=access.admins)

SHOWN = 200
BEGINNING_CHARS = 200


class HeldOut(BaseModel):
    """`count` of the `live` documents of the source would go. `deleted`: how many went when it was approved."""

    id: UUID
    source: str
    run: UUID | None
    state: str
    count: int
    live: int
    reason: str
    actor: str
    held_at: datetime
    decided_at: datetime | None
    decided_by: str | None
    deleted: int


class HeldListOut(BaseModel):
    held: list[HeldOut]


class HeldDocumentOut(BaseModel):
    """A document that would go; `beginning`: the first characters of its content."""

    id: str
    tags: list[str]
    stored_at: datetime
    beginning: str


class HeldPreviewOut(HeldOut):
    """`next` is the cursor of the following documents, null after the last."""

    documents: list[HeldDocumentOut]
    next: str | None


@router.get("", response=HeldListOut, summary="Deletions that wait for a person, newest first")
def list_held(
    request: HttpRequest,
    state: Literal["pending", "approved", "discarded", "superseded"] = "pending",
    limit: Annotated[int, Field(ge=1, le=500)] = 100,
) -> HeldListOut:
    found = HeldDeletion.objects.filter(state=state).order_by("-held_at").defer("keys")[:limit]
    return HeldListOut(held=[HeldOut(**_fields(held)) for held in found])


@router.get("/{held_id}", response=HeldPreviewOut, summary="What would go")
def get_held(
    request: HttpRequest, held_id: str, cursor: str = "", limit: Annotated[int, Field(ge=1, le=500)] = SHOWN
) -> HeldPreviewOut:
    held = find_held(_id(held_id))
    page = read_held(held, cursor=cursor, limit=limit)
    documents = [
        HeldDocumentOut(id=each.key, tags=each.tags, stored_at=each.stored_at, beginning=each.content[:BEGINNING_CHARS])
        for each in page.rows
    ]
    return HeldPreviewOut(**_fields(held), documents=documents, next=page.next)


@router.post("/{held_id}/approve", response=HeldOut, summary="Delete them")
def approve(request: HttpRequest, held_id: str) -> HeldOut:
    """To the trash, but for documents that came again meanwhile. 409 where it was decided already."""
    return HeldOut(**_fields(approve_held(_id(held_id), now=timezone.now(), actor=actor_of(request))))


@router.post("/{held_id}/discard", response=HeldOut, summary="Keep them")
def discard(request: HttpRequest, held_id: str) -> HeldOut:
    """Until the next run or replace asks again. 409 where it was decided already."""
    return HeldOut(**_fields(discard_held(_id(held_id), now=timezone.now(), actor=actor_of(request))))


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise HeldNotFound("There is no such held deletion.") from None


def _fields(held: HeldDeletion) -> dict[str, Any]:
    names = ("id", "source", "run", "state", "count", "live", "reason", "actor", "held_at", "decided_at", "deleted")
    return {name: getattr(held, name) for name in names} | {"decided_by": held.decided_by or None}
