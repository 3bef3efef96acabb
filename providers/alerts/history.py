"""Walking through the alerts that were sent, newest first."""

from core.paging import Keyset, Page, paginate
from providers.alerts.models import Alert

NEWEST = Keyset(name="alerts", by=("-at", "-id"))


def read_alerts(*, cursor: str, limit: int) -> Page[Alert]:
    """Raises CursorInvalid for a cursor that no page handed out."""
    return paginate(Alert.objects.select_related("channel"), by=NEWEST, cursor=cursor, limit=limit)
