"""Bringing alerts to their channels, at least once.

An alert is taken with a lease before it is sent, so that a worker that dies leaves it to the next one; sent twice it
bears the same id. What does not arrive is tried again at growing distances, for about a day.
"""

import asyncio
import json
import smtplib
import time
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import F
from django.urls import reverse

from accounts.audit import LARDER, Actor, record
from core.batches import run_in_batches
from core.errors import LarderError
from providers.alerts.channels import get_channel
from providers.alerts.models import Alert, AlertChannel
from providers.errors import AlertFailed
from providers.outbound.addresses import Policy
from providers.outbound.http import call, deadline, open_client, shown
from providers.outbound.signatures import signature_headers
from providers.secrets import decrypt_secret

TIMEOUT_MS = 10_000
LEASE = timedelta(minutes=5)
BATCH = 20
WAITS_S = (10, 30, 120, 600, 1_800, 3_600, 7_200, 14_400, 28_800, 28_800)
HISTORY = timedelta(days=90)

# Expects: alert_newest, from its end.
FORGET = """
DELETE FROM alerts_alert WHERE id IN (
    SELECT id FROM alerts_alert WHERE at < %(before)s AND state <> 'queued' ORDER BY at, id LIMIT %(batch)s
)
"""


def deliver_due(*, now: datetime) -> int:
    """Send what waits and may be tried; how many were taken."""
    taken = _take(now=now)
    for alert in taken:
        deliver(alert, now=now)
    return len(taken)


def deliver(alert: Alert, *, now: datetime) -> bool:
    """One attempt, and what came of it on the row. Raises nothing of mail or network."""
    try:
        send(alert)
    except LarderError as error:
        _note_failure(alert, error.detail, now=now)
        return False
    Alert.objects.filter(pk=alert.pk).update(state=Alert.State.DELIVERED, delivered_at=now, error="")
    return True


def send_test(channel_id: UUID, *, now: datetime, actor: Actor = LARDER) -> Alert:
    """A test message, at once and once; its row says whether it arrived. Raises ChannelNotFound."""
    channel = get_channel(channel_id)
    with transaction.atomic():
        alert = Alert.objects.create(
            channel=channel,
            provider="",
            event="test",
            detail="This is a test. Alerts of this channel look like it.",
            at=now,
            attempts=len(WAITS_S) + 1,
            not_before=now + LEASE,
        )
        record(actor, "alert.test", channel.name, now=now)
    deliver(alert, now=now)
    alert.refresh_from_db()
    return alert


def send(alert: Alert) -> None:
    """Raises AlertFailed, CallFailed, or what the secret's key does."""
    if alert.channel.kind == AlertChannel.Kind.WEBHOOK:
        asyncio.run(_post(alert, secret=decrypt_secret(alert.channel.secret_encrypted)))
    else:
        _mail(alert)


def forget_old(*, now: datetime) -> int:
    """Delivered and given up long ago; how many went."""
    return run_in_batches(FORGET, before=now - HISTORY)


@transaction.atomic
def _take(*, now: datetime) -> list[Alert]:
    waiting = Alert.objects.filter(state=Alert.State.QUEUED, not_before__lte=now, channel__enabled=True)
    rows = waiting.order_by("not_before").select_for_update(skip_locked=True, of=("self",))
    taken = list(rows.select_related("channel")[:BATCH])
    ids = [alert.pk for alert in taken]
    Alert.objects.filter(pk__in=ids).update(attempts=F("attempts") + 1, not_before=now + LEASE)
    for alert in taken:
        alert.attempts += 1
    return taken


def _note_failure(alert: Alert, reason: str, *, now: datetime) -> None:
    rows = Alert.objects.filter(pk=alert.pk)
    if alert.attempts > len(WAITS_S):
        rows.update(state=Alert.State.FAILED, error=reason)
    else:
        rows.update(not_before=now + timedelta(seconds=WAITS_S[alert.attempts - 1]), error=reason)


async def _post(alert: Alert, *, secret: str) -> None:
    """Standard Webhooks: id, timestamp and signature in the headers, `type`, `timestamp` and `data` in the body."""
    body = json.dumps(payload(alert)).encode()
    headers = signature_headers(str(alert.pk), secret=secret, sent_at=int(time.time()), body=body)
    headers["Content-Type"] = "application/json"
    async with deadline(TIMEOUT_MS), open_client(Policy.PROVIDER) as client:
        answer = await call(
            client, "POST", alert.channel.url, headers=headers, max_body_bytes=settings.SYNC_BODY_BYTES, content=body
        )
    if not 200 <= answer.status < 300:
        raise AlertFailed(f"The webhook answered {answer.status}: {shown(answer.body)}")


def link_of(alert: Alert) -> str:
    """The page that shows what the alert is about; "" where nobody said at which address people find Larder."""
    page = reverse("provider", args=[alert.provider]) if alert.provider else reverse("alerts")
    return f"{settings.PUBLIC_URL}{page}" if settings.PUBLIC_URL else ""


def payload(alert: Alert) -> dict[str, object]:
    """What a webhook receives."""
    data = {"provider": alert.provider or None, "detail": alert.detail, "channel": alert.channel.name}
    if link := link_of(alert):
        data["link"] = link
    return {"type": f"provider.{alert.event}" if alert.provider else alert.event, "timestamp": alert.at.isoformat(),
            "data": data}  # fmt: skip


def _mail(alert: Alert) -> None:
    if not settings.EMAIL_HOST:
        raise AlertFailed("No mail server is configured; set EMAIL_HOST.")
    what = f"{alert.provider} is {alert.event}" if alert.provider else "test"
    sent = f"{alert.at:%Y-%m-%d %H:%M:%S} UTC, channel {alert.channel.name}"
    message = EmailMessage(
        subject=f"[Larder] {what}",
        body="\n\n".join(part for part in (alert.detail, link_of(alert), sent) if part) + "\n",
        to=alert.channel.recipients,
        headers={"Message-ID": f"<{alert.pk}@larder>"},
    )
    try:
        message.send()
    except (smtplib.SMTPException, OSError, ValueError) as error:
        raise AlertFailed(f"The mail server did not take it: {shown(str(error))}") from error
