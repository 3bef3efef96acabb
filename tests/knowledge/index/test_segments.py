"""What a segment names: as many as it was asked for, and `every` only where it named all of them."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from knowledge.search.index.labels import PRIVATE, Wanted, label
from knowledge.search.index.quantizer import train_quantizer, unit
from knowledge.search.index.segment import CodedPassages, Segment, write_segment

ALL = Wanted(groups=(), without=None)
TAGGED = label("tag", "a")


def segment_of(folder: Path, vectors: NDArray[Any], labels: list[list[int]] | None = None) -> Segment:
    """Ids are the positions plus a million."""
    units = unit(vectors.astype(np.float32))
    quantizer = train_quantizer(units)
    own = labels or [[]] * len(units)
    passages = CodedPassages(
        ids=np.arange(len(units), dtype=np.int64) + 1_000_000,
        codes=quantizer.encode(units),
        labels=np.array([each for one in own for each in one], dtype=np.int64),
        counts=np.array([len(one) for one in own], dtype=np.int64),
    )
    return Segment(write_segment(folder, passages, quantizer, {}))


def random_vectors(count: int, dimensions: int) -> NDArray[Any]:
    return np.random.default_rng(count).standard_normal((count, dimensions))


@pytest.mark.parametrize("dimensions", [2, 3, 63, 64, 3_072, 4_000])
def test_vectors_of_any_width_find_themselves(tmp_path: Path, dimensions: int) -> None:
    vectors = random_vectors(600, dimensions)
    found = segment_of(tmp_path, vectors).search(unit(vectors[7].astype(np.float32)), ALL, count=30)
    assert 1_000_007 in found.ids
    assert len(found.ids) >= 30


def test_who_asks_for_all_gets_all_of_many_lists(tmp_path: Path) -> None:
    vectors = random_vectors(10_000, 16)
    segment = segment_of(tmp_path, vectors)
    assert segment.lists.probed < 128
    found = segment.search(unit(vectors[3].astype(np.float32)), ALL, count=10_000)
    assert sorted(found.ids) == list(range(1_000_000, 1_010_000))
    assert found.every


def test_a_wide_filter_names_all_where_it_says_so(tmp_path: Path) -> None:
    vectors = random_vectors(10_000, 16)
    segment = segment_of(tmp_path, vectors, [[TAGGED] if at % 2 else [] for at in range(10_000)])
    found = segment.search(
        unit(vectors[3].astype(np.float32)), Wanted(groups=(((TAGGED,),),), without=None), count=5_500
    )
    assert len(found.ids) == 10_000
    assert found.every


def test_a_narrow_filter_names_the_best_of_all_its_blocks(tmp_path: Path) -> None:
    """More than are compared at a time, and no whole number of such blocks."""
    vectors = random_vectors(10_000, 64)
    segment = segment_of(tmp_path, vectors, [[TAGGED] if at % 8 == 0 else [] for at in range(10_000)])
    question = unit(vectors[3].astype(np.float32))
    found = segment.search(question, Wanted(groups=(((TAGGED,),),), without=None), count=30)
    products = segment.quantizer.decode(segment.codes[::8]) @ question
    assert sorted(found.ids) == sorted(1_000_000 + 8 * np.argsort(-products)[:30])


def test_few_that_are_not_private_are_all_named(tmp_path: Path) -> None:
    vectors = random_vectors(10_000, 16)
    private = label(PRIVATE, "")
    segment = segment_of(tmp_path, vectors, [[private] if at % 1_000 else [] for at in range(10_000)])
    found = segment.search(unit(vectors[3].astype(np.float32)), Wanted(groups=(), without=private), count=35)
    assert sorted(found.ids) == list(range(1_000_000, 1_010_000, 1_000))
    assert found.every


@pytest.mark.parametrize("distinct", [1, 3])
def test_many_that_are_alike_are_found(tmp_path: Path, distinct: int) -> None:
    vectors = np.repeat(random_vectors(distinct, 16), 21_000 // distinct, axis=0)
    found = segment_of(tmp_path, vectors).search(unit(vectors[3].astype(np.float32)), ALL, count=50)
    assert len(found.ids) >= 50


@pytest.mark.parametrize("dimensions", [96, 385])
def test_the_nearest_are_among_those_that_codes_name(tmp_path: Path, dimensions: int) -> None:
    """Of vectors that stand together in groups, as those of texts do."""
    chance = np.random.default_rng(7)
    centers = chance.standard_normal((60, dimensions))
    vectors = unit(
        (centers[chance.integers(0, 60, 9_000)] + chance.standard_normal((9_000, dimensions))).astype(np.float32)
    )
    segment = segment_of(tmp_path, vectors)
    shares = []
    for question in vectors[:100]:
        nearest = np.argsort(-(vectors @ question))[:10] + 1_000_000
        shares.append(np.isin(nearest, segment.search(question, ALL, count=30).ids).mean())
    assert np.mean(shares) >= 0.99
