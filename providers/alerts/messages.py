"""What an alert says, for every kind of channel, and the guarded way out to a URL."""

import re
from urllib.parse import quote, unquote, unquote_plus, urlsplit

from django.conf import settings
from django.urls import reverse

from providers.alerts.models import Alert
from providers.errors import AlertFailed
from providers.outbound.addresses import Policy
from providers.outbound.http import call, deadline, open_client, talk
from providers.outbound.shown import shown

TIMEOUT_MS = 10_000
SECRET_CHARS = 6
"""Of a part of a URL, from which on it may be what nobody should guess."""


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
        said = without_url(answer.body.decode(errors="replace"), url)  # whole: of what is cut, a part would be left
        raise AlertFailed(f"The webhook answered {answer.status}: {shown(said.encode())}")


def without_url(text: str, url: str) -> str:
    """A text without what nobody should know of a webhook's URL, however that is repeated in it."""
    called = urlsplit(url)
    parts = {each for each in re.split(r"[/=&;]", f"{called.path}/{called.query}") if len(each) >= SECRET_CHARS}
    spellings = {spelling for part in parts for spelling in (part, unquote(part), unquote_plus(part))}
    for spelling in sorted({*spellings, *map(quote, spellings)}, key=len, reverse=True):
        text = re.sub(re.escape(spelling), "…", text, flags=re.IGNORECASE)
    return text
