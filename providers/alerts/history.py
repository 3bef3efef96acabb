"""Walking through the alerts that were sent, newest first."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import F, Q

from knowledge.cursors import read_cursor, write_cursor
from providers.alerts.models import Alert


@dataclass(frozen=True, kw_only=True)
class AlertPage:
    """`next` is the cursor of the following page, None on the last."""

    alerts: list[Alert]
    next: str | None


def read_alerts(*, cursor: str, limit: int) -> AlertPage:
    """Raises CursorInvalid for a cursor that no page handed out."""
    found = Alert.objects.select_related("channel").order_by(F("at").desc(), F("id").desc())
    if cursor:
        at, alert_id = read_cursor(cursor, row=UUID)
        found = found.filter(Q(at__lt=at) | Q(at=at, id__lt=alert_id))
    rows = list(found[: limit + 1])
    following = write_cursor(rows[limit - 1].at, rows[limit - 1].pk) if len(rows) > limit else None
    return AlertPage(alerts=rows[:limit], next=following)
