"""Another embedding model, while the store serves: built beside, switched at once, taken back, dropped."""

from collections.abc import Callable
from datetime import datetime

import pytest
from pytest_django import Settings

from knowledge import checks
from knowledge.deleting.trash import restore_rows
from knowledge.embedding import backfill, model_change, vector_space
from knowledge.embedding.embedders.base import EmbedderUnavailable
from knowledge.embedding.model_change import ModelRefused, ModelUnfinished, add_model, progress_of
from knowledge.embedding.pending import embed_pending
from knowledge.embedding.vector_space import Space, active_model, active_space
from knowledge.models import EmbeddingModel, Passage
from knowledge.run_counts import Counts
from providers.system.readiness import ReadinessRow, readiness
from tests.embedding import HashingEmbedder
from tests.knowledge.models_in_use import FIRST, SECOND, ask, build, switch, vectors

pytestmark = pytest.mark.django_db


def test_what_was_stored_before_gets_passages_of_the_new_model(
    push: Callable[..., Counts], wider: HashingEmbedder, now: datetime
) -> None:
    push("apples are red", "bread is baked")
    add_model(SECOND, now=now)
    build()
    assert vectors(SECOND) == vectors(FIRST) == 2
    assert sorted(wider.embedded) == ["apples are red", "bread is baked"]


def test_workers_build_a_model_while_the_active_one_has_nothing_waiting(
    push: Callable[..., Counts], wider: HashingEmbedder, now: datetime, embedder: HashingEmbedder
) -> None:
    push("one", "two", "three")
    add_model(SECOND, now=now)
    push("four", budget_s=0)
    assert embed_pending(now=now) == 1
    assert wider.embedded == []
    assert embed_pending(now=now) == 4
    assert sorted(wider.embedded) == ["four", "one", "three", "two"]
    assert not progress_of(EmbeddingModel.objects.get(name=SECOND)).missing


def test_a_new_backend_builds_while_the_old_one_is_away(
    push: Callable[..., Counts], wider: HashingEmbedder, now: datetime, embedder: HashingEmbedder
) -> None:
    push("one")
    add_model(SECOND, now=now)
    push("two", budget_s=0)
    embedder.available = False
    assert embed_pending(now=now) == 2
    with pytest.raises(EmbedderUnavailable):
        embed_pending(now=now)


def test_the_walk_goes_in_strides_and_meets_every_document_once(
    push: Callable[..., Counts], wider: HashingEmbedder, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backfill, "STRIDE", 3)
    push(*(f"text {n}" for n in range(10)))
    model = add_model(SECOND, now=now)
    strides = []
    while planned := backfill.plan_passages(model, now=now):
        strides.append(planned)
    assert strides == [3, 3, 3, 1]
    assert Passage.objects.filter(model=model).count() == 10
    assert model.planned_to is None


def test_pushes_write_passages_of_a_building_model_and_never_wait_for_it(
    push: Callable[..., Counts], wider: HashingEmbedder, now: datetime
) -> None:
    push("old text")
    add_model(SECOND, now=now)
    wider.available = False
    counts = push("new text", {"id": "old text", "content": "changed text"})
    assert (counts.created, counts.updated, counts.pending) == (1, 1, 0)
    assert Passage.objects.filter(model__name=SECOND).count() == 2
    assert vectors(SECOND) == 0


def test_a_model_may_have_a_window_of_its_own(
    push: Callable[..., Counts], wider: HashingEmbedder, now: datetime
) -> None:
    push({"id": "long", "content": "word " * 400})
    add_model(SECOND, now=now, passage_chars=200, passage_overlap=20)
    build()
    push({"id": "later", "content": "text " * 400})
    counts = [Passage.objects.filter(model__name=name, document__key="later").count() for name in (FIRST, SECOND)]
    assert counts[0] == 1
    assert counts[1] > 9
    assert Passage.objects.filter(model__name=SECOND, document__key="long").count() == counts[1]


def test_equal_texts_are_embedded_once_for_a_new_model_too(
    push: Callable[..., Counts], wider: HashingEmbedder, now: datetime
) -> None:
    push(*({"id": str(n), "content": "the same boilerplate"} for n in range(5)))
    add_model(SECOND, now=now)
    build()
    assert wider.embedded == ["the same boilerplate"]


def test_an_unfinished_model_is_not_switched_to(
    push: Callable[..., Counts], wider: HashingEmbedder, now: datetime
) -> None:
    push("one", "two")
    model = add_model(SECOND, now=now)
    with pytest.raises(ModelUnfinished, match="still lacks 2 passages"):
        model_change._check_whole(model)
    build()
    model_change._check_whole(EmbeddingModel.objects.get(name=SECOND))


def test_a_refused_text_does_not_hold_up_the_switch(
    push: Callable[..., Counts], wider: HashingEmbedder, now: datetime, embedder: HashingEmbedder
) -> None:
    embedder.refused_marker = None
    push("bad ☠ text", "good text")
    add_model(SECOND, now=now)
    build()
    progress = progress_of(EmbeddingModel.objects.get(name=SECOND))
    assert (progress.missing, progress.quarantined) == (0, 1)


def test_queries_find_the_same_documents_after_the_switch(
    push: Callable[..., Counts], wider: HashingEmbedder, now: datetime
) -> None:
    push("apples are red", "bread is baked")
    add_model(SECOND, now=now)
    build()
    before = ask("red apples", now)
    switch(SECOND)
    assert active_model().name == SECOND
    assert ask("red apples", now) == before == ["apples are red", "bread is baked"]
    assert EmbeddingModel.objects.get(name=FIRST).state == "retired"


def test_a_push_that_began_before_the_switch_writes_for_the_models_of_its_end(
    push: Callable[..., Counts], wider: HashingEmbedder, now: datetime, space: Space
) -> None:
    add_model(SECOND, now=now)
    switch(SECOND)
    assert push("late text").pending == 1  # embedded for the model that is retired by now
    embed_pending(now=now)
    assert ask("late text", now) == ["late text"]


def test_the_way_back_embeds_only_what_has_changed(
    push: Callable[..., Counts], wider: HashingEmbedder, now: datetime, embedder: HashingEmbedder
) -> None:
    push("apples are red", "bread is baked", "corn is yellow")
    add_model(SECOND, now=now)
    build()
    switch(SECOND)
    second_space = active_space(now=now)
    push({"id": "bread is baked", "content": "bread is brown"}, "dates are sweet", space=second_space)
    embedder.embedded.clear()
    add_model(FIRST, now=now)
    build(FIRST)
    assert sorted(embedder.embedded) == ["bread is brown", "dates are sweet"]
    switch(FIRST)
    assert ask("brown bread", now, top_k=1) == ["bread is baked"]


def test_a_forced_switch_is_made_up_for_by_workers(
    push: Callable[..., Counts], wider: HashingEmbedder, now: datetime
) -> None:
    push("apples are red")
    add_model(SECOND, now=now)
    switch(SECOND)
    assert ask("apples", now) == []
    embed_pending(now=now)
    assert ask("apples", now) == ["apples are red"]


def test_a_document_from_the_trash_is_found_under_the_new_model(
    push: Callable[..., Counts], wider: HashingEmbedder, now: datetime
) -> None:
    push("apples are red", "bread is baked")
    push("bread is baked", whole_set_of="wiki")
    add_model(SECOND, now=now)
    build()
    switch(SECOND)
    gone = Passage.objects.filter(document__deleted_at__isnull=False).values_list("document", flat=True)
    restore_rows(list(set(gone)), now=now, actor="test")
    assert ask("apples", now, top_k=1) == ["apples are red"]


def test_a_registered_name_keeps_its_width(push: Callable[..., Counts], wider: HashingEmbedder, now: datetime) -> None:
    push("one")
    add_model(SECOND, now=now)
    assert add_model(SECOND, now=now).state == "building"
    wider.dimensions = 128
    with pytest.raises(ModelRefused, match="registered with 96 dimensions; its backend now answers 128"):
        add_model(SECOND, now=now)
    with pytest.raises(ModelRefused, match="active model already"):
        add_model(FIRST, now=now)


@pytest.mark.parametrize("name", ["nothing", "test:unknown"])
def test_a_name_that_nobody_registered_is_refused_with_those_that_are(
    push: Callable[..., Counts], wider: HashingEmbedder, now: datetime, name: str
) -> None:
    push("one")
    with pytest.raises(ModelRefused, match=FIRST):
        model_change.named_model(name)


def test_readiness_names_the_commands_of_the_change(
    push: Callable[..., Counts],
    wider: HashingEmbedder,
    now: datetime,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(checks, "embedder_named", vector_space.embedder_named)
    push("one")
    settings.EMBEDDING_MODEL = SECOND
    assert f"embedding_model add {SECOND}" in mismatch(now).fix
    add_model(SECOND, now=now)
    assert "is being built" in mismatch(now).fix
    switch(SECOND)
    assert mismatch(now) is None


def mismatch(now: datetime) -> ReadinessRow | None:
    return next((row for row in readiness(now=now) if row.name == "embedding model"), None)
