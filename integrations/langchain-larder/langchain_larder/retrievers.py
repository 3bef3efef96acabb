"""A retriever of whatever a Larder holds, which need not have come by LangChain."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from langchain_core.callbacks import AsyncCallbackManagerForRetrieverRun, CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from larder_sdk import Clients, KnowledgeDocument
from pydantic import PrivateAttr, SecretStr

from langchain_larder.documents import langchain_document
from langchain_larder.filters import larder_filter


class LarderRetriever(BaseRetriever):
    """The `k` documents that answer a question best, of one source or of all that the key may read.

        LarderRetriever(k=3, tag_expression="policy+finance").invoke("who signs?")

    Without a `url` LARDER_URL and LARDER_KEY say both. `filter` is LangChain's; `mode` is semantic, keyword or hybrid.
    Each of them, and whatever else a query of Larder takes (there the expression is `tags`), may be given to `invoke`.
    With `passages` the passage that was met best is the content. What Larder says of a hit stands in its metadata
    below `larder`: `source`, `tags`, `score`, and `passage`, which is where in the document it stands.
    """

    url: str | None = None
    api_key: SecretStr | None = None
    source: str | None = None
    k: int = 4
    filter: dict[Any, Any] | None = None
    tag_expression: str = ""
    mode: str = "semantic"
    strategy: str = "similarity"
    min_score: float = 0.0
    passages: bool = False
    clients: dict[str, Any] = {}
    """Further arguments of `larder_sdk.Clients`."""

    _clients: Clients = PrivateAttr()

    def model_post_init(self, context: Any, /) -> None:
        super().model_post_init(context)
        self._clients = Clients(self.url, self.api_key, **self.clients)

    def _get_relevant_documents(
        self, query: str, *, run_manager: CallbackManagerForRetrieverRun, **options: Any
    ) -> list[Document]:
        passages = options.pop("passages", self.passages)
        return _told(self._clients.blocking.query(query, **self._asked(**options)), passages)

    async def _aget_relevant_documents(
        self, query: str, *, run_manager: AsyncCallbackManagerForRetrieverRun, **options: Any
    ) -> list[Document]:
        passages = options.pop("passages", self.passages)
        return _told(await self._clients.awaited.query(query, **self._asked(**options)), passages)

    def _asked(self, *, k: int | None = None, filter: Any = None, **options: Any) -> dict[str, Any]:
        own = {"source": self.source, "mode": self.mode, "strategy": self.strategy, "min_score": self.min_score}
        narrowed = {"tags": self.tag_expression, "filter": larder_filter(self.filter if filter is None else filter)}
        return {**own, **narrowed, "top_k": self.k if k is None else k, **options}


def _told(hits: Iterable[KnowledgeDocument], passages: bool) -> list[Document]:
    return [_hit(hit, passages) for hit in hits]


def _hit(hit: KnowledgeDocument, passages: bool) -> Document:
    document = langchain_document(hit, passages=passages)
    said = hit.model_dump(mode="json", include={"source", "tags", "score", "passage"})
    document.metadata = {**document.metadata, "larder": said}
    return document
