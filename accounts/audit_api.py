"""`GET /api/v1/audit`: who did what, newest first."""

from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Router
from pydantic import BaseModel, Field

from accounts import access
from accounts.audit import read_audit
from accounts.models import AuditEntry
from core.errors import QueryInvalid

router = Router(tags=["audit"], auth=access.admins)

Limit = Annotated[int, Field(ge=1, le=500)]


class AuditEntryOut(BaseModel):
    """`by` is user, key, command or larder; `before` and `after` hold the fields that changed, never a secret."""

    id: int
    at: datetime
    by: str
    actor: str
    address: str
    verb: str
    object: str
    before: dict[str, Any]
    after: dict[str, Any]


class AuditOut(BaseModel):
    """Newest first; `next` is the cursor of the following page, null on the last."""

    entries: list[AuditEntryOut]
    next: str | None


@router.get("/audit", response=AuditOut, summary="Who did what, newest first")
def list_audit(
    request: HttpRequest, actor: str = "", verb: str = "", object: str = "", limit: Limit = 50, cursor: str = ""
) -> dict[str, Any]:
    """`verb`: one (`provider.update`), or all of a kind (`provider`). Actor and object are compared as a whole."""
    if "\0" in actor + verb + object:
        raise QueryInvalid("A filter cannot hold a NUL character.")
    found = AuditEntry.objects.matching(actor=actor, verb=verb, object=object)
    page = read_audit(found, cursor=cursor, limit=limit)
    return {"entries": [_entry(entry) for entry in page.rows], "next": page.next}


def _entry(entry: AuditEntry) -> AuditEntryOut:
    return AuditEntryOut(**{name: getattr(entry, name) for name in AuditEntryOut.model_fields})
