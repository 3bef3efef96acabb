"""`langchain-larder` under LangChain's published suites of vector stores, retrievers and indexes, and beyond them."""

from pathlib import Path

import pytest

from tests.compat.integrations import passed, type_faults
from tests.e2e.conftest import Larder

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]


def test_langchain_s_own_suites_pass_whole(larder: Larder, tmp_path: Path) -> None:
    key = larder.create_key("langchain", role="admin")
    assert passed("langchain-larder", "langchain", larder, key, tmp_path) == 155


def test_what_langchain_is_given_is_typed(tmp_path: Path) -> None:
    assert type_faults("langchain_larder", "langchain-larder", "langchain", tmp_path) == []
