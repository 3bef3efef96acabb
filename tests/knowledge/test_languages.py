"""Words are stemmed by the language of their document: its own, that of its source, or SEARCH_LANGUAGE."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from pytest_django import Settings

from config.env.shapes import LANGUAGES
from core.errors import QueryInvalid
from ingestion.collections.collections import create_collection, update_collection
from ingestion.errors import FileRefused
from knowledge.embedding.vector_space import Space
from knowledge.errors import DocumentsRefused
from knowledge.models import Document, FullTextRow, Passage, SourceLanguage
from knowledge.run_counts import Counts
from knowledge.search import Hit, Mode, Query, search
from knowledge.search.frequencies import forget_frequencies
from knowledge.tasks import rewrite_words
from knowledge.transfer.lines import read_document, write_document
from knowledge.words.languages import known_languages, language_fault
from knowledge.writing import rewording
from knowledge.writing.languages import own_languages, set_source_language
from knowledge.writing.rewording import rewording_progress, rewrite_outdated
from providers.errors import ProviderInvalid
from providers.registry import create_provider, delete_provider, update_provider
from tests.conftest import Api
from tests.knowledge.conftest import bulk

pytestmark = pytest.mark.django_db

HAUS = {"id": "haus", "content": "Das alte Haus am Fluss", "language": "german"}
UNIVERSITY = {"id": "university", "content": "The university stands by the river"}


@pytest.fixture
def find(space: Space, now: datetime) -> Callable[..., list[Hit]]:
    def run(text: str, **options: Any) -> list[Hit]:
        forget_frequencies()
        return search(Query(text=text, **{"mode": Mode.KEYWORD, **options}), now=now, space=space).hits

    return run


@pytest.fixture
def ask(find: Callable[..., list[Hit]]) -> Callable[..., list[str]]:
    def run(text: str, **options: Any) -> list[str]:
        return [hit.document.key for hit in find(text, **options)]

    return run


def languages() -> dict[str, str]:
    return dict(FullTextRow.objects.values_list("document__key", "language"))


def test_each_document_is_found_by_the_endings_of_its_language(
    push: Callable[..., Counts], ask: Callable[..., list[str]]
) -> None:
    push(HAUS, UNIVERSITY)
    assert languages() == {"haus": "german", "university": "english"}
    assert ask("Häuser") == ["haus"]
    assert ask("universities") == ["university"]
    assert set(ask("universities Häuser")) == {"haus", "university"}


def test_without_a_language_an_english_store_does_not_find_it(
    push: Callable[..., Counts], ask: Callable[..., list[str]]
) -> None:
    push({"id": "haus", "content": HAUS["content"]}, UNIVERSITY)
    assert ask("Häuser") == []
    assert not SourceLanguage.objects.exists()


def test_a_stop_word_of_one_language_is_a_word_in_another(
    push: Callable[..., Counts], ask: Callable[..., list[str]]
) -> None:
    push(
        {"id": "dice", "content": "Each die has six sides"},
        {"id": "wuerfel", "content": "die sechs Seiten", "language": "german"},
    )
    assert ask("die") == ["dice"]
    assert ask("die", language="german") == []
    assert ask("die", language="english") == ["dice"]


def test_what_is_common_in_one_language_counts_little_beside_other_words(
    push: Callable[..., Counts], ask: Callable[..., list[str]]
) -> None:
    push(
        {"id": "band", "content": "Ein Konzert: The Beatles", "language": "german"},
        {"id": "campus", "content": "universities everywhere and one more hall of them"},
        *({"id": f"text {n}", "content": f"Text {n} von vielen", "language": "german"} for n in range(9)),
    )
    assert ask("the university") == ["campus", "band"]


def test_a_question_may_name_one_language(push: Callable[..., Counts], ask: Callable[..., list[str]]) -> None:
    push(HAUS, UNIVERSITY)
    assert ask("Häuser", language="german") == ["haus"]
    assert ask("Häuser", language="english") == []
    with pytest.raises(QueryInvalid, match="german"):
        ask("Häuser", language="germn")


def test_quotes_hold_in_every_language(push: Callable[..., Counts], ask: Callable[..., list[str]]) -> None:
    push(HAUS, {"id": "apart", "content": "Haus, ein altes", "language": "german"}, UNIVERSITY)
    assert ask('"alten Häuser"') == ["haus"]
    assert ask('"universities stand"') == ["university"]
    assert ask('"the river" universities') == ["university"]


def test_what_is_marked_is_of_the_documents_language(
    push: Callable[..., Counts], find: Callable[..., list[Hit]]
) -> None:
    push(HAUS, {"id": "news", "content": "universities and Haus and Häuser"})
    marked = {
        hit.document.key: [hit.document.content[first:last] for first, last in hit.highlights]
        for hit in find("Häuser university")
    }
    assert marked == {"haus": ["Haus"], "news": ["universities", "Haus", "Häuser"]}


def test_a_document_goes_before_its_source_and_that_before_the_settings(
    push: Callable[..., Counts], settings: Settings
) -> None:
    set_source_language("wiki", "german")
    push(
        "eins",
        {"id": "un", "content": "un", "language": "french"},
        {"id": "one", "content": "one", "source": "other"},
    )
    assert languages() == {"eins": "german", "un": "french", "one": "english"}


def test_a_changed_language_of_a_source_is_written_by_a_worker(
    push: Callable[..., Counts], ask: Callable[..., list[str]], now: datetime
) -> None:
    push({"id": "haus", "content": "Alte Häuser am Fluss"}, {**UNIVERSITY, "source": "other"})
    rewrite_words()
    assert rewording_progress().percent == 100
    set_source_language("wiki", "german")
    assert (ask("Haus"), rewording_progress().percent) == ([], 0)
    assert ask("Fluss") == ["haus"]
    rewrite_words()
    told = rewording_progress()
    assert (told.percent, told.written) == (100, 1)
    assert languages() == {"haus": "german", "university": "english"}
    assert (ask("Haus"), ask("universities")) == (["haus"], ["university"])
    set_source_language("wiki", "")
    assert ask("Haus") == ["haus"]
    rewrite_words()
    assert languages()["haus"] == "english"
    assert not SourceLanguage.objects.exists()


def test_a_changed_language_of_a_document_leaves_its_vectors(
    push: Callable[..., Counts], ask: Callable[..., list[str]]
) -> None:
    push({"id": "haus", "content": HAUS["content"]})
    before = set(Passage.objects.values_list("pk", flat=True))
    assert push(HAUS).updated == 1
    assert (languages(), ask("Häuser")) == ({"haus": "german"}, ["haus"])
    assert set(Passage.objects.values_list("pk", flat=True)) == before
    assert push(HAUS).unchanged == 1
    assert push({**HAUS, "language": ""}).updated == 1
    assert languages() == {"haus": "english"}


def test_another_default_is_found_while_a_worker_is_at_it(
    push: Callable[..., Counts],
    ask: Callable[..., list[str]],
    settings: Settings,
    now: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(rewording, "STRIDE", 1)
    push(HAUS, {"id": "named", "content": "Two universities", "language": "english"}, UNIVERSITY)
    rewrite_words()
    settings.SEARCH_LANGUAGE = "german"
    rewrite_outdated(now=now, within_s=0)
    assert set(ask("universities")) == {"named", "university"}
    rewrite_words()
    assert languages() == {"university": "german", "named": "english", "haus": "german"}
    assert set(SourceLanguage.objects.values_list("source", "language")) == {("wiki", "english"), ("wiki", "german")}


def test_unknown_languages_are_refused_and_the_nearest_named(push: Callable[..., Counts], provider: Api) -> None:
    assert {"simple", "english", "german", "tamil"} <= known_languages()
    assert known_languages() >= set(LANGUAGES)
    assert language_fault("german") == ""
    assert language_fault("de").endswith("the nearest: german")
    with pytest.raises(DocumentsRefused) as refused:
        push("plain", {**HAUS, "language": "germa"})
    assert refused.value.extra["errors"][0]["index"] == 1
    assert Document.objects.count() == 0
    told = provider("post", "/api/v1/knowledge/bulk-upsert", bulk({**HAUS, "language": "klingon"}))
    assert told.status_code == 422
    assert "nearest: " in told.json()["errors"][0]["reason"]
    assert provider("post", "/api/v1/knowledge/upsert", {**HAUS, "language": "no such/one"}).status_code == 422


def test_answers_tell_it(provider: Api, analyzer: Api) -> None:
    provider("post", "/api/v1/knowledge/bulk-upsert", bulk(HAUS, UNIVERSITY))
    asked = {"text": "Häuser am Fluss", "mode": "keyword", "language": "German"}
    [found] = analyzer("post", "/api/v1/knowledge/query", asked).json()["documents"]
    assert (found["id"], found["language"]) == ("haus", "german")
    assert analyzer("get", "/api/v1/knowledge/documents/university").json()["language"] is None
    assert analyzer("post", "/api/v1/knowledge/query", {"text": "a", "language": "germn"}).status_code == 422


def test_an_archive_carries_it(push: Callable[..., Counts]) -> None:
    push(HAUS, UNIVERSITY)
    lines = [write_document(each, None) for each in Document.objects.order_by("key")]
    assert [read_document(line, dimensions=0).item.language for line in lines] == ["german", ""]


def test_a_providers_language_is_its_sources(push: Callable[..., Counts], now: datetime) -> None:
    create_provider("wiki", now=now, url="http://wiki:8100", language="German")
    push("Haus")
    assert languages() == {"Haus": "german"}
    with pytest.raises(ProviderInvalid, match="the nearest: german"):
        update_provider("wiki", now=now, language="de")
    update_provider("wiki", now=now, language="french")
    rewrite_words()
    assert languages() == {"Haus": "french"}
    delete_provider("wiki", now=now)
    assert own_languages(["wiki"]) == {"wiki": "french"}


def test_a_collections_language_is_its_sources(push: Callable[..., Counts], now: datetime) -> None:
    made = create_collection("wiki", now=now, metadata={"search_language": "german"})
    push("Haus")
    assert languages() == {"Haus": "german"}
    update_collection(made, now=now, metadata={})
    assert own_languages(["wiki"]) == {}
    with pytest.raises(FileRefused, match="search_language is no language"):
        update_collection(made, now=now, metadata={"search_language": "klingon"})


def test_a_language_that_only_another_server_has_leaves_words_as_they_are(
    push: Callable[..., Counts], ask: Callable[..., list[str]]
) -> None:
    """As in a database that was brought here from elsewhere."""
    push(HAUS, UNIVERSITY)
    for model in (Document, FullTextRow, SourceLanguage):
        model.objects.filter(language="german").update(language="klingon'")
    assert ask("Haus") == ["haus"]
    assert ask("universities") == ["university"]
