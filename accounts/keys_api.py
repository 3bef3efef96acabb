"""`/api/v1/keys`: access keys listed, made and revoked. A key's text leaves once, in the answer that made it."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from ninja import Router, Status
from pydantic import BaseModel, ConfigDict

from accounts import access
from accounts.audit import actor_of
from accounts.errors import KeyInvalid
from accounts.keys import MOST_NAME_CHARS, STORE_ROLES, create_key, get_key, get_owner, get_stage, revoke_key
from accounts.limits import EXPRESSION, MOST_EXPRESSION_CHARS, MOST_SOURCES, Narrowing, Verb
from accounts.models import AccessKey
from core.fields import Instant
from core.schema.constraints import NAMED, ONE_LINE, Constrained, constrained

router = Router(tags=["access keys"], auth=access.admins)

EXPRESSION_IN_SCHEMA = f"^(?:{EXPRESSION.pattern})?$"


def source_in_schema() -> dict[str, Any]:
    return {"maxLength": settings.MAX_SOURCE_CHARS, "pattern": ONE_LINE.replace("[^", "[^/", 1)}


class KeyIn(BaseModel):
    """`role` is provider, analyzer or admin. Without a `source` it is bound to none; a `stage` is for analyzers.

    A provider's or an analyzer's may be narrowed: to several `sources` in place of one, to a tag expression (`tags`)
    that all it reads and writes carries, to `verbs` (query, read, write, delete). With an `owner`, a user's name, it
    ends with them. Without `expires_at`, an instant to come, it stays until it is revoked.
    """

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"name": "Triage", "role": "analyzer", "verbs": ["query", "read"]}]},
    )

    name: Annotated[str, constrained(minLength=1, maxLength=MOST_NAME_CHARS, pattern=NAMED)]
    role: Annotated[str, constrained(enum=[role.value for role in STORE_ROLES])]
    source: Annotated[str, Constrained(source_in_schema)] | None = None
    stage: str | None = None
    sources: Annotated[list[Annotated[str, Constrained(source_in_schema)]], constrained(maxItems=MOST_SOURCES)] = []
    tags: Annotated[str, constrained(maxLength=MOST_EXPRESSION_CHARS, pattern=EXPRESSION_IN_SCHEMA)] = ""
    verbs: list[Annotated[str, constrained(enum=[verb.value for verb in Verb])]] = []
    owner: str | None = None
    expires_at: Instant | None = None


class KeyOut(BaseModel):
    """`state` is usable, expired, revoked, or suspended while its owner may not do what it may; `prefix` names the key
    without giving it away.
    """

    id: UUID
    name: str
    prefix: str
    role: str
    source: str | None
    stage: str | None
    sources: list[str]
    tags: str
    verbs: list[str]
    owner: str | None
    state: str
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None


class NewKeyOut(KeyOut):
    """`key` is its text, which is kept nowhere and cannot be shown again."""

    key: str


@router.get("/keys", response=list[KeyOut], summary="All access keys, those that can be used first")
def list_keys(request: HttpRequest) -> list[dict[str, Any]]:
    now = timezone.now()
    return [_key(key, now=now) for key in AccessKey.objects.select_related("stage", "owner").newest_first()]


@router.post("/keys", response={201: NewKeyOut}, summary="Make an access key", operation_id="create_key")
def create(request: HttpRequest, body: KeyIn) -> Status[dict[str, Any]]:
    if body.role not in STORE_ROLES:
        raise KeyInvalid(f"The role is one of {', '.join(STORE_ROLES)}.", field="role")
    key, raw = create_key(
        body.name,
        role=body.role,
        source=body.source,
        stage=get_stage(body.stage),
        narrowing=Narrowing(sources=tuple(body.sources), tags=body.tags, verbs=tuple(body.verbs)),
        owner=get_owner(body.owner),
        expires_at=body.expires_at,
        actor=actor_of(request),
    )
    return Status(201, _key(key, now=timezone.now()) | {"key": raw})


@router.delete("/keys/{key_id}", response=KeyOut, summary="Revoke a key, at once and for good")
def revoke(request: HttpRequest, key_id: UUID) -> dict[str, Any]:
    """Revoked again, it keeps its first date."""
    now = timezone.now()
    revoke_key(get_key(key_id), now=now, actor=actor_of(request))
    return _key(get_key(key_id), now=now)


def _key(key: AccessKey, *, now: datetime) -> dict[str, Any]:
    named = {"stage": key.stage and key.stage.name, "owner": key.owner and key.owner.username}
    fields = {name: getattr(key, name) for name in KeyOut.model_fields if name not in (*named, "state")}
    return fields | named | {"state": key.state(now)}
