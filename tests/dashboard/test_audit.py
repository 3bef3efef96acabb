"""The audit on its page: narrowed, and taken away as a file."""

import csv
import io
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from accounts.audit import Actor, By, known_verbs, record
from accounts.models import AuditEntry
from dashboard.templatetags.states import audit_fields

ADA = Actor(by=By.USER, name="ada", address="10.0.0.9")


@pytest.fixture
def noted(db: None) -> None:
    for day in (1, 2, 3):
        at = datetime(2026, 3, day, 23, 59, tzinfo=UTC)
        record(ADA, f"provider.{'create' if day == 1 else 'update'}", f"=day{day}", now=at, after={"name": "<b>"})


def exported(staff: Client, query: str = "") -> list[list[str]]:
    answer = staff.get(f"/audit/export/{query}")
    assert answer["Content-Disposition"] == 'attachment; filename="audit.csv"'
    return list(csv.reader(io.StringIO(answer.getvalue().decode("utf-8-sig"))))


@pytest.mark.parametrize(
    ("query", "days"),
    [
        ("", {1, 2, 3}),
        ("?since=2026-03-02", {2, 3}),
        ("?until=2026-03-02", {1, 2}),
        ("?since=2026-03-02&until=2026-03-02", {2}),
        ("?since=yesterday", {1, 2, 3}),
        ("?since=0001-01-01&until=9999-12-31", {1, 2, 3}),
        ("?verb=provider.update", {2, 3}),
        ("?actor=bob", set()),
    ],
)
def test_it_is_narrowed_by_day_verb_and_name(staff: Client, noted: None, query: str, days: set[int]) -> None:
    page = staff.get(f"/audit/{query}").content.decode()
    assert {day for day in (1, 2, 3) if f"=day{day}</a>" in page} == days
    assert {row[5] for row in exported(staff, query)[1:]} == {f"'=day{day}" for day in days}


def test_the_file_holds_every_column_and_more_than_a_page(
    staff: Client, db: None, now: datetime, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    for number in range(120):
        record(ADA, "provider.sync", f"p{number}", now=now)
    header, *rows = exported(staff)
    assert header == ["at", "by", "actor", "address", "verb", "object", "before", "after"]
    assert [row[5] for row in rows] == [f"p{number}" for number in reversed(range(120))]
    with django_assert_max_num_queries(12):
        staff.get("/audit/")


def test_every_verb_is_offered_once(staff: Client, noted: None) -> None:
    assert known_verbs() == ["provider.create", "provider.update"]
    assert staff.get("/audit/").content.decode().count("<option>provider.update") == 1


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("sync_timeout_ms", 90_000, "90 s"),
        ("max_age_s", 86_400, "86,400 s"),
        ("expires_at", "2026-06-01T12:07:00+00:00", "Mon 01 Jun 2026, 12:07:00 UTC"),
        ("expires_at", "whenever", "whenever"),
    ],
)
def test_a_value_is_shown_in_its_unit(name: str, value: Any, shown: str) -> None:
    assert audit_fields(AuditEntry(after={name: value})) == [(name, "", shown)]
