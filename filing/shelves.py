"""Where bodies lie while somebody may still need them.

They go to and from the database as they are: as part of a statement's text each would be in memory several times over.
"""

import hashlib
from collections.abc import Mapping, Sequence
from uuid import UUID

from django.db import connection

from filing.models import Body, Filing
from filing.querysets import WORK
from knowledge.staging import raw_cursor

KEEP = "INSERT INTO filing_body (sha256, data) VALUES (%s, %s) ON CONFLICT DO NOTHING"
READ = "SELECT sha256, data FROM filing_body WHERE sha256 = ANY(%s)"


def hash_body(body: bytes) -> bytes:
    return hashlib.sha256(body).digest()


def keep_body(body: bytes) -> bytes:
    """Keep these bytes; their hash. The same bytes are kept once."""
    sha256 = hash_body(body)
    keep_bodies({sha256: body})
    return sha256


def keep_bodies(bodies: Mapping[bytes, bytes]) -> None:
    """By their hash, in its order, so that two who keep the same ones cannot wait for each other in a circle."""
    with connection.wrap_database_errors, raw_cursor() as cursor:
        cursor.executemany(KEEP, sorted(bodies.items()))


def read_bodies(filings: Sequence[Filing]) -> dict[UUID, bytes]:
    """The bodies of those filings that have one, by the filing's id."""
    with connection.wrap_database_errors, raw_cursor() as cursor:
        cursor.execute(READ, [list(_hashes(filings))], binary=True)
        kept = dict(cursor.fetchall())
    return {each.pk: kept[bytes(each.content_hash)] for each in filings if each.content_hash is not None}


def _hashes(filings: Sequence[Filing]) -> set[bytes]:
    return {bytes(filing.content_hash) for filing in filings if filing.content_hash is not None}


def drop_bodies(filings: Sequence[Filing]) -> None:
    """Forget the filings' bodies, but for those that another filing waits for or might be tried again with."""
    hashes = _hashes(filings)
    waiting = Filing.objects.filter(content_hash__in=hashes, state__in=(*WORK, "failed"))
    needed = waiting.exclude(pk__in=[filing.pk for filing in filings])
    Body.objects.filter(pk__in=hashes - _hashes(list(needed.only("content_hash")))).delete()
