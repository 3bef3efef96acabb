"""A passage of which the model would read less than two fifths is cut into more, wherever it comes from."""

import random
from collections.abc import Callable, Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.chunking import Span, split_by_tokens, split_passages
from knowledge.embedding import passages
from knowledge.embedding.backfill import plan_passages
from knowledge.embedding.embedders import ReadingWindow, window_for
from knowledge.embedding.embedders.minilm_names import NAMES
from knowledge.embedding.embedders.minilm_tokens import READ_TOKENS
from knowledge.embedding.passages import spans_of
from knowledge.embedding.vector_space import Space
from knowledge.models import EmbeddingModel, Passage
from knowledge.run_counts import Counts
from tests.embedding import HashingEmbedder

CHANCE = random.Random(4)
PROSE = "The committee met on Tuesday to discuss the annual budget and its consequences for regional offices. " * 20


def numbers(base: str, count: int) -> str:
    return " ".join(format(CHANCE.randrange(16**8), base) for _ in range(count))


DENSE = {
    "numbers": numbers("d", 200)[:1732],
    "hex dump": " ".join(f"{CHANCE.randrange(256):02x}" for _ in range(600)),
    "ids": " ".join("".join(CHANCE.choices("ABCDefgh0123456789+/", k=22)) for _ in range(80)),
    "Chinese": "知識的倉庫是一個很好的地方" * 140,
    "Japanese": "これはとても長い文章です。" * 140,
    "Tamil": "இது மிகவும் நீளமான ஒரு வாக்கியம் " * 58,
    "code": "for (int i = 0; i < n; ++i) { a[i] = b[i] * c[i] + d->e[i]; }\n" * 30,
    "table": "| 12.5 | 2024-01-02 | 7,345.10 | -0.23 |\n" * 45,
    "punctuation": "." * 1800,
}


def model(name: str = NAMES[0], **window: int) -> EmbeddingModel:
    return EmbeddingModel(name=name, **window)


def tokens(text: str) -> int:
    from django.conf import settings

    window = window_for(NAMES[0], settings)
    assert window is not None
    return len(window.ends(text))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("kind", DENSE)
def test_the_model_reads_all_of_a_dense_text(kind: str, name: str) -> None:
    text = DENSE[kind]
    assert len(text) < 2000
    spans = spans_of(text, model=model(name))
    assert len(spans) > 1
    assert all(tokens(text[span.start : span.end]) <= READ_TOKENS for span in spans)
    held = {at for span in spans for at in range(span.start, span.end)}
    assert all(at in held or char.isspace() for at, char in enumerate(text))
    for before, after in pairwise(spans):
        assert before.start < after.start
        assert before.end < after.end


@pytest.mark.parametrize("text", [PROSE, PROSE[:500], "x" * 2000, "ภาษาไทย" * 200, "12 " * 40])
def test_other_texts_stay_as_they_were(text: str) -> None:
    assert spans_of(text, model=model()) == split_passages(text)


def test_only_what_is_dense_of_a_text_is_cut() -> None:
    text = PROSE + "\n" + DENSE["numbers"] + " " + PROSE
    whole, cut = split_passages(text), spans_of(text, model=model())
    assert whole[0] in cut
    assert whole[-1] in cut
    assert len(cut) > len(whole)


def test_a_script_of_several_tokens_a_character_costs_about_eight_passages() -> None:
    text = "지식의 창고는 매우 좋은 장소입니다 " * 100
    assert len(spans_of(text.strip(), model=model())) in (8, 9)


def test_a_model_that_takes_any_text_or_that_nobody_knows_gets_passages_as_they_are() -> None:
    for name in ("ollama:bge-m3", "test:hashing", "gone"):
        assert spans_of(DENSE["numbers"], model=model(name)) == [Span(0, len(DENSE["numbers"].rstrip()))]


@given(
    st.text(alphabet="ab1 \n\u3042", min_size=1, max_size=300).filter(str.strip),
    st.integers(1, 40),
    st.lists(st.integers(0, 3), min_size=300, max_size=300),
    st.floats(0, 0.99),
)
def test_windows_of_tokens_hold_all_text_in_order(content: str, most: int, each: list[int], shared: float) -> None:
    """Whatever tokens are: of no character, of several, or several of one."""
    ends = [at + 1 for at, count in enumerate(each[: len(content)]) for _ in range(count)]
    [*whole] = split_passages(content)
    spans = split_by_tokens(content, whole[0], ends=ends, most=most, overlap=int(most * shared))
    held = {at for span in spans for at in range(span.start, span.end)}
    assert all(at in held or char.isspace() for at, char in enumerate(content))
    for before, after in pairwise(spans):
        assert before.start < after.start
        assert before.end < after.end


@pytest.mark.parametrize(("most", "overlap"), [(10, 10), (10, -1), (0, 0)])
def test_an_overlap_of_tokens_that_makes_no_progress_is_refused(most: int, overlap: int) -> None:
    with pytest.raises(ValueError, match="overlap"):
        split_by_tokens("text", Span(0, 4), ends=[4], most=most, overlap=overlap)


# --- in the store -----------------------------------------------------------------------------------------------------


@pytest.fixture
def short_sighted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every model of the tests reads 100 digits of a text; the texts whose digits were counted."""
    counted: list[str] = []

    def ends(text: str) -> Sequence[int]:
        counted.append(text)
        return [at + 1 for at, char in enumerate(text) if char.isdigit()]

    monkeypatch.setattr(passages, "_windows", {})
    monkeypatch.setattr(passages, "_known_cuts", {})
    monkeypatch.setattr(passages, "window_for", lambda *_: ReadingWindow(tokens=100, ends=ends))
    return counted


def stored(**of: Any) -> list[tuple[int, int, int]]:
    return list(Passage.objects.filter(**of).order_by("ordinal").values_list("ordinal", "start", "end"))


@pytest.mark.django_db
def test_a_dense_text_is_stored_embedded_and_pushed_again_unchanged(
    push: Callable[..., Counts], embedder: HashingEmbedder, short_sighted: list[str]
) -> None:
    dense = numbers("d", 60)
    assert push({"id": "a", "content": dense}) == Counts(created=1)
    made = stored()
    assert len(made) > 1
    assert short_sighted == [dense.strip()]  # once, before the transaction
    assert not Passage.objects.waiting().exists()
    short_sighted.clear()
    embedder.embedded.clear()
    assert push({"id": "a", "content": dense}) == Counts(unchanged=1)
    assert push({"id": "a", "content": dense, "tags": ["new"]}) == Counts(updated=1)
    assert (short_sighted, embedder.embedded, stored()) == ([], [], made)


@pytest.mark.django_db
def test_another_model_gets_the_same_passages_from_what_was_stored_as_from_a_push(
    push: Callable[..., Counts], space: Space, now: datetime, short_sighted: list[str]
) -> None:
    push({"id": "before", "content": numbers("d", 60)})
    second = EmbeddingModel.objects.create(
        name="test:wider", dimensions=96, state=EmbeddingModel.State.BUILDING, created_at=now, planned_to=0
    )
    while plan_passages(second, now=now):
        pass
    assert stored(model=second) == stored(model=space.model)
