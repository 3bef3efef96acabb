"""What is asked of every embedder's answer, and how many texts are embedded within a time."""

import math
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from knowledge.embedding.embedders import embedder_for
from knowledge.embedding.embedders.base import (
    EmbedderMisconfigured,
    EmbedderTimeout,
    EmbedderUnavailable,
    EmbeddingRefused,
    Vector,
    checked,
    refuse_lone_surrogates,
    tell_every_text,
)
from knowledge.embedding.embedders.within import Pace, embed_within
from tests.embedding import HashingEmbedder

NOWHERE = SimpleNamespace(OLLAMA_URL="", OPENAI_BASE_URL="", OPENAI_API_KEY="", EMBED_KEEP_ALIVE="24h")


class TimedEmbedder(HashingEmbedder):
    """Time passes only by embedding: so much a call, so much a character."""

    def __init__(self, *, call_s: float = 0.0, char_s: float = 0.0) -> None:
        super().__init__()
        self.now = 100.0
        self.call_s, self.char_s = call_s, char_s
        self.batches: list[list[str]] = []

    def clock(self) -> float:
        return self.now

    def embed(self, texts: Sequence[str], *, timeout_s: float | None = None) -> list[Vector]:
        self.batches.append(list(texts))
        spent = self.call_s + self.char_s * sum(map(len, texts))
        if timeout_s is not None and spent > timeout_s:
            self.now += timeout_s
            raise EmbedderTimeout("too slow")
        self.now += spent
        return super().embed(texts)


# --- names ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        "local:all-MiniLM-L6-v2",
        "local:all-MiniLM-L6-v2-int8",
        "ollama:bge-m3",
        "ollama:bge-m3:567m",
        "openai:some/model",
    ],
)
def test_a_full_name_finds_its_backend(name: str) -> None:
    assert embedder_for(name, NOWHERE).name == name


@pytest.mark.parametrize("name", ["", "bge-m3", "ollama:", "local:bge-m3", "cloud:model"])
def test_a_name_that_no_backend_has_is_a_sentence(name: str) -> None:
    with pytest.raises(EmbedderMisconfigured, match="There is no embedding model named"):
        embedder_for(name, NOWHERE)


# --- checking ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (None, "no list of vectors for 1 text"),
        ({"a": 1}, "no list of vectors"),
        ([], "0 vectors for 1 text"),
        ([[1.0, 0.0], [1.0, 0.0]], "2 vectors for 1 text"),
        ([[1.0, 0.0, 0.0]], "3 dimensions; the model has 2"),
        ([[]], "0 dimensions; the model has 2"),
        ([[[1.0, 0.0]]], "1x2 dimensions"),
        ([5.0], "no dimensions"),
        ([[1.0, math.nan]], "NaN or infinite"),
        ([[1.0, -math.inf]], "NaN or infinite"),
        ([[1.0, None]], "NaN or infinite"),
        ([[0.0, -0.0]], "zero vector"),
        ([["x", 1.0]], "no list of numbers"),
        ([[{}, 1.0]], "no list of numbers"),
        ([[[1.0], 1.0]], "no list of numbers"),
        ([[10**400, 1.0]], "no list of numbers"),
        ([None], "no dimensions"),
    ],
)
def test_an_answer_that_is_no_vector_is_refused(answer: Any, reason: str) -> None:
    with pytest.raises(EmbeddingRefused, match=reason):
        checked(answer, count=1, dimensions=2)


def test_vectors_of_one_answer_have_the_same_dimensions() -> None:
    with pytest.raises(EmbeddingRefused, match="3 dimensions; the model has 2"):
        checked([[1.0, 0.0], [1.0, 0.0, 0.0]], count=2, dimensions=None)


@pytest.mark.parametrize("answer", [[3.0, -4.0], [3e300, -4e300], [3e-300, -4e-300], [3, -4]])
def test_vectors_come_back_with_length_one(answer: list[float] | list[int]) -> None:
    [vector] = checked([answer], count=1, dimensions=2)
    assert vector.dtype == np.float32
    assert vector == pytest.approx([0.6, -0.8])


def test_a_lone_surrogate_is_refused_with_its_place() -> None:
    refuse_lone_surrogates(["", "a \U0001f600 b"])
    with pytest.raises(EmbeddingRefused, match="lone surrogate at character 1"):
        refuse_lone_surrogates(["fine", "a\ud800"])


# --- within a time ----------------------------------------------------------------------------------------------------


def test_vectors_come_back_in_the_order_of_the_texts() -> None:
    embedder = HashingEmbedder()
    texts = [f"{'word ' * (n % 7)}{n}" for n in range(300)]
    vectors = map(np.asarray, embed_within(embedder, texts, budget_s=None))
    assert all(np.array_equal(vector, embedder.embed([text])[0]) for text, vector in zip(texts, vectors, strict=True))


def test_equal_texts_are_embedded_once() -> None:
    embedder = HashingEmbedder()
    first, second, third = embed_within(embedder, ["same", "other", "same"], budget_s=None)
    assert np.array_equal(np.asarray(first), np.asarray(third))
    assert not np.array_equal(np.asarray(first), np.asarray(second))
    assert sorted(embedder.embedded) == ["other", "same"]


def test_nothing_to_embed_calls_nobody() -> None:
    embedder = HashingEmbedder()
    assert embed_within(embedder, [], budget_s=None) == []
    assert embed_within(embedder, ["text"], budget_s=0) == [None]
    assert embedder.calls == 0


def test_a_quick_backend_is_asked_for_many_texts_at_a_time() -> None:
    embedder = TimedEmbedder(call_s=0.01)
    embed_within(embedder, [f"text {n}" for n in range(1000)], budget_s=60, clock=embedder.clock)
    assert max(map(len, embedder.batches)) == 64
    assert len(embedder.batches) < 25


@pytest.mark.parametrize("budget_s", [0.5, 2, 5])
@pytest.mark.parametrize(("call_s", "char_s"), [(0.0, 0.001), (0.2, 0.0001), (0.01, 0.0005)])
def test_a_slow_backend_overruns_the_budget_by_one_small_batch(budget_s: float, call_s: float, char_s: float) -> None:
    embedder = TimedEmbedder(call_s=call_s, char_s=char_s)
    texts = [f"{n} " + "x" * (n * 7 % 900) for n in range(1000)]
    outcomes = embed_within(embedder, texts, budget_s=budget_s, clock=embedder.clock)
    assert embedder.now - 100 <= budget_s + 0.5
    assert sum(outcome is not None for outcome in outcomes) == len(embedder.embedded)
    assert 0 < len(embedder.embedded) < len(texts)


def test_a_backend_whose_pace_is_known_is_asked_for_many_texts_at_once() -> None:
    embedder, pace = TimedEmbedder(call_s=0.001, char_s=0.0001), Pace()
    for _ in range(2):
        embed_within(embedder, [f"text {n}" for n in range(50)], budget_s=5, pace=pace, clock=embedder.clock)
    assert list(map(len, embedder.batches)) == [1, 4, 16, 29, 50]


def test_the_pace_of_a_backend_that_stalled_is_forgotten() -> None:
    embedder, pace = TimedEmbedder(char_s=10), Pace(s_per_weight=1e-6)
    texts = [f"text {n}" for n in range(50)]
    assert embed_within(embedder, texts, budget_s=2, pace=pace, clock=embedder.clock) == [None] * 50
    embedder.char_s = 0
    embed_within(embedder, texts, budget_s=2, pace=pace, clock=embedder.clock)
    assert len(embedder.batches[1]) == 1


def test_a_backend_that_stalls_leaves_the_rest_and_keeps_what_was_finished() -> None:
    embedder = TimedEmbedder(char_s=0.01)
    short, long = embed_within(embedder, ["short", "x" * 1000], budget_s=3, clock=embedder.clock)
    assert short is not None
    assert long is None
    assert embedder.now - 100 <= 4


def test_without_a_budget_a_stalled_backend_is_an_error() -> None:
    with pytest.raises(EmbedderTimeout):
        embed_within(Stalled(), ["text"], budget_s=None)


class Stalled(HashingEmbedder):
    def embed(self, texts: Sequence[str], *, timeout_s: float | None = None) -> list[Vector]:
        raise EmbedderTimeout("no answer")


@pytest.mark.parametrize("budget_s", [None, 60])
def test_a_backend_that_cannot_be_reached_is_an_error(budget_s: int | None) -> None:
    embedder = HashingEmbedder()
    embedder.available = False
    with pytest.raises(EmbedderUnavailable) as error:
        embed_within(embedder, ["text"], budget_s=budget_s)
    assert error.value.extra["embedding"]["reachable"] is False


@pytest.mark.parametrize("place", [0, 31, 63])
def test_one_refused_text_of_64_costs_only_itself(place: int) -> None:
    embedder = HashingEmbedder()
    embedder.refused_marker = "poison"
    texts = [f"text {n:02}" for n in range(64)]
    texts[place] = "poison!"
    outcomes = embed_within(embedder, texts, budget_s=None)
    assert [n for n, outcome in enumerate(outcomes) if isinstance(outcome, EmbeddingRefused)] == [place]
    assert all(outcome is not None for outcome in outcomes)
    assert embedder.calls < 25


def test_a_backend_that_refuses_everything_is_unavailable_at_once() -> None:
    embedder = HashingEmbedder()
    embedder.refused_marker = ""
    with pytest.raises(EmbedderUnavailable, match="refuses every text: The text holds ''") as error:
        embed_within(embedder, [f"text {n}" for n in range(1000)], budget_s=None)
    assert error.value.extra == {"embedding": {"url": embedder.url, "model": "hashing", "reachable": False}}
    assert embedder.calls == 2


def test_a_reason_that_tells_of_the_backend_is_told_of_it_once() -> None:
    told = tell_every_text(EmbeddingRefused("The embedding backend answered a zero vector."))
    assert told == "The embedding backend refuses every text: it answered a zero vector."


def test_looking_for_a_refused_text_ends_with_the_budget() -> None:
    embedder = TimedEmbedder(call_s=0.3)
    embedder.refused_marker = "poison"
    texts = ["ok", *(f"poison {n}" for n in range(500))]
    outcomes = embed_within(embedder, texts, budget_s=3, clock=embedder.clock)
    assert outcomes[0] is not None
    assert outcomes[-1] is None
    assert embedder.now - 100 <= 4
