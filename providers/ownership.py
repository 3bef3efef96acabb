"""Whose database this is: that of whoever has one of the keys that its secrets were encrypted with.

Two installations on one database would spoil each other's secrets, and take each other's demo provider away. So the
first one leaves fingerprints of its SECRETS_KEYS, and a process that has none of those keys is refused.

See docs/decisions/0182.
"""

import hmac
from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.db import connection, transaction

from providers.models import SecretsKeyFingerprint

PURPOSE = b"larder: the key that this database belongs to"
FOREIGN = (
    "The database belongs to an installation with other SECRETS_KEYS; it knows none of these. Bring its keys "
    "(`manage.py up` keeps them in secrets.json of its data directory), or choose another DATABASE_URL. If they are "
    "lost for good, `manage.py rotate_secrets --keys-are-lost` makes the database that of these keys; secrets are then "
    "entered again."
)


class DatabaseForeign(Exception):
    """Nothing was changed; the sentence says what to do."""


def claim_database(*, now: datetime) -> None:
    """Note our keys, where one of them is known or none ever was. Raises DatabaseForeign."""
    ours = fingerprints(settings.SECRETS_KEYS)
    with transaction.atomic():
        _alone()
        known = set(SecretsKeyFingerprint.objects.values_list("digest", flat=True))
        if known and not known & set(ours):
            raise DatabaseForeign(FOREIGN)
        _note(ours, now=now)


def take_over_database(*, now: datetime) -> None:
    """Whatever keys it belonged to: from now on to ours alone."""
    with transaction.atomic():
        _alone()
        SecretsKeyFingerprint.objects.exclude(digest__in=fingerprints(settings.SECRETS_KEYS)).delete()
        _note(fingerprints(settings.SECRETS_KEYS), now=now)


def fingerprints(keys: Sequence[str]) -> list[str]:
    return [hmac.digest(key.encode(), PURPOSE, "sha256").hex() for key in keys]


def _note(digests: list[str], *, now: datetime) -> None:
    rows = [SecretsKeyFingerprint(digest=digest, noted_at=now) for digest in digests]
    SecretsKeyFingerprint.objects.bulk_create(rows, ignore_conflicts=True)


def _alone() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('larder owner', 0))")
