"""Many documents at once, and the same once more: what a bulk import does when it is run again."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import pytest
from django.db import connection

from accounts.audit import LARDER
from ingestion.models import File
from knowledge.embedding.vector_space import Space
from memory.documents.multipart import FilePart
from memory.documents.submitting import Details, Submitted, submit_document
from memory.models import Context, ScopeSet
from memory.scopes.sets import scope_set_for

pytestmark = pytest.mark.django_db(transaction=True)
AT_ONCE = 8


@pytest.fixture
def places(context: Context, now: datetime) -> list[ScopeSet]:
    return [scope_set_for(context, [[path]], now=now) for path in ("org/acme", "org/acme/user/alice")]


def upload_all(
    context: Context, places: list[ScopeSet], now: datetime, *, count: int, content: Callable[[int], str]
) -> list[Submitted]:
    def upload(number: int) -> Submitted:
        part = FilePart(body=content(number).encode(), name=f"{number}.txt")
        place = places[number % len(places)]
        try:
            return submit_document(part, context=context, scope_set=place, details=Details(), actor=LARDER, now=now)
        finally:
            connection.close()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(upload, range(count)))


def test_the_second_run_finds_all_and_processes_nothing(
    space: Space, context: Context, places: list[ScopeSet], now: datetime, process_all: Callable[[], None]
) -> None:
    first = upload_all(context, places, now, count=60, content=lambda n: f"file {n}")
    assert not any(each.deduplicated for each in first)
    process_all()
    before = sorted(File.objects.values_list("pk", "updated_at", "completed_at"))
    again = upload_all(context, places, now, count=60, content=lambda n: f"file {n}")
    assert all(each.deduplicated for each in again)
    assert [each.document.pk for each in again] == [each.document.pk for each in first]
    assert sorted(File.objects.values_list("pk", "updated_at", "completed_at")) == before


def test_the_same_bytes_at_once_are_one_document_of_all_their_scopes(
    space: Space, context: Context, places: list[ScopeSet], now: datetime
) -> None:
    done = upload_all(context, places, now, count=16, content=lambda n: "the same")
    assert len({each.document.pk for each in done}) == 1
    assert sum(not each.deduplicated for each in done) == 1
    document = context.documents.get()
    assert document.scope_set.clauses == [["org/acme"], ["org/acme/user/alice"]]
    assert document.scope_set.tag in File.objects.get().tags
