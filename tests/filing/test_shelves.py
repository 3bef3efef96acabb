"""Bodies on their shelf: whole, and once."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from filing.models import Body
from filing.shelves import BLOCK_BYTES, keep_body

SIZES = [0, 1, BLOCK_BYTES, 3 * BLOCK_BYTES + 1]


@pytest.mark.django_db
@pytest.mark.parametrize("size", SIZES)
def test_a_body_comes_back_as_it_was(size: int) -> None:
    body = bytes(range(256)) * (size // 256) + b"\0" * (size % 256)
    assert bytes(Body.objects.get(pk=keep_body(body)).data) == body


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
