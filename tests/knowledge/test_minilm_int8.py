"""The local model in int8: near the full precision's vectors, and the same ones in any company."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.embedding.embedders.minilm import MiniLMEmbedder
from knowledge.embedding.embedders.minilm_names import INT8_NAME
from tests.knowledge.local_model import ALICE, MODEL, ODD_TEXTS, TRAVEL

INT8 = MiniLMEmbedder(int8=True)
SENTENCE = (
    "travel policy invoice server password budget the of to engineering quarterly reimbursement Kubernetes 2024 "
    "acknowledgement authentication e-mail incident Riga 3.14 holiday"
)
TEXTS = st.lists(
    st.lists(st.sampled_from(SENTENCE.split()), min_size=1, max_size=60).map(" ".join), min_size=1, max_size=12
)


def cosines(texts: list[str]) -> np.ndarray:
    return (np.stack(INT8.embed(texts)) * np.stack(MODEL.embed(texts))).sum(axis=1)


def test_it_has_a_name_of_its_own() -> None:
    assert INT8.name == INT8_NAME != MODEL.name


def test_plain_texts_are_near_their_full_precision() -> None:
    assert cosines([ALICE, TRAVEL, "How do I reset my VPN password?", "word " * 600]).min() > 0.99


def test_odd_texts_stay_near_as_well() -> None:
    assert cosines([text for text, _ in ODD_TEXTS]).min() > 0.96


@settings(max_examples=30)
@given(TEXTS)
def test_made_up_texts_stay_near_their_full_precision(texts: list[str]) -> None:
    assert cosines(texts).min() > 0.97


@settings(max_examples=30)
@given(TEXTS)
def test_a_vector_does_not_depend_on_its_company(texts: list[str]) -> None:
    together = INT8.embed(texts)
    for text, vector in zip(texts, together, strict=True):
        assert np.abs(INT8.embed([text])[0] - vector).max() < 1e-6
        assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize("model", [INT8, MODEL], ids=["int8", "float32"])
def test_odd_texts_keep_their_vectors_in_company(model: MiniLMEmbedder) -> None:
    texts = [text for text, _ in ODD_TEXTS]
    for text, vector in zip(texts, model.embed(texts), strict=True):
        assert np.abs(model.embed([text])[0] - vector).max() < 1e-6


def test_what_lies_behind_the_256th_token_changes_nothing() -> None:
    one, other = INT8.embed(["word " * 254, "word " * 254 + "something else entirely"])
    assert np.abs(one - other).max() < 1e-6


def test_threads_share_one_model() -> None:
    texts = [f"text number {n} {'long ' * (n % 5)}" for n in range(24)]
    with ThreadPoolExecutor(8) as threads:
        vectors = list(threads.map(lambda text: INT8.embed([text])[0], texts))
    assert np.abs(np.stack(vectors) - np.stack(INT8.embed(texts))).max() < 1e-6
