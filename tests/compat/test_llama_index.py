"""The habits of LlamaIndex's vector stores, which has no suite of them, and its index and pipeline above our store."""

from pathlib import Path

import pytest

from tests.compat.integrations import passed, type_faults
from tests.e2e.conftest import Larder

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]


def test_a_store_has_all_habits_of_llama_index(larder: Larder, tmp_path: Path) -> None:
    key = larder.create_key("llama-index", role="admin")
    assert passed("llama-index-vector-stores-larder", "llama-index", larder, key, tmp_path) == 86


def test_the_store_of_llama_index_is_typed(tmp_path: Path) -> None:
    package = "llama_index.vector_stores.larder"
    assert type_faults(package, "llama-index-vector-stores-larder", "llama-index", tmp_path) == []
