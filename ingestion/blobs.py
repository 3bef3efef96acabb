"""Where bodies lie while somebody may still need them.

Who keeps one holds its row until the file that needs it is there to be seen, and who would forget it waits for that.
They go to and from the database as they are: as part of a statement's text each would be in memory several times over.

See docs/decisions/0091 and docs/decisions/0111.
"""

import hashlib
import io
import logging
import struct
from collections.abc import Mapping, Sequence, Set
from typing import Any
from uuid import UUID

import psycopg
from django.db import IntegrityError, connection, transaction

from core.sql import raw_cursor
from ingestion.models import Blob, File
from ingestion.querysets import WORK

log = logging.getLogger(__name__)

BLOCK_BYTES = 64 * 1024

# On conflict the row is written anew but for the data, which lie elsewhere: that holds it.
KEEP = """
INSERT INTO ingestion_blob (sha256, data) VALUES (%s, %s) ON CONFLICT (sha256) DO UPDATE SET sha256 = excluded.sha256
"""
KEPT = "SELECT 1 FROM ingestion_blob WHERE sha256 = %s FOR KEY SHARE"
STREAM = "COPY ingestion_blob (sha256, data) FROM STDIN (FORMAT BINARY)"

# The last slice comes first, so that memory is taken once. Of a packed body each unpacks what stands before it.
READ = """
SELECT sha256, start, substring(data FROM start + 1 FOR %(size)s)
  FROM ingestion_blob CROSS JOIN LATERAL generate_series(length(data) / %(size)s * %(size)s, 0, -%(size)s) start
 WHERE sha256 = ANY(%(hashes)s)
"""
SLICE_BYTES = 2 * 1024 * 1024


def hash_blob(body: bytes) -> bytes:
    return hashlib.sha256(body).digest()


def keep_blob(body: bytes) -> bytes:
    """Keep these bytes, within the transaction that says for what; their hash. The same bytes are kept once.

    They are sent in blocks: as a parameter of a statement they would be in memory twice more.
    """
    sha256 = hash_blob(body)
    while not (_is_kept(sha256) or _stream(sha256, body)):
        log.debug("%s is kept by somebody else at this moment", sha256.hex())
    return sha256


def _is_kept(sha256: bytes) -> bool:
    with connection.wrap_database_errors, raw_cursor() as cursor:
        return cursor.execute(KEPT, [sha256]).fetchone() is not None


def _stream(sha256: bytes, body: bytes) -> bool:
    """False where somebody was faster."""
    try:
        with transaction.atomic(), connection.wrap_database_errors, raw_cursor() as cursor:
            _copy(cursor, sha256, body)
    except IntegrityError:
        return False
    return True


def _copy(cursor: psycopg.Cursor[Any], sha256: bytes, body: bytes) -> None:
    """One row in PostgreSQL's binary format: a head, the number of columns, each with its length, an end."""
    head = b"PGCOPY\n\xff\r\n\0" + struct.pack("!ii", 0, 0)
    blocks = memoryview(body)
    with cursor.copy(STREAM) as copy:
        copy.write(head + struct.pack("!hi", 2, len(sha256)) + sha256 + struct.pack("!i", len(body)))
        for first in range(0, len(body), BLOCK_BYTES):
            copy.write(blocks[first : first + BLOCK_BYTES])
        copy.write(struct.pack("!h", -1))


def keep_blobs(bodies: Mapping[bytes, bytes]) -> None:
    """By their hash, in its order, so that two who keep the same ones cannot wait for each other in a circle."""
    with connection.wrap_database_errors, raw_cursor() as cursor:
        cursor.executemany(KEEP, sorted(bodies.items()))


def read_blobs(files: Sequence[File]) -> dict[UUID, bytes]:
    """The bodies of those files that have one, by the file's id.

    They come in slices: in one piece each would be in memory three times, and its connection would keep that memory.
    """
    kept: dict[bytes, io.BytesIO] = {}
    with connection.wrap_database_errors, raw_cursor() as cursor:
        asked = {"size": SLICE_BYTES, "hashes": list(_hashes(files))}
        for sha256, start, data in cursor.stream(READ, asked, binary=True):
            body = kept.setdefault(sha256, io.BytesIO())
            body.seek(start)
            body.write(data)
    return {each.pk: kept[bytes(each.content_hash)].getvalue() for each in files if each.content_hash is not None}


def _hashes(files: Sequence[File]) -> set[bytes]:
    return {bytes(file.content_hash) for file in files if file.content_hash is not None}


def drop_blobs(files: Sequence[File]) -> None:
    """Forget the files' bodies, as far as nobody needs them: neither a file that waits for them or might be tried again
    with them, nor one of a collection that keeps them. What became of these files has to be written before.
    """
    drop_hashes(_hashes(files))


def drop_hashes(hashes: Set[bytes]) -> None:
    """The same of bodies by their hash, for those that a file had before."""
    list(Blob.objects.filter(pk__in=hashes).order_by("pk").select_for_update().values_list("pk"))
    same = File.objects.filter(content_hash__in=hashes).only("content_hash")
    waiting = same.filter(state__in=(*WORK, "failed"))
    kept = same.filter(collection__keep_bytes=True).exclude(state="deleted")
    Blob.objects.filter(pk__in=hashes - _hashes([*waiting, *kept])).delete()
