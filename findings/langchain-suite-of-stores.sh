#!/usr/bin/env bash
# langchain-tests 1.1.9, langchain-core 1.8.3: what the published suite of vector stores asks for.
#
# One would guess that a store which passes it can be searched as LangChain's documentation shows: with a filter, by a
# vector, with scores, with maximal marginal relevance, as a retriever. Seen:
#   - a store passes all 25 tests whose `similarity_search` takes a text and `k` and nothing else, and that has no other
#     search, no scores, no `from_texts` and no deletion by anything but ids: all of it raises NotImplementedError, or
#     TypeError for a filter;
#   - the suite of retrievers asks for nothing but `k`;
#   - langchain-core has no filter language to hold a store to: its own in-memory store takes a function of a document, and
#     fails on the dictionary that most other stores take.
# So what a filter means in a store that passes is between the store and its users, and tests of it are the store's own.
#
# Output: a line for each, then `as described`. Fails when any of it changes.
set -euo pipefail
room="$(mktemp -d)"
trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/python" -m pip install --quiet --disable-pip-version-check langchain-tests==1.1.9 langchain-core==1.8.3
cat >"$room/test_bare.py" <<'PYTHON'
import pytest
from langchain_core.vectorstores import InMemoryVectorStore, VectorStore
from langchain_tests.integration_tests import VectorStoreIntegrationTests


class Bare(VectorStore):
    def __init__(self, embeddings):
        self.kept = InMemoryVectorStore(embeddings)

    def add_texts(self, texts, metadatas=None, *, ids=None):
        return self.kept.add_texts(texts, metadatas, ids=ids)

    def delete(self, ids):
        self.kept.delete(ids)

    def get_by_ids(self, ids, /):
        return self.kept.get_by_ids(ids)

    def similarity_search(self, query, k):
        return self.kept.similarity_search(query, k)

    @classmethod
    def from_texts(cls, texts, embedding, metadatas=None, **options):
        raise NotImplementedError


class TestBare(VectorStoreIntegrationTests):
    @pytest.fixture
    def vectorstore(self):
        return Bare(self.get_embeddings())


def test_what_is_not_asked_for_is_not_there():
    bare = Bare(VectorStoreIntegrationTests.get_embeddings())
    with pytest.raises(TypeError):
        bare.similarity_search("foo", k=1, filter={"id": 1})
    for search in (bare.similarity_search_by_vector, bare.max_marginal_relevance_search):
        with pytest.raises(NotImplementedError):
            search([1.0])
    with pytest.raises(NotImplementedError):
        bare.similarity_search_with_relevance_scores("foo")


def test_a_dictionary_is_no_filter_in_memory():
    kept = InMemoryVectorStore(VectorStoreIntegrationTests.get_embeddings())
    kept.add_texts(["foo"], [{"id": 1}])
    with pytest.raises(TypeError):
        kept.similarity_search("foo", filter={"id": 1})
    assert len(kept.similarity_search("foo", filter=lambda document: document.metadata["id"] == 1)) == 1
PYTHON
cd "$room"
told="$(venv/bin/python -W ignore -m pytest -q -p no:cacheprovider -o asyncio_mode=auto test_bare.py 2>&1)" || { echo "$told"; exit 1; }
grep -q "^27 passed" <<<"$told" || { echo "$told"; exit 1; }
echo "stores: 25 tests pass without a filter, a score or another search"
python3 - "$room"/venv/lib/python3*/site-packages/langchain_tests/integration_tests <<'PYTHON'
import pathlib
import sys

suites = {path.stem: path.read_text() for path in pathlib.Path(sys.argv[1]).glob("*.py")}
for word in ("filter", "with_score", "relevance", "marginal", "by_vector", "from_texts"):
    assert word not in suites["vectorstores"], word
assert "filter" not in suites["retrievers"]
PYTHON
echo "neither suite speaks of filters"
echo "as described"
