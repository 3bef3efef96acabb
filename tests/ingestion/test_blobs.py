"""Bodies on their shelf: whole, and once."""

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import pytest
from django.db import connection, transaction

from ingestion.blobs import (
    BLOCK_BYTES,
    SLICE_BYTES,
    drop_bodies,
    hash_body,
    keep_bodies,
    keep_body,
    read_bodies,
)
from ingestion.models import Body, Collection, Filing, State
from ingestion.uploads.submit import Label, hand_in_file
from tests.ingestion.conftest import FileAll, fresh

SIZES = [0, 1, BLOCK_BYTES, 3 * BLOCK_BYTES + 1]


@pytest.mark.django_db
@pytest.mark.parametrize("size", SIZES)
def test_a_body_comes_back_as_it_was(size: int) -> None:
    body = bytes(range(256)) * (size // 256) + b"\0" * (size % 256)
    assert bytes(Body.objects.get(pk=keep_body(body)).data) == body


@pytest.mark.django_db
def test_bodies_are_read_whole_however_many_slices_they_have(collection: Collection, now: datetime) -> None:
    sizes = [1, SLICE_BYTES - 1, SLICE_BYTES, SLICE_BYTES + 1, 2 * SLICE_BYTES]
    bodies = [random.Random(size).randbytes(size // 2 + 1).hex()[:size].encode() for size in sizes]
    filings = [
        hand_in_file(body, name="a.txt", collection=collection, label=Label(), now=now).filing for body in bodies
    ]
    read = read_bodies([*filings, Filing(source_type="url")])
    assert [read[filing.pk] for filing in filings] == bodies
    assert len(read) == len(bodies)


@pytest.mark.django_db
def test_a_body_of_nothing_is_there_and_one_that_was_forgotten_is_not() -> None:
    empty, gone = Filing(content_hash=keep_body(b"")), Filing(content_hash=hash_body(b"gone"))
    assert read_bodies([empty]) == {empty.pk: b""}
    with pytest.raises(KeyError):
        read_bodies([gone])


@pytest.mark.django_db(transaction=True)
def test_those_who_keep_the_same_bytes_at_once_keep_them_once() -> None:
    body = b"the same" * 500_000

    def keep(_: int) -> bytes:
        try:
            with transaction.atomic():
                return keep_body(body)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        kept = set(pool.map(keep, range(8)))
    assert [bytes(each.pk) for each in Body.objects.all()] == list(kept)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("keep", [keep_body, lambda body: keep_bodies({hash_body(body): body})])
def test_a_body_that_somebody_keeps_at_this_moment_is_not_forgotten(
    collection: Collection, now: datetime, file_all: FileAll, keep: Callable[[bytes], object]
) -> None:
    body = b"kept twice"

    def hand_over(tag: str) -> Filing:
        return hand_in_file(body, name="a.txt", collection=collection, label=Label(tags=[tag]), now=now).filing

    def forget() -> None:
        try:
            with transaction.atomic():
                drop_bodies([first])
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
    assert [bytes(each.data) for each in Body.objects.all()] == [body]
    file_all()
    assert fresh(second).state == State.DONE
    assert not Body.objects.exists()
