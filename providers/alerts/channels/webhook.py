"""A POST in the form of Standard Webhooks: id, timestamp and signature in the headers."""

import json
import time

from providers.alerts.channels import ChannelField, ChannelKind
from providers.alerts.messages import link_of, post
from providers.alerts.models import Alert, AlertChannel
from providers.errors import ChannelInvalid, OutboundRefused
from providers.outbound.http import check_url
from providers.outbound.signatures import signature_headers
from providers.secrets import decrypt_secret


def check(channel: AlertChannel) -> None:
    try:
        check_url(channel.url)
    except OutboundRefused as refused:
        raise ChannelInvalid(refused.detail, field="url") from refused


def send(alert: Alert) -> None:
    """Raises AlertFailed, CallFailed, or what the secret's key does."""
    secret, body = decrypt_secret(alert.channel.secret_encrypted), json.dumps(payload(alert)).encode()
    headers = signature_headers(str(alert.pk), secret=secret, sent_at=int(time.time()), body=body)
    post(alert.channel.url, body, headers={**headers, "Content-Type": "application/json"})


def payload(alert: Alert) -> dict[str, object]:
    """What a webhook receives."""
    data = {"provider": alert.provider or None, "detail": alert.detail, "channel": alert.channel.name}
    if link := link_of(alert):
        data["link"] = link
    return {"type": f"provider.{alert.event}" if alert.provider else alert.event, "timestamp": alert.at.isoformat(),
            "data": data}  # fmt: skip


KIND = ChannelKind(
    name="webhook",
    label="Webhook",
    help="with a `url`",
    takes={
        "url": ChannelField(label="Webhook's URL"),
        "secret": ChannelField(label="Webhook's secret", help="Signs each call in the Standard Webhooks form."),
    },
    check=check,
    send=send,
)
