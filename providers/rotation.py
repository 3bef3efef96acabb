"""Changing the key that encrypts secrets: `SECRETS_KEYS=new,old`, rotate, then drop the old one.

Each row is a step of its own, and one that the first key encrypts already is left as it is: broken off, it goes on
where it was; twice at once, it does no harm. What is saved meanwhile is encrypted with the first key anyway.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models

from accounts.audit import LARDER, Actor, record
from providers.alerts.models import AlertChannel
from providers.errors import CallRefused
from providers.models import Provider
from providers.secrets import decrypt_secret, encrypt_secret, is_current

SEALED: list[tuple[type[models.Model], str]] = [
    (Provider, "secret_encrypted"),
    (AlertChannel, "secret_encrypted"),
    (AlertChannel, "url_encrypted"),
]
"""Every column that holds an encrypted secret."""
BATCH = 500
MOST_NAMED = 100


@dataclass(frozen=True, kw_only=True)
class Rotation:
    """`unreadable` are ids whose secret no key opens: it has to be entered again."""

    rotated: int
    current: int
    unreadable: list[str]


def rotate_secrets(*, now: datetime, actor: Actor = LARDER) -> Rotation:
    """Encrypt every secret with the first key. Raises ProviderInvalid where no usable key is configured."""
    rotated = current = 0
    unreadable: list[str] = []
    for kind, column, pk, token in _tokens():
        if is_current(token):
            current += 1
            continue
        try:
            again = encrypt_secret(decrypt_secret(token))
        except CallRefused:
            unreadable.append(str(pk) if kind is Provider else f"alert channel {pk}")
            continue
        rotated += kind._default_manager.filter(**{"pk": pk, column: token}).update(**{column: again})
    if rotated or unreadable:
        facts = {"rotated": rotated, "unreadable": unreadable[:MOST_NAMED]}
        record(actor, "secrets.rotate", "secrets", now=now, after=facts)
    return Rotation(rotated=rotated, current=current, unreadable=unreadable)


def _tokens() -> Iterator[tuple[type[models.Model], str, Any, str]]:
    """Model, column, row and token, a batch at a time in the order of the rows' ids."""
    for kind, column in SEALED:
        after: Any = None
        while True:
            rows = kind._default_manager.exclude(**{column: ""}).order_by("pk").values_list("pk", column)
            batch = list((rows if after is None else rows.filter(pk__gt=after))[:BATCH])
            yield from ((kind, column, pk, token) for pk, token in batch)
            if len(batch) < BATCH:
                break
            after = batch[-1][0]
