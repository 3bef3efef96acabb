"""Many documents to the trash at once: by their ids, by a filter, or by both."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, transaction

from accounts.models import AuditEntry
from knowledge.models import Document
from knowledge.run_counts import Counts
from tests.conftest import Api
from tests.knowledge.conftest import BASE

pytestmark = pytest.mark.django_db

DELETE = f"{BASE}/documents/delete"
OLD = {"key": "metadata.year", "op": "lt", "value": 2020}


@pytest.fixture
def years(push: Callable[..., Counts]) -> None:
    push(*({"id": str(year), "content": f"of {year}", "metadata": {"year": year}} for year in (2018, 2019, 2020)))
    push({"id": "2018", "content": "elsewhere", "metadata": {"year": 2018}, "source": "hr"})


@pytest.fixture
def provider(api: Callable[..., Api]) -> Api:
    return api("provider", "wiki")


def left() -> set[tuple[str, str]]:
    return set(Document.objects.filter(deleted_at=None).values_list("source", "key"))


ALL = {("wiki", "2018"), ("wiki", "2019"), ("wiki", "2020"), ("hr", "2018")}


@pytest.mark.usefixtures("years")
@pytest.mark.parametrize(
    ("meant", "gone"),
    [
        ({"ids": ["2018", "2020", "nowhere"]}, {"2018", "2020"}),
        ({"filter": OLD}, {"2018", "2019"}),
        ({"ids": ["2018", "2020"], "filter": OLD}, {"2018"}),
        ({"ids": []}, set()),
        ({"ids": [], "filter": OLD}, set()),
    ],
)
def test_what_is_named_goes_and_nothing_else(provider: Api, meant: dict[str, Any], gone: set[str]) -> None:
    assert provider("post", DELETE, meant).json() == {"deleted": len(gone), "more": False}
    assert left() == ALL - {("wiki", key) for key in gone}
    assert provider("post", DELETE, meant).json()["deleted"] == 0


@pytest.mark.usefixtures("years")
@pytest.mark.parametrize(
    ("meant", "status", "code"),
    [
        ({}, 422, "invalid_query"),
        ({"id": ["2018"]}, 422, "invalid_request"),
        ({"filter": {}}, 422, "invalid_filter"),
        ({"ids": ["x"] * 1_001}, 422, "invalid_request"),
        ({"ids": ["2018"], "source": "hr"}, 403, "forbidden"),
    ],
)
def test_what_names_nothing_or_too_much_deletes_nothing(
    provider: Api, meant: dict[str, Any], status: int, code: str
) -> None:
    answer = provider("post", DELETE, meant)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert left() == ALL


@pytest.mark.usefixtures("years")
def test_a_key_of_no_source_names_one_and_an_admin_s_deletion_is_noted(api: Callable[..., Api]) -> None:
    admin = api("admin")
    assert admin("post", DELETE, {"ids": ["2018"]}).status_code == 422
    AuditEntry.objects.all().delete()
    assert admin("post", DELETE, {"ids": ["2018"], "source": "hr"}).json()["deleted"] == 1
    assert left() == ALL - {("hr", "2018")}
    entry = AuditEntry.objects.get()
    assert (entry.verb, entry.object, entry.after) == ("document.delete", "hr", {"documents": 1})


@pytest.mark.usefixtures("years")
def test_who_only_reads_deletes_nothing(api: Callable[..., Api]) -> None:
    assert api("analyzer", "wiki")("post", DELETE, {"ids": ["2018"]}).status_code == 403
    assert left() == ALL


@pytest.mark.usefixtures("years")
def test_what_is_beyond_one_call_is_told(provider: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("knowledge.api.reading.MOST_DELETED", 2)
    every = {"filter": {"key": "source", "op": "eq", "value": "wiki"}}
    assert provider("post", DELETE, every).json() == {"deleted": 2, "more": True}
    assert provider("post", DELETE, every).json() == {"deleted": 1, "more": False}
    assert left() == {("hr", "2018")}


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("years")
def test_what_changes_while_it_is_found_and_is_meant_no_longer_stays(provider: Api) -> None:
    def delete() -> Any:
        try:
            return provider("post", DELETE, {"filter": OLD}).json()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as others:
        with transaction.atomic():
            Document.objects.filter(source="wiki", key="2018").update(metadata={"year": 2026})
            answer = others.submit(delete)
            wait_for_lock()
        assert answer.result(30) == {"deleted": 1, "more": False}
    assert left() == ALL - {("wiki", "2019")}


def wait_for_lock(within_s: float = 20.0) -> None:
    """Until somebody waits for a row that this transaction holds."""
    ends_at = time.monotonic() + within_s
    while time.monotonic() < ends_at:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'transactionid' AND NOT granted")
            if cursor.fetchone()[0]:
                return
        time.sleep(0.02)
    raise AssertionError("nobody waits")
