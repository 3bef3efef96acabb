"""`/api/v1/alerts`: channels, a test of each, and the history."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Status
from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictInt

from accounts import access
from accounts.audit import actor_of
from core.clock import database_now
from core.schema.constraints import NAMED, STORABLE, Constrained, constrained
from providers.alerts.channels import CHANNEL_KINDS
from providers.alerts.channels.email import MOST_RECIPIENTS
from providers.alerts.deliver import send_test
from providers.alerts.history import read_alerts
from providers.alerts.models import Alert, AlertChannel
from providers.alerts.saving import (
    MOST_FAILURES,
    MOST_NAME_CHARS,
    create_channel,
    delete_channel,
    get_channel,
    update_channel,
)

router = Router(tags=["alerts"], auth=access.admins)

Limit = Annotated[int, Field(ge=1, le=500)]
KINDS = "; ".join(f"{kind.name}, {kind.help}" for kind in CHANNEL_KINDS.values())

Kind = Annotated[str, Constrained(lambda: {"enum": list(CHANNEL_KINDS.names), "description": KINDS})]
Name = Annotated[str, constrained(minLength=1, maxLength=MOST_NAME_CHARS, pattern=NAMED)]


class ChannelPatch(BaseModel):
    """Only what is named is changed. `url` and `secret` are written, never shown; `providers` empty: all of them."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"after_failures": 3}]})

    name: Name = ""
    kind: Kind = "webhook"
    url: str = ""
    recipients: Annotated[list[str], constrained(maxItems=MOST_RECIPIENTS)] = []
    providers: list[Annotated[str, constrained(pattern=STORABLE)]] = []
    after_failures: Annotated[StrictInt, constrained(minimum=1, maximum=MOST_FAILURES)] = 1
    enabled: StrictBool = True
    secret: str = ""


class ChannelIn(ChannelPatch):
    model_config = ConfigDict(
        json_schema_extra={"examples": [{"name": "On call", "kind": "email", "recipients": ["on-call@example.com"]}]}
    )

    name: Name
    kind: Kind


class ChannelOut(BaseModel):
    """`host` is that of the URL, which is not shown. `after_failures`: failing counts from so many in a row on."""

    id: UUID
    name: str
    kind: str
    host: str
    recipients: list[str]
    providers: list[str]
    after_failures: int
    enabled: bool
    has_secret: bool
    created_at: datetime


class AlertOut(BaseModel):
    """`state` is queued, delivered or failed; `error` that of the last attempt, `provider` null for a test."""

    id: UUID
    channel: UUID
    provider: str | None
    event: str
    detail: str
    at: datetime
    state: str
    attempts: int
    delivered_at: datetime | None
    error: str | None


class AlertsOut(BaseModel):
    """Newest first; `next` is the cursor of the following page, null on the last."""

    alerts: list[AlertOut]
    next: str | None


@router.get("/alerts/channels", response=list[ChannelOut], summary="All channels, by name")
def list_channels(request: HttpRequest) -> list[dict[str, Any]]:
    return [_channel(channel) for channel in AlertChannel.objects.all()]


@router.post("/alerts/channels", response={201: ChannelOut}, summary="Add a channel", operation_id="create_channel")
def create(request: HttpRequest, body: ChannelIn) -> Status[dict[str, Any]]:
    fields = body.model_dump(exclude_unset=True)
    return Status(201, _channel(create_channel(now=database_now(), actor=actor_of(request), **fields)))


@router.get("/alerts/channels/{channel_id}", response=ChannelOut, operation_id="get_channel")
def get(request: HttpRequest, channel_id: UUID) -> dict[str, Any]:
    return _channel(get_channel(channel_id))


@router.patch(
    "/alerts/channels/{channel_id}",
    response=ChannelOut,
    summary="Change the named fields",
    operation_id="update_channel",
)
def update(request: HttpRequest, channel_id: UUID, body: ChannelPatch) -> dict[str, Any]:
    fields = body.model_dump(exclude_unset=True)
    return _channel(update_channel(channel_id, now=database_now(), actor=actor_of(request), **fields))


@router.delete(
    "/alerts/channels/{channel_id}",
    response={204: None},
    summary="Remove a channel with its history",
    operation_id="delete_channel",
)
def delete(request: HttpRequest, channel_id: UUID) -> Status[None]:
    delete_channel(channel_id, now=database_now(), actor=actor_of(request))
    return Status(204, None)


@router.post("/alerts/channels/{channel_id}/test", response=AlertOut, summary="Send a test, and say how it went")
def test(request: HttpRequest, channel_id: UUID) -> dict[str, Any]:
    """Takes at most ten seconds. `state` delivered or failed, with `error`."""
    return _alert(send_test(channel_id, now=database_now(), actor=actor_of(request)))


@router.get("/alerts/history", response=AlertsOut, summary="Every alert and what became of it, newest first")
def history(request: HttpRequest, limit: Limit = 50, cursor: str = "") -> dict[str, Any]:
    page = read_alerts(cursor=cursor, limit=limit)
    return {"alerts": [_alert(alert) for alert in page.rows], "next": page.next}


def _channel(channel: AlertChannel) -> dict[str, Any]:
    fields = {name: getattr(channel, name) for name in ChannelOut.model_fields if name != "has_secret"}
    return fields | {"has_secret": bool(channel.secret_encrypted)}


def _alert(alert: Alert) -> dict[str, Any]:
    fields = {name: getattr(alert, name) for name in AlertOut.model_fields}
    return fields | {"channel": alert.channel_id, "provider": alert.provider or None, "error": alert.error or None}
