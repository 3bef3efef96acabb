"""Bytes in the blob store: whole, and once."""

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import pytest
from django.db import connection, transaction

from ingestion.blobs import (
    BLOCK_BYTES,
    SLICE_BYTES,
    drop_blobs,
    hash_blob,
    keep_blob,
    keep_blobs,
    read_blobs,
)
from ingestion.models import Blob, Collection, File, FileState
from ingestion.uploads.submit import Label, submit_file
from tests.ingestion.conftest import ProcessAll, fresh

SIZES = [0, 1, BLOCK_BYTES, 3 * BLOCK_BYTES + 1]


@pytest.mark.django_db
@pytest.mark.parametrize("size", SIZES)
def test_a_body_comes_back_as_it_was(size: int) -> None:
    body = bytes(range(256)) * (size // 256) + b"\0" * (size % 256)
    assert bytes(Blob.objects.get(pk=keep_blob(body)).data) == body


@pytest.mark.django_db
def test_bodies_are_read_whole_however_many_slices_they_have(collection: Collection, now: datetime) -> None:
    sizes = [1, SLICE_BYTES - 1, SLICE_BYTES, SLICE_BYTES + 1, 2 * SLICE_BYTES]
    bodies = [random.Random(size).randbytes(size // 2 + 1).hex()[:size].encode() for size in sizes]
    files = [submit_file(body, name="a.txt", collection=collection, label=Label(), now=now).file for body in bodies]
    read = read_blobs([*files, File(source_type="url")])
    assert [read[file.pk] for file in files] == bodies
    assert len(read) == len(bodies)


@pytest.mark.django_db
def test_a_body_of_nothing_is_there_and_one_that_was_forgotten_is_not() -> None:
    empty, gone = File(content_hash=keep_blob(b"")), File(content_hash=hash_blob(b"gone"))
    assert read_blobs([empty]) == {empty.pk: b""}
    with pytest.raises(KeyError):
        read_blobs([gone])


@pytest.mark.django_db(transaction=True)
def test_those_who_keep_the_same_bytes_at_once_keep_them_once() -> None:
    body = b"the same" * 500_000

    def keep(_: int) -> bytes:
        try:
            with transaction.atomic():
                return keep_blob(body)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        kept = set(pool.map(keep, range(8)))
    assert [bytes(each.pk) for each in Blob.objects.all()] == list(kept)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("keep", [keep_blob, lambda body: keep_blobs({hash_blob(body): body})])
def test_a_body_that_somebody_keeps_at_this_moment_is_not_forgotten(
    collection: Collection, now: datetime, process_all: ProcessAll, keep: Callable[[bytes], object]
) -> None:
    body = b"kept twice"

    def hand_over(tag: str) -> File:
        return submit_file(body, name="a.txt", collection=collection, label=Label(tags=[tag]), now=now).file

    def forget() -> None:
        try:
            with transaction.atomic():
                drop_blobs([first])
                first.delete()
        finally:
            connection.close()

    first = hand_over("one")
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            keep(body)
            forgotten = pool.submit(forget)
            with pytest.raises(TimeoutError):
                forgotten.result(timeout=0.3)
            second = hand_over("two")
        forgotten.result()
    assert [bytes(each.data) for each in Blob.objects.all()] == [body]
    process_all()
    assert fresh(second).state == FileState.DONE
    assert not Blob.objects.exists()
