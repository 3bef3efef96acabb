"""Walking through the alerts that were sent, newest first."""

import base64
import json
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import F, Q

from knowledge.errors import CursorInvalid
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
        at, alert_id = _decode(cursor)
        found = found.filter(Q(at__lt=at) | Q(at=at, id__lt=alert_id))
    rows = list(found[: limit + 1])
    return AlertPage(alerts=rows[:limit], next=_encode(rows[limit - 1]) if len(rows) > limit else None)


def _encode(last: Alert) -> str:
    return base64.urlsafe_b64encode(json.dumps([last.at.isoformat(), str(last.pk)]).encode()).decode().rstrip("=")


def _decode(cursor: str) -> tuple[datetime, UUID]:
    try:
        at, alert_id = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        instant = datetime.fromisoformat(at)
        if instant.tzinfo is None:
            raise ValueError
        return instant, UUID(alert_id)
    except (ValueError, TypeError, AttributeError, RecursionError):
        raise CursorInvalid("This cursor was not handed out by a page of this list; start again without it.") from None
