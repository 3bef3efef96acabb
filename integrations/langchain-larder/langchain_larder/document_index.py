"""LangChain's own interface of a store that indexes by itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from langchain_core.documents import Document
from langchain_core.indexing.base import DeleteResponse, DocumentIndex, UpsertResponse
from larder_sdk import KnowledgeDocument

from langchain_larder.documents import langchain_document, larder_documents
from langchain_larder.retrievers import LarderRetriever
from langchain_larder.vectorstores import SOURCE


class LarderDocumentIndex(LarderRetriever, DocumentIndex):
    """One source of a Larder, which tells by itself what of a document has changed; as a retriever it keeps to it."""

    source: str = SOURCE

    def upsert(self, items: Sequence[Document], /, **options: Any) -> UpsertResponse:
        """Store the documents; what has no id gets one. All of 1,000 or none, so none is among the failed."""
        documents = self._larder(items)
        self._clients.blocking.bulk_upsert(documents, **options)
        return _upserted(documents)

    async def aupsert(self, items: Sequence[Document], /, **options: Any) -> UpsertResponse:
        documents = self._larder(items)
        await self._clients.awaited.bulk_upsert(documents, **options)
        return _upserted(documents)

    def delete(self, ids: Sequence[str] | None = None, **_: Any) -> DeleteResponse:
        """Delete the documents of these ids, to the trash. Raises ValueError without ids."""
        return _deleted(self._clients.blocking.delete_many(ids, source=self.source))

    async def adelete(self, ids: Sequence[str] | None = None, **_: Any) -> DeleteResponse:
        return _deleted(await self._clients.awaited.delete_many(ids, source=self.source))

    def get(self, ids: Sequence[str], /, **_: Any) -> list[Document]:
        """Those that are there, in the order of the ids."""
        return [langchain_document(each) for each in self._clients.blocking.get_many(ids, source=self.source)]

    async def aget(self, ids: Sequence[str], /, **_: Any) -> list[Document]:
        return [langchain_document(each) for each in await self._clients.awaited.get_many(ids, source=self.source)]

    def _larder(self, items: Sequence[Document]) -> list[KnowledgeDocument]:
        return larder_documents(
            [each.page_content for each in items],
            [each.metadata for each in items],
            [each.id for each in items],
            source=self.source,
        )


def _upserted(documents: Sequence[KnowledgeDocument]) -> UpsertResponse:
    return UpsertResponse(succeeded=[document.id for document in documents], failed=[])


def _deleted(count: int) -> DeleteResponse:
    return DeleteResponse(num_deleted=count, num_failed=0, failed=[])
