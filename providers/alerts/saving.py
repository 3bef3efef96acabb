"""Saving channels. Everything is checked here; URL and secret are kept encrypted, and the audit is told neither.

See docs/decisions/0191.
"""

from datetime import datetime
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.db import IntegrityError, transaction

from accounts.audit import LARDER, Actor, changed, record
from providers.alerts.channels import CHANNEL_KINDS
from providers.alerts.models import AlertChannel
from providers.errors import ChannelInvalid, ChannelNotFound, ProviderInvalid
from providers.outbound.signatures import secret_fault
from providers.secrets import decrypt_secret, encrypt_secret, is_readable

FIELDS = ("name", "kind", "recipients", "providers", "after_failures", "enabled")
SEALED = ("url", "secret")
MOST_NAME_CHARS = 200
MOST_FAILURES = 100


def get_channel(channel_id: UUID) -> AlertChannel:
    """Raises ChannelNotFound."""
    channel = AlertChannel.objects.filter(pk=channel_id).first()
    if channel is None:
        raise ChannelNotFound("There is no such alert channel.")
    return channel


def create_channel(*, now: datetime, actor: Actor = LARDER, **fields: Any) -> AlertChannel:
    """`name`, `kind` and `url` or `recipients`; the rest has defaults. Raises ChannelInvalid."""
    return _save(AlertChannel(created_at=now), fields, "alert.create", now=now, actor=actor)


@transaction.atomic
def update_channel(channel_id: UUID, *, now: datetime, actor: Actor = LARDER, **fields: Any) -> AlertChannel:
    """Change the given fields only. Raises ChannelNotFound and ChannelInvalid."""
    return _save(get_channel(channel_id), fields, "alert.update", now=now, actor=actor)


@transaction.atomic
def delete_channel(channel_id: UUID, *, now: datetime, actor: Actor = LARDER) -> None:
    """With its history; what was not delivered yet never will be."""
    channel = get_channel(channel_id)
    record(actor, "alert.delete", channel.name, now=now, before=_facts(channel))
    channel.delete()


def _save(channel: AlertChannel, fields: dict[str, Any], verb: str, *, now: datetime, actor: Actor) -> AlertChannel:
    before, sealed = _facts(channel), _sealed(channel)
    for name, value in fields.items():
        if name in SEALED:
            _seal(channel, name, value)
        elif name in FIELDS:
            setattr(channel, name, value)
    _check(channel)
    old, new = changed({} if channel._state.adding else before, _facts(channel))
    new |= {
        name: "replaced" for name, token in _sealed(channel).items() if token != sealed[name] and token and sealed[name]
    }
    if not new:
        return channel
    try:
        with transaction.atomic():
            channel.save()
            record(actor, verb, channel.name, now=now, before=old, after=new)
    except IntegrityError as error:
        raise ChannelInvalid(f"There is a channel {channel.name!r} already.", field="name") from error
    return channel


def _facts(channel: AlertChannel) -> dict[str, Any]:
    told = {name: "set" if token else "none" for name, token in _sealed(channel).items()}
    return {name: getattr(channel, name) for name in (*FIELDS, "host")} | told


def _sealed(channel: AlertChannel) -> dict[str, str]:
    return {name: getattr(channel, f"{name}_encrypted") for name in SEALED}


def _check(channel: AlertChannel) -> None:
    if not channel.name.strip() or len(channel.name) > MOST_NAME_CHARS or not channel.name.isprintable():
        raise ChannelInvalid(f"A name is one line of 1 to {MOST_NAME_CHARS} characters.", field="name")
    if channel.kind not in CHANNEL_KINDS:
        raise ChannelInvalid(CHANNEL_KINDS.missing(channel.kind), field="kind")
    if not 1 <= channel.after_failures <= MOST_FAILURES:
        raise ChannelInvalid(f"Failing counts from 1 to {MOST_FAILURES} failures in a row.", field="after_failures")
    if any("\0" in each for each in channel.providers):
        raise ChannelInvalid("A provider's id cannot hold a NUL character.", field="providers")
    kind = CHANNEL_KINDS[channel.kind]
    channel.url_encrypted = channel.url_encrypted if "url" in kind.takes else ""
    channel.recipients = channel.recipients if "recipients" in kind.takes else []
    kind.check(channel)
    channel.host = urlsplit(channel.url).netloc


def _seal(channel: AlertChannel, name: str, value: str) -> None:
    """What is given as it was stays the very token, so that nothing looks changed."""
    if not value.isprintable() or (name == "secret" and not value.isascii()):
        kind = {"url": "A URL is one line without control characters.", "secret": "A secret is plain ASCII."}
        raise ChannelInvalid(kind[name], field=name)
    if name == "secret" and (fault := secret_fault(value)):
        raise ChannelInvalid(fault, field=name)
    if is_readable(token := getattr(channel, f"{name}_encrypted")) and decrypt_secret(token) == value:
        return
    try:
        setattr(channel, f"{name}_encrypted", encrypt_secret(value))
    except ProviderInvalid as error:
        raise ChannelInvalid(error.detail, field=name) from error
