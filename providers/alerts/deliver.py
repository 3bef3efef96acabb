"""Bringing alerts to their channels, at least once.

An alert is taken with a lease before it is sent, so that a worker that dies leaves it to the next one; sent twice it
bears the same id. What does not arrive is tried again at growing distances, for about a day.
"""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F

from accounts.audit import LARDER, Actor, record
from core.batches import run_in_batches
from core.errors import LarderError
from core.tracing.spans import continue_work, trace_context
from providers.alerts.channels import CHANNEL_KINDS
from providers.alerts.messages import without_url
from providers.alerts.models import Alert
from providers.alerts.saving import get_channel
from providers.errors import AlertFailed
from providers.secrets import is_readable

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
    noted = {"larder.alert.event": alert.event, "larder.alert.kind": alert.channel.kind}
    try:
        with continue_work("alert", [alert.trace_context], attributes=noted):
            send(alert)
    except LarderError as error:
        _note_failure(alert, _without_url(error.detail, alert), now=now)
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
            trace_context=trace_context(),
        )
        record(actor, "alert.test", channel.name, now=now)
    deliver(alert, now=now)
    alert.refresh_from_db()
    return alert


def send(alert: Alert) -> None:
    """Raises AlertFailed, CallFailed, or what the secret's key does."""
    kind = alert.channel.kind
    if kind not in CHANNEL_KINDS:
        raise AlertFailed(CHANNEL_KINDS.missing(kind))
    CHANNEL_KINDS[kind].send(alert)


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


def _without_url(reason: str, alert: Alert) -> str:
    """What a receiver answers often repeats where it was called, and viewers read the reason."""
    if not is_readable(alert.channel.url_encrypted):
        return reason
    return without_url(reason, alert.channel.url)


def _note_failure(alert: Alert, reason: str, *, now: datetime) -> None:
    rows = Alert.objects.filter(pk=alert.pk)
    if alert.attempts > len(WAITS_S):
        rows.update(state=Alert.State.FAILED, error=reason)
    else:
        rows.update(not_before=now + timedelta(seconds=WAITS_S[alert.attempts - 1]), error=reason)
