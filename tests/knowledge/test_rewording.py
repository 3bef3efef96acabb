"""Words of an older form are written anew by a worker, and found meanwhile."""

from collections.abc import Callable
from datetime import datetime

import pytest
from pytest_django import Settings

from core.sql import raw_cursor
from knowledge.embedding.vector_space import Space
from knowledge.models import FullTextRow, WordsWalk
from knowledge.run_counts import Counts
from knowledge.search import Mode, Query, search
from knowledge.search.frequencies import forget_frequencies
from knowledge.tasks import rewrite_words
from knowledge.words import FORM
from knowledge.writing import rewording
from knowledge.writing.rewording import rewording_progress, rewrite_outdated

pytestmark = pytest.mark.django_db
HINDI, OLD_WORDS = "आज का दिन", "'आज':1 'क':1 'द':1 'न':1"


@pytest.fixture
def ask(space: Space, now: datetime) -> Callable[..., list[str]]:
    def run(text: str) -> list[str]:
        forget_frequencies()
        query = Query(text=text, mode=Mode.KEYWORD)
        return [hit.document.content for hit in search(query, now=now, space=space).hits]

    return run


@pytest.fixture
def stored_before(push: Callable[..., Counts], monkeypatch: pytest.MonkeyPatch) -> None:
    """Seven documents of which six have words as they were cut in form 1."""
    monkeypatch.setattr(rewording, "STRIDE", 3)
    push(HINDI, "host 10.0.0.12", *(f"plain {n}" for n in range(5)))
    with raw_cursor() as cursor:
        cursor.execute(
            "UPDATE knowledge_fulltextrow w SET form = 1, language = '' FROM knowledge_document d "
            "WHERE d.id = w.document_id AND d.content <> 'plain 4'"
        )
        cursor.execute(
            "UPDATE knowledge_fulltextrow w SET lexemes = %s::tsvector FROM knowledge_document d "
            "WHERE d.id = w.document_id AND d.content = %s",
            [OLD_WORDS, HINDI],
        )
        cursor.execute(
            "UPDATE knowledge_fulltextrow w SET lexemes = $$'host':1 '10':1 '0':1,2 '12':1$$::tsvector "
            "FROM knowledge_document d WHERE d.id = w.document_id AND d.content = 'host 10.0.0.12'"
        )


def test_a_worker_writes_them_and_tells_how_far_it_is(stored_before: None, now: datetime) -> None:
    assert rewording_progress().percent == 0
    assert rewrite_outdated(now=now, within_s=0) > 0
    assert 0 < rewording_progress().percent < 100
    assert rewrite_outdated(now=now) > 0
    assert rewrite_outdated(now=now) == 0
    told = rewording_progress()
    assert (told.percent, told.written, told.finished_at) == (100, 6, now)
    assert set(FullTextRow.objects.values_list("form", "language")) == {(FORM, "english")}


def test_both_forms_are_found_meanwhile(
    stored_before: None, push: Callable[..., Counts], ask: Callable[..., list[str]], now: datetime
) -> None:
    push("कल का दिन", "a host 10.0.0.12 more")
    assert set(ask("दिन")) == {HINDI, "कल का दिन"}
    assert set(ask('"10.0.0.12"')) == {"host 10.0.0.12", "a host 10.0.0.12 more"}
    rewrite_outdated(now=now)
    assert set(ask("दिन")) == {HINDI, "कल का दिन"}
    assert set(ask('"10.0.0.12"')) == {"host 10.0.0.12", "a host 10.0.0.12 more"}


def test_rows_of_another_version_behind_the_walk_are_met_by_a_second_one(stored_before: None, now: datetime) -> None:
    rewrite_outdated(now=now, within_s=0)
    FullTextRow.objects.update(form=1)
    rewrite_outdated(now=now)
    assert set(FullTextRow.objects.values_list("form", flat=True)) == {FORM}


def test_another_default_language_is_walked_for_and_so_is_the_way_back(
    stored_before: None, settings: Settings, now: datetime
) -> None:
    rewrite_words()
    settings.SEARCH_LANGUAGE = "german"
    assert rewording_progress().percent == 0
    rewrite_outdated(now=now)
    assert set(FullTextRow.objects.values_list("language", flat=True)) == {"german"}
    settings.SEARCH_LANGUAGE = "english"
    assert rewording_progress().percent == 0
    rewrite_outdated(now=now)
    assert set(FullTextRow.objects.values_list("language", flat=True)) == {"english"}
    assert WordsWalk.objects.count() == 1
