"""A source's whole set in parts: stored at once, judged once, at the end, by the guard of every replace."""

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from knowledge.deleting.held import guard_of
from knowledge.models import Change, Document, HeldDeletion, Replacement, SeenKeys
from knowledge.run_counts import Counts, counts_of_run, open_run_counts
from knowledge.writing.replace import begin_replacement, finish_replacement, forget_replacements
from tests.conftest import Api

SOURCE = "/api/v1/knowledge/sources/wiki"
pytestmark = pytest.mark.django_db


def named(*numbers: Any) -> list[Any]:
    return [{"id": f"d{n:03}", "content": f"Document {n}."} for n in numbers]


def live() -> set[str]:
    return set(Document.objects.filter(deleted_at=None).values_list("key", flat=True))


@pytest.fixture
def wiki(api: Callable[..., Api]) -> Api:
    return api("provider", "wiki")


@pytest.fixture
def stored(push: Callable[..., Counts], now: datetime) -> None:
    """Thirty documents, pushed an hour ago."""
    push(*named(*range(30)), at=now - timedelta(hours=1))


@pytest.fixture
def begin(wiki: Api) -> Callable[[], str]:
    def begun() -> str:
        answer = wiki("post", f"{SOURCE}/replacements")
        assert answer.status_code == 201
        return f"{SOURCE}/replacements/{answer.json()['id']}"

    return begun


def test_what_no_part_named_goes_once_all_are_here(wiki: Api, begin: Callable[[], str], stored: None) -> None:
    set_ = begin()
    assert wiki("put", set_, {"documents": named(*range(15))}).json()["unchanged"] == 15
    assert wiki("put", set_, {"documents": named(*range(15, 25), 40)}).json()["created"] == 1
    assert len(live()) == 31
    assert wiki("post", f"{set_}/finish").json() == {"deleted": 5, "held": 0}
    assert live() == {item["id"] for item in named(*range(25), 40)}
    assert not SeenKeys.objects.exists()


def test_too_large_a_deletion_is_held_and_nothing_goes(wiki: Api, begin: Callable[[], str], stored: None) -> None:
    set_ = begin()
    wiki("put", set_, {"documents": named(*range(10))})
    wiki("put", set_, {"documents": named(*range(50, 90))})
    assert wiki("post", f"{set_}/finish").json() == {"deleted": 0, "held": 20}
    held = HeldDeletion.objects.get()
    assert (held.count, held.live, held.source) == (20, 30, "wiki"), "new documents make the share no smaller"
    assert len(live()) == 70


def test_an_empty_set_is_held_however_small_the_source(
    wiki: Api, begin: Callable[[], str], push: Callable[..., Counts], now: datetime
) -> None:
    push("only", at=now - timedelta(hours=1))
    assert wiki("post", f"{begin()}/finish").json() == {"deleted": 0, "held": 1}


def test_asked_again_the_end_answers_the_same(wiki: Api, begin: Callable[[], str], stored: None) -> None:
    set_ = begin()
    wiki("put", set_, {"documents": named(*range(25))})
    first = wiki("post", f"{set_}/finish").json()
    assert wiki("post", f"{set_}/finish").json() == first == {"deleted": 5, "held": 0}
    assert Change.objects.filter(kind="deleted").count() == 5


def test_a_part_may_be_sent_again(wiki: Api, begin: Callable[[], str], stored: None) -> None:
    set_ = begin()
    for _ in range(2):
        assert wiki("put", set_, {"documents": named(*range(25))}).json()["unchanged"] == 25
    assert wiki("post", f"{set_}/finish").json()["deleted"] == 5


def test_a_part_that_is_refused_leaves_what_it_named(wiki: Api, begin: Callable[[], str], stored: None) -> None:
    set_ = begin()
    wiki("put", set_, {"documents": named(*range(28))})
    broken = [*named(28), {"id": "d029", "content": "x", "tags": ["NOT A TAG"]}]
    assert wiki("put", set_, {"documents": broken}).status_code == 422
    assert wiki("put", set_, {"documents": named(28, 28)}).status_code == 422
    assert wiki("post", f"{set_}/finish").json()["deleted"] == 1
    assert "d028" in live()


def test_what_others_stored_meanwhile_stays(
    wiki: Api, begin: Callable[[], str], stored: None, push: Callable[..., Counts]
) -> None:
    set_ = begin()
    wiki("put", set_, {"documents": named(*range(30))})
    push("from somewhere else", at=timezone.now())
    assert wiki("post", f"{set_}/finish").json() == {"deleted": 0, "held": 0}
    assert "from somewhere else" in live()


@pytest.mark.parametrize("newer", ["in parts", "whole"])
def test_a_newer_replacement_ends_the_one_before(wiki: Api, begin: Callable[[], str], stored: None, newer: str) -> None:
    first = begin()
    wiki("put", first, {"documents": named(*range(5))})
    if newer == "whole":
        wiki("put", f"{SOURCE}/documents", {"documents": named(*range(25))})
    else:
        begin()
    for answer in (wiki("put", first, {"documents": named(7)}), wiki("post", f"{first}/finish")):
        assert (answer.status_code, answer.json()["code"]) == (409, "replacement_lost")
    assert len(live()) >= 25


def test_a_finished_set_takes_no_more(wiki: Api, begin: Callable[[], str], stored: None) -> None:
    set_ = begin()
    wiki("put", set_, {"documents": named(*range(30))})
    wiki("post", f"{set_}/finish")
    assert wiki("put", set_, {"documents": named(31)}).status_code == 409
    assert "d031" not in live()


def test_a_set_belongs_to_its_source(api: Callable[..., Api], begin: Callable[[], str], stored: None) -> None:
    set_ = begin()
    other = set_.replace("/wiki/", "/hr/")
    assert api("provider", "hr")("post", f"{set_}/finish").status_code == 403
    assert api("provider", "hr")("post", f"{other}/finish").status_code == 409
    assert (
        api("provider", "wiki")("put", set_, {"documents": [{"id": "a", "content": "a", "source": "hr"}]}).status_code
        == 403
    )
    assert api("analyzer")("post", f"{SOURCE}/replacements").status_code == 403


def test_only_an_admin_may_force_the_end(
    api: Callable[..., Api], wiki: Api, begin: Callable[[], str], stored: None
) -> None:
    set_ = begin()
    assert wiki("post", f"{set_}/finish?force=true").status_code == 403
    assert api("admin")("post", f"{set_}/finish?force=true").json() == {"deleted": 30, "held": 0}


def test_what_goes_counts_for_the_run_it_was_part_of(stored: None, now: datetime) -> None:
    run = uuid.uuid4()
    open_run_counts(run, source="wiki", now=now)
    begun = begin_replacement("wiki", now=now)
    finish_replacement(begun.pk, source="wiki", guard=guard_of("wiki"), run=None, now=now, actor="test")
    assert counts_of_run(run).held == 30
    assert HeldDeletion.objects.get().run == run


def test_one_that_is_never_finished_is_forgotten_and_deletes_nothing(
    wiki: Api, begin: Callable[[], str], stored: None, now: datetime
) -> None:
    wiki("put", begin(), {"documents": named(1)})
    forget_replacements(now=now + timedelta(hours=23))
    assert SeenKeys.objects.count() == Replacement.objects.count() == 1
    forget_replacements(now=now + timedelta(hours=25))
    assert SeenKeys.objects.count() == Replacement.objects.count() == 0
    assert len(live()) == 30
