"""LangChain's own suites (langchain-tests), unchanged and with nothing left out."""

from typing import Any
from uuid import uuid4

import pytest
from langchain_core.embeddings import DeterministicFakeEmbedding
from langchain_core.indexing.base import DocumentIndex
from langchain_core.retrievers import BaseRetriever
from langchain_core.vectorstores import VectorStore
from langchain_larder import LarderDocumentIndex, LarderRetriever, LarderVectorStore
from langchain_tests.integration_tests import RetrieversIntegrationTests, VectorStoreIntegrationTests
from langchain_tests.integration_tests.indexer import AsyncDocumentIndexTestSuite, DocumentIndexerTestSuite


class TestVectorStore(VectorStoreIntegrationTests):
    @pytest.fixture
    def vectorstore(self, source: str) -> VectorStore:
        return LarderVectorStore(source=source)


class TestVectorStoreWithVectors(VectorStoreIntegrationTests):
    """Embedded on this side, as long as Larder's own vectors are."""

    @pytest.fixture
    def vectorstore(self, source: str) -> VectorStore:
        return LarderVectorStore(source=source, embedding=DeterministicFakeEmbedding(size=384))


class TestRetriever(RetrieversIntegrationTests):
    source = f"langchain-{uuid4().hex}"

    @pytest.fixture(autouse=True)
    def books(self) -> None:
        """The same each time, which Larder sees."""
        texts = [f"{name} writes about whales." for name in ("Herman", "Ishmael", "Starbuck", "Queequeg")]
        LarderVectorStore(source=self.source).add_texts(texts, ids=texts)

    @property
    def retriever_constructor(self) -> type[BaseRetriever]:
        return LarderRetriever

    @property
    def retriever_constructor_params(self) -> dict[str, Any]:
        return {"source": self.source}

    @property
    def retriever_query_example(self) -> str:
        return "who writes about whales?"


class TestIndex(DocumentIndexerTestSuite):
    @pytest.fixture
    def index(self, source: str) -> DocumentIndex:
        return LarderDocumentIndex(source=source)


class TestIndexAwaited(AsyncDocumentIndexTestSuite):
    @pytest.fixture
    async def index(self, source: str) -> DocumentIndex:
        return LarderDocumentIndex(source=source)
