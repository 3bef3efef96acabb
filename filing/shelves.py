"""Where bodies lie while somebody may still need them."""

import hashlib
from collections.abc import Sequence
from uuid import UUID

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


def read_bodies(filings: Sequence[Filing]) -> dict[UUID, bytes]:
    """The bodies of those filings that have one, by the filing's id."""
    kept = {bytes(body.sha256): bytes(body.data) for body in Body.objects.filter(pk__in=_hashes(filings))}
    return {each.pk: kept[bytes(each.content_hash)] for each in filings if each.content_hash is not None}


def _hashes(filings: Sequence[Filing]) -> set[bytes]:
    return {bytes(filing.content_hash) for filing in filings if filing.content_hash is not None}


def drop_bodies(filings: Sequence[Filing]) -> None:
    """Forget the filings' bodies, but for those that another filing waits for or might be tried again with."""
    hashes = _hashes(filings)
    waiting = Filing.objects.filter(content_hash__in=hashes, state__in=(*WORK, "failed"))
    needed = waiting.exclude(pk__in=[filing.pk for filing in filings])
    Body.objects.filter(pk__in=hashes - _hashes(list(needed.only("content_hash")))).delete()
