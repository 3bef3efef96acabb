"""What an alert says, for every kind of channel, and the guarded way out to a URL."""

from django.conf import settings
from django.urls import reverse

from providers.alerts.models import Alert
from providers.errors import AlertFailed
from providers.outbound.addresses import Policy
from providers.outbound.http import call, deadline, open_client, shown, talk

TIMEOUT_MS = 10_000


def link_of(alert: Alert) -> str:
    """The page that shows what the alert is about; "" where nobody said at which address people find Larder."""
    page = reverse("provider", args=[alert.provider]) if alert.provider else reverse("alerts")
    return f"{settings.PUBLIC_URL}{page}" if settings.PUBLIC_URL else ""


def subject_of(alert: Alert) -> str:
    """One line: `wiki is failing`."""
    return f"{alert.provider} is {alert.event}" if alert.provider else "test"


def post(url: str, body: bytes, *, headers: dict[str, str]) -> None:
    """Any 2xx is a receipt. Raises AlertFailed for another answer, CallFailed where there is none."""
    talk(_post(url, body, headers=headers))


async def _post(url: str, body: bytes, *, headers: dict[str, str]) -> None:
    async with deadline(TIMEOUT_MS), open_client(Policy.PROVIDER) as client:
        answer = await call(client, "POST", url, headers=headers, max_body_bytes=settings.SYNC_BODY_BYTES, content=body)
    if not 200 <= answer.status < 300:
        raise AlertFailed(f"The webhook answered {answer.status}: {shown(answer.body)}")
