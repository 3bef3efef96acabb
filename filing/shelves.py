"""Where bodies lie while somebody may still need them."""

import hashlib
from collections.abc import Sequence

from django.db import connection

from filing.models import Body, Filing
from filing.querysets import WORK

KEEP = "INSERT INTO filing_body (sha256, data) VALUES (%s, %s) ON CONFLICT DO NOTHING"


def hash_body(body: bytes) -> bytes:
    return hashlib.sha256(body).digest()


def keep_body(body: bytes) -> bytes:
    """Keep these bytes; their hash. The same bytes are kept once."""
    sha256 = hash_body(body)
    with connection.cursor() as cursor:
        cursor.execute(KEEP, [sha256, body])
    return sha256


def drop_bodies(filings: Sequence[Filing]) -> None:
    """Forget the filings' bodies, but for those that another filing waits for or might be tried again with."""
    hashes = {bytes(filing.content_hash) for filing in filings if filing.content_hash is not None}
    waiting = Filing.objects.filter(content_hash__in=hashes, state__in=(*WORK, "failed"))
    needed = waiting.exclude(pk__in=[filing.pk for filing in filings]).values_list("content_hash", flat=True)
    Body.objects.filter(pk__in=hashes - {bytes(each) for each in needed}).delete()
