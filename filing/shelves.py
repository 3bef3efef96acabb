"""Where bodies lie while somebody may still need them."""

import hashlib

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


def drop_body(filing: Filing) -> None:
    """Forget the filing's body unless another filing waits for the same one, or might be tried again."""
    needed = Filing.objects.filter(content_hash=filing.content_hash, state__in=(*WORK, "failed")).exclude(pk=filing.pk)
    if filing.content_hash is not None and not needed.exists():
        Body.objects.filter(pk=filing.content_hash).delete()
