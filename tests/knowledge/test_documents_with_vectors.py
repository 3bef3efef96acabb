"""Documents that bring their own vectors: found by these, told from others, and shared with nobody."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from knowledge.browsing.vectors import read_vectors
from knowledge.deleting.trash import delete_document, restore_rows
from knowledge.embedding.model_change import activate_model, add_model, build_model
from knowledge.embedding.pending import embed_pending
from knowledge.embedding.vector_space import Space, active_space
from knowledge.errors import DocumentsRefused
from knowledge.models import Change, Document, FullTextRow, Passage
from knowledge.run_counts import Counts
from knowledge.search.query import Answer, Mode
from tests.conftest import Api
from tests.embedding import HashingEmbedder
from tests.knowledge.conftest import BASE, bulk
from tests.knowledge.models_in_use import FIRST, SECOND

pytestmark = pytest.mark.django_db

Push = Callable[..., Counts]
Ask = Callable[..., Answer]
TEXT = "bread is baked in ovens"


@pytest.fixture
def vector_of(embedder: HashingEmbedder) -> Callable[[str], list[float]]:
    return lambda text: [float(each) for each in embedder.embed([text])[0]]


Vector = Callable[[str], list[float]]


def own(*vectors: list[float]) -> list[dict[str, Any]]:
    return [{"vector": vector} for vector in vectors]


def found(answer: Answer) -> list[tuple[str, float]]:
    return [(hit.document.key, round(hit.score, 2)) for hit in answer.hits]


def test_a_document_is_found_by_the_vector_that_it_brings(
    push: Push, ask: Ask, vector_of: Vector, embedder: HashingEmbedder
) -> None:
    apples = vector_of("red apples")
    embedder.embedded.clear()
    counts = push({"id": "1", "content": TEXT, "vectors": own([each * 1e6 for each in apples])})
    assert (counts.created, counts.pending, embedder.embedded) == (1, 0, [])
    assert found(ask("red apples")) == [("1", 1.0)]
    assert found(ask("bread", mode=Mode.KEYWORD))[0][0] == "1"
    assert found(ask(TEXT, min_score=0.9)) == []


def test_each_vector_is_of_its_part_of_the_text(push: Push, ask: Ask, vector_of: Vector) -> None:
    content = "First come the apples. 🍎 Then comes the bread."
    parts = [
        {"vector": vector_of("ovens"), "start": 24, "end": len(content)},
        {"vector": vector_of("red apples"), "end": 22},
    ]
    push({"id": "1", "content": content, "vectors": parts})
    [hit] = ask("ovens").hits
    assert (hit.ordinal, hit.start, hit.end, hit.passages) == (1, 24, len(content), 2)
    assert ask("red apples").hits[0].ordinal == 0


def test_nobody_shares_a_vector_that_was_brought(
    push: Push, ask: Ask, vector_of: Vector, embedder: HashingEmbedder
) -> None:
    push({"id": "theirs", "content": TEXT, "vectors": own(vector_of("red apples")), "source": "hr"})
    embedder.embedded.clear()
    push({"id": "ours", "content": TEXT})
    assert embedder.embedded == [TEXT]
    push({"id": "later", "content": TEXT}, budget_s=0)
    assert sorted(found(ask(TEXT, min_score=0.9))) == [("later", 1.0), ("ours", 1.0)]
    assert found(ask("red apples", top_k=1)) == [("theirs", 1.0)]


def test_the_same_vectors_change_nothing_and_others_do(push: Push, ask: Ask, vector_of: Vector) -> None:
    first = {"id": "1", "content": TEXT, "vectors": own(vector_of("red apples"))}
    push(first)
    words = list(FullTextRow.objects.values_list("lexemes", flat=True))
    assert push(first).unchanged == 1
    assert push({**first, "tags": ["new"]}).updated == 1
    assert found(ask("red apples")) == [("1", 1.0)]
    assert push({**first, "vectors": own(vector_of("green pears"))}).updated == 1
    assert found(ask("green pears")) == [("1", 1.0)]
    assert list(FullTextRow.objects.values_list("lexemes", flat=True)) == words
    assert Passage.objects.count() == 1
    assert set(Change.objects.values_list("before", flat=True)) == {None}


def test_pushed_without_them_it_is_embedded_here_again(
    push: Push, ask: Ask, vector_of: Vector, embedder: HashingEmbedder
) -> None:
    push({"id": "1", "content": TEXT, "vectors": own(vector_of("red apples"))})
    embedder.embedded.clear()
    assert push({"id": "1", "content": TEXT}).updated == 1
    assert embedder.embedded == [TEXT]
    assert found(ask(TEXT)) == [("1", 1.0)]
    assert push({"id": "1", "content": TEXT, "vectors": []}).unchanged == 1
    assert push({"id": "1", "content": TEXT, "vectors": own(vector_of("red apples"))}).updated == 1
    assert push({"id": "1", "content": "another text"}).updated == 1
    assert found(ask("another text")) == [("1", 1.0)]


def test_they_come_back_from_the_trash_with_their_document(
    push: Push, ask: Ask, vector_of: Vector, now: datetime, embedder: HashingEmbedder
) -> None:
    item = {"id": "1", "content": TEXT, "vectors": own(vector_of("red apples"))}
    push(item)
    delete_document("1", source="wiki", now=now, actor="test")
    restore_rows([Document.objects.get().pk], now=now, actor="test")
    assert found(ask("red apples")) == [("1", 1.0)]
    assert push(item).unchanged == 1
    delete_document("1", source="wiki", now=now, actor="test")
    embedder.embedded.clear()
    assert push({"id": "1", "content": TEXT}).created == 1
    assert embedder.embedded == [TEXT]


def test_no_embedder_is_needed_for_them(provider: Api, vector_of: Vector, embedder: HashingEmbedder) -> None:
    vector = vector_of("red apples")
    assert provider("post", f"{BASE}/upsert", {"id": "0", "content": "of the first use"}).status_code == 200
    embedder.available = False
    response = provider("post", f"{BASE}/bulk-upsert", bulk({"id": "1", "content": TEXT, "vectors": own(vector)}))
    assert (response.status_code, response.json()["pending"]) == (200, 0)


@pytest.mark.parametrize(
    ("changed", "field", "told"),
    [
        ({"vectors": own([1.0, 2.0])}, "vectors.0.vector", "has 2 dimensions; those of 'test:hashing' have 64"),
        ({"vectors": own([0.0] * 64)}, "vectors.0.vector", "zeros"),
        ({"vectors": [{"vector": [1.0] * 64, "end": 24}]}, "vectors.0", "0 to 24"),
        ({"vectors": [{"vector": [1.0] * 64, "start": 23}]}, "vectors.0", "no part"),
        ({"vectors": [{"vector": [1.0] * 64, "start": 5, "end": 5}]}, "vectors.0", "no part"),
        (
            {"vectors": own([1.0] * 64), "embedding_model": "other:m"},
            "embedding_model",
            "'other:m'; the store's is 'te",
        ),
    ],
)
def test_what_the_model_cannot_have_made_is_422_and_nothing_is_stored(
    provider: Api, changed: dict[str, Any], field: str, told: str
) -> None:
    documents = bulk({"id": "0", "content": "fine"}, {"id": "1", "content": TEXT, **changed})
    response = provider("post", f"{BASE}/bulk-upsert", documents)
    assert (response.status_code, response.json()["code"]) == (422, "invalid_documents")
    [error] = response.json()["errors"]
    assert (error["index"], error["id"], error["field"]) == (1, "1", field)
    assert told in error["reason"]
    assert told in response.json()["detail"]
    assert not Document.objects.exists()


@pytest.mark.parametrize(
    "vectors",
    [
        '[{"vector": [NaN]}]',
        '[{"vector": [1e999]}]',
        '[{"vector": []}]',
        '[{"vector": ["a"]}]',
        '[{"vector": null}]',
        '[{"vectors": [1.0]}]',
        '[{"vector": [1.0], "start": -1}]',
        "[[1.0]]",
        "{}",
        "[" + '{"vector": [1.0]},' * 1_000 + '{"vector": [1.0]}]',
        '[{"vector": [' + "1," * 16_000 + "1]}]",
    ],
)
def test_what_is_no_vector_is_422(provider: Api, vectors: str) -> None:
    response = provider("post", f"{BASE}/upsert", f'{{"id": "1", "content": "x", "vectors": {vectors}}}')
    assert (response.status_code, response.json()["code"]) == (422, "invalid_request")
    assert response.json()["errors"][0]["field"].startswith("vectors")
    assert not Document.objects.exists()


def test_a_lone_vector_is_told_the_name_of_the_list(provider: Api) -> None:
    response = provider("post", f"{BASE}/upsert", {"id": "1", "content": "x", "vector": [1.0] * 64})
    assert response.status_code == 422
    assert "`vectors`" in response.text


def test_very_large_and_very_small_numbers_are_no_other_vector(push: Push, vector_of: Vector) -> None:
    vector = vector_of("red apples")
    push({"id": "1", "content": TEXT, "vectors": own(vector)})
    for factor in (1e-300, 1e300):
        scaled = own([each * factor for each in vector])
        assert push({"id": "1", "content": TEXT, "vectors": scaled}).unchanged == 1


@pytest.mark.django_db(transaction=True)
def test_a_change_of_model_embeds_the_text_and_going_back_finds_the_vectors(
    push: Push, ask: Ask, vector_of: Vector, wider: HashingEmbedder, now: datetime
) -> None:
    item = {"id": "1", "content": TEXT, "vectors": own(vector_of("red apples")), "embedding_model": FIRST}
    push(item)
    add_model(SECOND, now=now)
    push({"id": "2", "content": "while it is built", "vectors": own(vector_of("green pears"))})
    build_model(SECOND, clock=lambda: now, rest=lambda: None)
    assert sorted(wider.embedded) == [TEXT, "while it is built"]
    activate_model(SECOND)
    second = active_space(now=now)
    with pytest.raises(DocumentsRefused, match=f"{FIRST}.*{SECOND}"):
        push(item, space=second)
    with pytest.raises(DocumentsRefused, match=r"64 dimensions.*96"):
        push({**item, "embedding_model": ""}, space=second)
    [brought] = wider.embed(["red apples"])
    again = {**item, "vectors": own([float(each) for each in brought]), "embedding_model": SECOND}
    assert (push(again, space=second).updated, push(again, space=second).unchanged) == (1, 1)
    activate_model(FIRST, force=True)
    embed_pending(now=now)
    assert found(ask("green pears", top_k=1)) == [("2", 1.0)]


def archive(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_bytes().splitlines()[1:]]


@pytest.mark.django_db(transaction=True)
def test_an_archive_keeps_whose_vectors_they_are(
    push: Push, ask: Ask, vector_of: Vector, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    item = {"id": "1", "content": TEXT, "vectors": own(vector_of("red apples"))}
    push(item, {"id": "2", "content": TEXT})
    first, second = tmp_path / "first.jsonl", tmp_path / "second.jsonl"
    call_command("export", "--vectors", "--output", str(first))
    assert ["own_vectors" in line for line in archive(first)] == [True, False]
    call_command("import", str(first))
    assert "2 unchanged" in capsys.readouterr().out
    Document.objects.all().delete()
    call_command("import", str(first))
    call_command("export", "--vectors", "--output", str(second))
    assert first.read_bytes() == second.read_bytes()
    assert found(ask("red apples", top_k=1)) == [("1", 1.0)]
    assert push(item).unchanged == 1


@pytest.mark.django_db(transaction=True)
def test_an_archive_of_another_model_does_not_call_the_vectors_of_that_their_own(
    push: Push, vector_of: Vector, wider: HashingEmbedder, now: datetime, tmp_path: Path
) -> None:
    push({"id": "1", "content": TEXT, "vectors": own(vector_of("red apples"))})
    add_model(SECOND, now=now)
    build_model(SECOND, clock=lambda: now, rest=lambda: None)
    activate_model(SECOND)
    call_command("export", "--vectors", "--output", str(tmp_path / "a.jsonl"))
    [line] = archive(tmp_path / "a.jsonl")
    assert len(line["passages"]) == 1
    assert "own_vectors" not in line


def test_vectors_are_given_where_they_are_asked_for(
    push: Push, analyzer: Api, vector_of: Vector, embedder: HashingEmbedder
) -> None:
    vector = vector_of("red apples")
    push({"id": "1", "content": TEXT, "vectors": own([each * 3 for each in vector])}, {"id": "2", "content": TEXT})
    push({"id": "3", "content": "waits"}, budget_s=0)
    answer = analyzer("post", f"{BASE}/documents/get", {"ids": ["1", "2", "3"], "include_vectors": True}).json()
    assert answer["embedding_model"] == embedder.name
    [[first], [second], none] = [each["vectors"] for each in answer["documents"]]
    assert first["vector"] == pytest.approx(vector, abs=1e-3)
    assert second["vector"] == pytest.approx(vector_of(TEXT), abs=1e-3)
    assert (first["start"], first["end"], none) == (0, len(TEXT), [])
    plain = analyzer("post", f"{BASE}/documents/get", {"ids": ["1"]}).json()
    assert (plain["documents"][0]["vectors"], plain["embedding_model"]) == (None, None)


def test_vectors_of_another_text_than_was_read_are_not_given(
    push: Push, space: Space, vector_of: Vector, now: datetime
) -> None:
    push({"id": "1", "content": "short", "vectors": own(vector_of("short"))})
    read = Document.objects.get(key="1")
    assert len(read_vectors([read], model=space.model)[read.pk]) == 1
    push(
        {"id": "1", "content": "much longer than it was", "vectors": own(vector_of("longer"))},
        at=now + timedelta(seconds=1),
    )
    assert read_vectors([read], model=space.model)[read.pk] == []


def test_more_vectors_than_an_answer_holds_are_422(
    push: Push, analyzer: Api, monkeypatch: pytest.MonkeyPatch, vector_of: Vector
) -> None:
    monkeypatch.setattr("knowledge.browsing.vectors.MOST_NUMBERS", 2 * 64)
    push(*({"id": str(each), "content": TEXT, "vectors": own(vector_of("x"))} for each in range(3)))
    for ids, status in ((["0", "1"], 200), (["0", "1", "2"], 422)):
        response = analyzer("post", f"{BASE}/documents/get", {"ids": ids, "include_vectors": True})
        assert response.status_code == status
    assert "more than 2 vectors" in response.json()["detail"]
