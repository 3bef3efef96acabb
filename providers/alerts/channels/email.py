"""Mail by the server of the settings `EMAIL_…`."""

import smtplib

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.core.validators import validate_email

from core.waiting.deadlines import finish_within
from providers.alerts.channels import ChannelField, ChannelKind
from providers.alerts.messages import link_of, subject_of
from providers.alerts.models import Alert, AlertChannel
from providers.errors import AlertFailed, ChannelInvalid
from providers.outbound.shown import shown

MOST_RECIPIENTS = 50
MOST_S = 15.0
"""For the whole conversation; EMAIL_TIMEOUT is a limit of each of its steps."""


def check(channel: AlertChannel) -> None:
    if not 1 <= len(channel.recipients) <= MOST_RECIPIENTS:
        raise ChannelInvalid(f"Mail goes to 1 to {MOST_RECIPIENTS} addresses.", field="recipients")
    for address in channel.recipients:
        try:
            validate_email(address)
        except ValidationError as error:
            raise ChannelInvalid(f"{address[:100]!r} is no mail address.", field="recipients") from error


def send(alert: Alert) -> None:
    """Raises AlertFailed."""
    if not settings.EMAIL_HOST:
        raise AlertFailed("No mail server is configured; set EMAIL_HOST.")
    sent = f"{alert.at:%Y-%m-%d %H:%M:%S} UTC, channel {alert.channel.name}"
    message = EmailMessage(
        subject=f"[Larder] {subject_of(alert)}",
        body="\n\n".join(part for part in (alert.detail, link_of(alert), sent) if part) + "\n",
        to=alert.channel.recipients,
        headers={"Message-ID": f"<{alert.pk}@larder>"},
    )
    try:
        finish_within(MOST_S, message.send)
    except TimeoutError as error:
        raise AlertFailed(f"The mail server {settings.EMAIL_HOST} did not take it within {MOST_S:g} s.") from error
    except (smtplib.SMTPException, OSError, ValueError) as error:
        raise AlertFailed(f"The mail server did not take it: {shown(str(error))}") from error


KIND = ChannelKind(
    name="email",
    label="E-mail",
    help="with `recipients`",
    takes={"recipients": ChannelField(label="Mail goes to", help="Addresses, between commas.")},
    check=check,
    send=send,
)
