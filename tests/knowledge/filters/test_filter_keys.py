"""Keys that an admin declares: their indexes come and go beside whoever reads and writes, and ranges use them."""

import random
from collections.abc import Callable
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from accounts.audit import LARDER
from accounts.models import AuditEntry
from knowledge.filter_keys.building import KeyState, build_filter_keys, read_keys
from knowledge.filter_keys.declaring import MOST_KEYS, TooManyFilterKeys, declare_key, withdraw_key
from knowledge.filters.conditions import condition_of
from knowledge.filters.parsing import FilterInvalid, parse_filter
from knowledge.models import Document
from knowledge.run_counts import Counts
from tests.conftest import Api
from tests.knowledge.conftest import BASE
from tests.knowledge.filters.random_filters import SCALARS, random_document

pytestmark = pytest.mark.django_db

KEYS = f"{BASE}/filter-keys"


@pytest.fixture
def declare() -> Callable[[Any], Any]:
    return lambda key: declare_key(key, now=timezone.now(), actor=LARDER)


@pytest.fixture
def without_indexes() -> Any:
    """They are no rows, so that no test takes them away."""
    yield
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE starts_with(relname, 'document_filter_') AND relkind = 'i'")
        for (name,) in cursor.fetchall():
            cursor.execute(f'DROP INDEX "{name}"')


def plan_of(given: dict[str, Any]) -> str:
    wanted = parse_filter(given)
    assert wanted is not None
    condition = condition_of(wanted)
    with connection.cursor() as cursor:
        cursor.execute("SET enable_seqscan = off")
        cursor.execute(f"EXPLAIN SELECT d.id FROM knowledge_document d WHERE {condition.sql}", condition.parameters)
        plan = "\n".join(row for (row,) in cursor.fetchall())
        cursor.execute("RESET enable_seqscan")
    return plan


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("without_indexes")
def test_ranges_of_every_type_walk_the_indexes_of_their_key(
    declare: Callable[[Any], Any], push: Callable[..., Counts]
) -> None:
    push(*({"id": f"{n}", "content": f"text {n}", "metadata": {"it's": {"a%b": n}}} for n in range(500)))
    key = declare(["metadata", "it's", "a%b"])
    assert [each.state for each in read_keys()] == [KeyState.BUILDING]
    assert build_filter_keys() == 3
    assert [(each.state, each.share) for each in read_keys()] == [(KeyState.READY, 1.0)]
    for value, kind in ((490, "number"), ("z", "text")):
        plan = plan_of({"key": ["metadata", "it's", "a%b"], "op": "gte", "value": value})
        assert f"document_filter_{key.pk}_{kind}" in plan
        assert f"document_filter_{key.pk}_list" in plan
        assert "Seq Scan" not in plan
    assert build_filter_keys() == 0
    withdraw_key("metadata.it's.a%b", now=timezone.now(), actor=LARDER)
    assert build_filter_keys() == 3
    assert read_keys() == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("without_indexes")
def test_answers_are_the_same_with_an_index_and_without(
    declare: Callable[[Any], Any], push: Callable[..., Counts]
) -> None:
    chance = random.Random(5)
    push(*(random_document(chance, number) for number in range(200)))
    asked = [
        {"key": key, "op": op, "value": value}
        for key in ("metadata.year", "metadata.deep.inner")
        for op in ("gt", "gte", "lt", "lte")
        for value in SCALARS
        if not isinstance(value, bool)
    ]
    before = [found(given) for given in asked]
    declare("metadata.year")
    declare("metadata.deep.inner")
    build_filter_keys()
    with connection.cursor() as cursor:
        cursor.execute("SET enable_seqscan = off")
    assert [found(given) for given in asked] == before
    with connection.cursor() as cursor:
        cursor.execute("RESET enable_seqscan")
    assert any(before)


def found(given: dict[str, Any]) -> set[str]:
    return set(Document.objects.filtered(parse_filter(given)).values_list("key", flat=True))


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("without_indexes")
def test_a_text_of_any_length_is_stored_under_a_declared_key(
    declare: Callable[[Any], Any], push: Callable[..., Counts]
) -> None:
    declare("metadata.note")
    build_filter_keys()
    letters = "".join(chr(random.Random(1).randrange(0x4E00, 0x9FFF)) for _ in range(10_000))
    push(
        {"id": "long", "content": "a", "metadata": {"note": letters}},
        {"id": "2", "content": "b", "metadata": {"note": 9**4_000}},
    )
    assert found({"key": "metadata.note", "op": "gte", "value": letters[:300]}) == {"long"}
    assert found({"key": "metadata.note", "op": "gt", "value": 1}) == {"2"}


def test_equality_and_containment_walk_the_index_over_everything(push: Callable[..., Counts]) -> None:
    push(*({"id": f"{n}", "content": f"text {n}", "metadata": {"a": n, "b": [n]}} for n in range(300)))
    for op, value in (("eq", 3), ("in", [3, "x"]), ("contains", 3)):
        assert "document_metadata" in plan_of({"key": "metadata.a", "op": op, "value": value})


def test_the_api_declares_lists_and_withdraws(api: Callable[..., Api]) -> None:
    admin = api("admin")
    declared = admin("post", KEYS, {"key": "metadata.year"})
    assert declared.status_code == 201
    assert declared.json()["state"] == "building"
    assert admin("post", KEYS, {"key": ["metadata", "year"]}).status_code == 201
    assert [each["key"] for each in admin("get", KEYS).json()["keys"]] == ["metadata.year"]
    assert admin("delete", f"{KEYS}/metadata.year").status_code == 204
    assert admin("delete", f"{KEYS}/metadata.year").status_code == 404
    assert admin("get", KEYS).json() == {"keys": []}
    verbs = AuditEntry.objects.filter(verb__startswith="filter_key").order_by("id").values_list("verb", "object")
    assert list(verbs) == [("filter_key.declare", "metadata.year"), ("filter_key.withdraw", "metadata.year")]


@pytest.mark.parametrize("role", ["analyzer", "provider"])
def test_only_admins_declare(api: Callable[..., Api], role: str) -> None:
    caller = api(role, "wiki")
    assert caller("get", KEYS).status_code == caller("post", KEYS, {"key": "metadata.year"}).status_code == 403


@pytest.mark.parametrize("key", ["tags", "year", "metadata", "metadata.a\0b", ""])
def test_what_is_no_key_of_the_metadata_is_refused(declare: Callable[[Any], Any], key: str) -> None:
    with pytest.raises(FilterInvalid):
        declare(key)


def test_only_so_many_may_be_declared(declare: Callable[[Any], Any]) -> None:
    for number in range(MOST_KEYS):
        declare(f"metadata.key{number}")
    declare("metadata.key0")
    with pytest.raises(TooManyFilterKeys):
        declare("metadata.more")


def test_the_command_says_what_is_wrong() -> None:
    with pytest.raises(CommandError, match=r"metadata\.year"):
        call_command("filter_keys", "declare", "year")
    with pytest.raises(CommandError, match="not declared"):
        call_command("filter_keys", "withdraw", "metadata.year")
