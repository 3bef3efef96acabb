"""The demo provider's registration. Its key and its secret are new at each start, so neither lies on disk."""

import secrets
from datetime import datetime, timedelta

from accounts.keys import create_key
from accounts.models import AccessKey
from embedded.ports import LOOPBACK
from providers.models import Provider
from providers.registry import create_provider, update_provider

ID = "python-stdlib"
NAME = "Python standard library (demo)"
SCHEDULE = "*/2 * * * *"
INTERVAL = timedelta(minutes=2)
KEY_NAME = "demo provider"


def register(port: int, *, now: datetime) -> dict[str, str]:
    """Register the demo under this port. Returns the `key` it pushes with and the `secret` it is called with.

    A new demo is due at once, for the slot that has just passed, so that a newcomer need not wait for the next.
    """
    secret = secrets.token_urlsafe(32)
    url = f"http://{LOOPBACK}:{port}"
    known = Provider.objects.filter(pk=ID).first()
    if known is None:
        just_before = now - INTERVAL
        create_provider(ID, now=now, plan_after=just_before, name=NAME, url=url, secret=secret, sync_schedule=SCHEDULE)
    elif known.enabled:
        update_provider(ID, now=now, url=url, secret=secret)
    else:
        update_provider(ID, now=now, url=url, secret=secret, enabled=True)
    return {"key": _new_key(), "secret": secret}


def withdraw(*, now: datetime) -> None:
    """Keep the demo, where there is one, from being called: it does not run."""
    if Provider.objects.filter(pk=ID, enabled=True).exists():
        update_provider(ID, now=now, enabled=False)


def _new_key() -> str:
    AccessKey.objects.filter(name=KEY_NAME, source=ID).delete()
    _, raw = create_key(KEY_NAME, role=AccessKey.Role.PROVIDER, source=ID)
    return raw
