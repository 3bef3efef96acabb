"""Larder as a document store. What a filter means, what is nearest, how many there are: Larder says it, not this."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from haystack import Document, default_from_dict, default_to_dict
from haystack.document_stores.errors import DuplicateDocumentError
from haystack.document_stores.types import DuplicatePolicy
from haystack.errors import FilterError
from haystack.utils import Secret
from haystack_integrations.document_stores.larder.documents import Terms, checked, from_larder, merged, to_larder
from haystack_integrations.document_stores.larder.filters import EVERYTHING, Filter, metadata_key
from haystack_integrations.document_stores.larder.filters import to_larder as to_larder_filter
from larder_sdk import Clients, Invalid, KnowledgeDocument

PAGE = 500
MOST_VALUES = 1_000
"""Of one key of the metadata, in one answer."""
NAMES = ("url", "api_key", "source", "own_embeddings", "embedding_model", "return_embedding", "wait_s")
KEY = Secret.from_env_var("LARDER_KEY", strict=False)
VECTORS_AT_ONCE = 100
"""Documents whose vectors are asked for in one call, which gives up to 2,000,000 numbers."""


class LarderDocumentStore:
    """Documents in Larder, which cuts and embeds them: an indexing pipeline needs no embedder.

    All verbs there are blocking and, with `_async` at their end, awaited.
    """

    def __init__(
        self,
        *,
        url: str | None = None,
        api_key: Secret | None = KEY,
        source: str | None = None,
        own_embeddings: bool = False,
        embedding_model: str = "",
        return_embedding: bool = False,
        wait_s: int | None = None,
    ) -> None:
        """`url` is Larder's address; None: LARDER_URL.

        `source`: where documents are written, and the only one that is read. None: the key's own, and all that it may
        read.

        `own_embeddings`: documents bring their embeddings, of Larder's model, which `embedding_model` names to be sure;
        else Larder makes them, and what a document brings is not sent. `return_embedding` asks for those of each
        document that is found, as Larder keeps them: of length 1, and as precise as halves are.

        `wait_s`: seconds that a write waits for embedding; None leaves it to the server (5), 0 embeds later.
        """
        self.url, self.api_key, self.source = url, api_key, source
        self.own_embeddings, self.embedding_model = own_embeddings, embedding_model
        self.return_embedding, self.wait_s = return_embedding, wait_s
        self._made: Clients | None = None

    def to_dict(self) -> dict[str, Any]:
        """The key as the variable that holds it; one given as a text cannot be written down (Haystack's ValueError)."""
        return default_to_dict(self, **{name: getattr(self, name) for name in NAMES})

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> LarderDocumentStore:
        store: LarderDocumentStore = default_from_dict(cls, data)
        return store

    @property
    def clients(self) -> Clients:
        """Made when they are first needed, so that a pipeline can be read where there is no Larder."""
        if self._made is None:
            key = self.api_key.resolve_value() if self.api_key else None
            self._made = Clients(self.url, key, source=self.source or "")
        return self._made

    # --- what Haystack's protocol asks for ----------------------------------------------------------------------------

    def count_documents(self) -> int:
        return self.clients.blocking.count(source=self.source)

    async def count_documents_async(self) -> int:
        return await self.clients.awaited.count(source=self.source)

    def filter_documents(self, filters: dict[str, Any] | None = None) -> list[Document]:
        """In the order of their ids. Raises FilterError."""
        return self._read(self._list(filters))

    async def filter_documents_async(self, filters: dict[str, Any] | None = None) -> list[Document]:
        return await self._read_async(await self._list_async(filters))

    def write_documents(self, documents: list[Document], policy: DuplicatePolicy = DuplicatePolicy.NONE) -> int:
        """How many were written. NONE is OVERWRITE here: what has not changed costs nothing, and is not embedded again.

        SKIP and FAIL look first which ids are there, and write then: another writer may come between.
        """
        found = checked(documents)
        there: Sequence[KnowledgeDocument] = ()
        if policy in (DuplicatePolicy.SKIP, DuplicatePolicy.FAIL):
            there = self.clients.blocking.get_many([each.id for each in found], source=self.source)
        written = self._to_write(found, policy, there=there)
        self.clients.blocking.bulk_upsert(written, wait_s=self.wait_s)
        return len(written) if policy is DuplicatePolicy.SKIP else len(found)

    async def write_documents_async(
        self, documents: list[Document], policy: DuplicatePolicy = DuplicatePolicy.NONE
    ) -> int:
        found = checked(documents)
        there: Sequence[KnowledgeDocument] = ()
        if policy in (DuplicatePolicy.SKIP, DuplicatePolicy.FAIL):
            there = await self.clients.awaited.get_many([each.id for each in found], source=self.source)
        written = self._to_write(found, policy, there=there)
        await self.clients.awaited.bulk_upsert(written, wait_s=self.wait_s)
        return len(written) if policy is DuplicatePolicy.SKIP else len(found)

    def delete_documents(self, document_ids: list[str]) -> None:
        """To Larder's trash, as all that is deleted. What is not there is no error."""
        self.clients.blocking.delete_many(document_ids, source=self.source)

    async def delete_documents_async(self, document_ids: list[str]) -> None:
        await self.clients.awaited.delete_many(document_ids, source=self.source)

    # --- what stores offer beside it ----------------------------------------------------------------------------------

    def delete_all_documents(self) -> None:
        """Those of the source."""
        self.clients.blocking.delete_many(filter=EVERYTHING, source=self.source)

    async def delete_all_documents_async(self) -> None:
        await self.clients.awaited.delete_many(filter=EVERYTHING, source=self.source)

    def delete_by_filter(self, filters: dict[str, Any]) -> int:
        """How many went. Raises FilterError, too, for a filter that names nothing."""
        with refusing_filters():
            return self.clients.blocking.delete_many(filter=_needed(filters), source=self.source)

    async def delete_by_filter_async(self, filters: dict[str, Any]) -> int:
        with refusing_filters():
            return await self.clients.awaited.delete_many(filter=_needed(filters), source=self.source)

    def update_by_filter(self, filters: dict[str, Any], meta: dict[str, Any]) -> int:
        """Set these names in the metadata of what the filter leaves; how many were changed.

        The documents are read, and written again: what another writer changes between is lost. Only with
        `own_embeddings` do documents keep those that they brought.
        """
        found = self._list(_given(filters))
        if self.own_embeddings:
            found = self._with_vectors(found)
        found = [merged(each, meta) for each in found]
        self.clients.blocking.bulk_upsert(found, wait_s=self.wait_s)
        return len(found)

    async def update_by_filter_async(self, filters: dict[str, Any], meta: dict[str, Any]) -> int:
        found = await self._list_async(_given(filters))
        if self.own_embeddings:
            found = await self._with_vectors_async(found)
        found = [merged(each, meta) for each in found]
        await self.clients.awaited.bulk_upsert(found, wait_s=self.wait_s)
        return len(found)

    def count_documents_by_filter(self, filters: dict[str, Any]) -> int:
        with refusing_filters():
            return self.clients.blocking.count(filter=to_larder_filter(filters), source=self.source)

    async def count_documents_by_filter_async(self, filters: dict[str, Any]) -> int:
        with refusing_filters():
            return await self.clients.awaited.count(filter=to_larder_filter(filters), source=self.source)

    def count_unique_metadata_by_filter(self, filters: dict[str, Any], metadata_fields: list[str]) -> dict[str, int]:
        """How many different values each field has; what a list holds counts value by value."""
        wanted = to_larder_filter(filters)
        with refusing_filters():
            return {field: self._values(field, wanted, limit=0)["total"] for field in metadata_fields}

    async def count_unique_metadata_by_filter_async(
        self, filters: dict[str, Any], metadata_fields: list[str]
    ) -> dict[str, int]:
        wanted = to_larder_filter(filters)
        with refusing_filters():
            return {field: (await self._values_async(field, wanted, limit=0))["total"] for field in metadata_fields}

    def get_metadata_fields_info(self) -> dict[str, dict[str, str]]:
        """Each field's `type` by Larder's words: text, number, boolean, array, object; several are joined by `|`."""
        return _types(self.clients.blocking.metadata_keys(source=self.source))

    async def get_metadata_fields_info_async(self) -> dict[str, dict[str, str]]:
        return _types(await self.clients.awaited.metadata_keys(source=self.source))

    def get_metadata_field_min_max(self, metadata_field: str) -> dict[str, Any]:
        """Of the numbers, or else of the texts."""
        return _bounds(self._values(metadata_field, None, limit=0))

    async def get_metadata_field_min_max_async(self, metadata_field: str) -> dict[str, Any]:
        return _bounds(await self._values_async(metadata_field, None, limit=0))

    def get_metadata_field_unique_values(
        self,
        metadata_field: str,
        search_term: str | None = None,
        from_: int = 0,
        size: int = 10,
        filters: dict[str, Any] | None = None,
    ) -> tuple[list[Any], int]:
        """A page of the values, and how many there are: numbers by size, booleans, texts. `size` up to 1000."""
        wanted = to_larder_filter(filters)
        with refusing_filters():
            return _page(self._values(metadata_field, wanted, q=search_term, offset=from_, limit=size))

    async def get_metadata_field_unique_values_async(
        self,
        metadata_field: str,
        search_term: str | None = None,
        from_: int = 0,
        size: int = 10,
        filters: dict[str, Any] | None = None,
    ) -> tuple[list[Any], int]:
        wanted = to_larder_filter(filters)
        with refusing_filters():
            return _page(await self._values_async(metadata_field, wanted, q=search_term, offset=from_, limit=size))

    # --- for the retrievers -------------------------------------------------------------------------------------------

    def query(self, text: str, *, filters: dict[str, Any] | None, passages: bool, **options: Any) -> list[Document]:
        """What Larder finds, best first, each with its score from 0 to 1; `options` are those of its `query`."""
        wanted = to_larder_filter(filters)
        with refusing_filters():
            found = self.clients.blocking.query(text, filter=wanted, source=self.source, **options)
        return self._read(found, passages=passages)

    async def query_async(
        self, text: str, *, filters: dict[str, Any] | None, passages: bool, **options: Any
    ) -> list[Document]:
        wanted = to_larder_filter(filters)
        with refusing_filters():
            found = await self.clients.awaited.query(text, filter=wanted, source=self.source, **options)
        return await self._read_async(found, passages=passages)

    def _read(self, found: list[KnowledgeDocument], *, passages: bool = False) -> list[Document]:
        if self.return_embedding:
            found = self._with_vectors(found)
        return [from_larder(each, source=self.source, passages=passages) for each in found]

    async def _read_async(self, found: list[KnowledgeDocument], *, passages: bool = False) -> list[Document]:
        if self.return_embedding:
            found = await self._with_vectors_async(found)
        return [from_larder(each, source=self.source, passages=passages) for each in found]

    def _with_vectors(self, found: Sequence[KnowledgeDocument]) -> list[KnowledgeDocument]:
        asking = self.clients.blocking
        return vectors_beside(
            found,
            [each for ids in parts(found) for each in asking.get_many(ids, source=self.source, include_vectors=True)],
        )

    async def _with_vectors_async(self, found: Sequence[KnowledgeDocument]) -> list[KnowledgeDocument]:
        asking = self.clients.awaited
        told = [await asking.get_many(ids, source=self.source, include_vectors=True) for ids in parts(found)]
        return vectors_beside(found, [each for part in told for each in part])

    def _list(self, filters: Mapping[str, Any] | None) -> list[KnowledgeDocument]:
        wanted = to_larder_filter(filters)
        with refusing_filters():
            return [*self.clients.blocking.list(filter=wanted, source=self.source, page_size=PAGE, order="id")]

    async def _list_async(self, filters: Mapping[str, Any] | None) -> list[KnowledgeDocument]:
        found = self.clients.awaited.list(
            filter=to_larder_filter(filters), source=self.source, page_size=PAGE, order="id"
        )
        with refusing_filters():
            return [each async for each in found]

    def _to_write(
        self, documents: Sequence[Document], policy: DuplicatePolicy, *, there: Sequence[KnowledgeDocument]
    ) -> list[KnowledgeDocument]:
        """Of several with one id the last is written, as one after the other would leave it; by SKIP the first."""
        present = {each.id for each in there}
        chosen: dict[str, Document] = {}
        for each in documents:
            if each.id in present or each.id in chosen:
                if policy is DuplicatePolicy.FAIL:
                    raise DuplicateDocumentError(f"A document with the id {each.id!r} is there already.")
                if policy is DuplicatePolicy.SKIP:
                    continue
            chosen[each.id] = each
        terms = Terms(source=self.source, own_embeddings=self.own_embeddings, embedding_model=self.embedding_model)
        return [to_larder(each, terms) for each in chosen.values()]

    def _values(self, field: str, wanted: Filter | None, **page: Any) -> dict[str, Any]:
        key = metadata_key(field)
        return self.clients.blocking.metadata_values(key, filter=wanted, source=self.source, **page)

    async def _values_async(self, field: str, wanted: Filter | None, **page: Any) -> dict[str, Any]:
        key = metadata_key(field)
        return await self.clients.awaited.metadata_values(key, filter=wanted, source=self.source, **page)


def parts(found: Sequence[KnowledgeDocument]) -> Iterator[list[str]]:
    for at in range(0, len(found), VECTORS_AT_ONCE):
        yield [each.id for each in found[at : at + VECTORS_AT_ONCE]]


def vectors_beside(found: Sequence[KnowledgeDocument], told: Sequence[KnowledgeDocument]) -> list[KnowledgeDocument]:
    """What was found, with the vectors of what was told; None of what has gone meanwhile."""
    known = {(each.source, each.id): each for each in told}
    return [_with_vectors_of(each, known.get((each.source, each.id))) for each in found]


def _with_vectors_of(document: KnowledgeDocument, other: KnowledgeDocument | None) -> KnowledgeDocument:
    if other is None:
        return document
    return document.model_copy(update={"vectors": other.vectors, "embedding_model": other.embedding_model})


@contextmanager
def refusing_filters() -> Iterator[None]:
    """What Larder refuses about a filter is Haystack's FilterError."""
    try:
        yield
    except Invalid as error:
        if error.code == "invalid_filter":
            raise FilterError(error.detail) from error
        raise


def _given(filters: dict[str, Any]) -> dict[str, Any]:
    if not filters:
        raise FilterError("An empty filter names no documents.")
    return filters


def _needed(filters: dict[str, Any]) -> Filter | None:
    return to_larder_filter(_given(filters))


def _types(keys: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, str]]:
    return {each["key"]: {"type": "|".join(each["types"])} for each in keys}


def _bounds(values: Mapping[str, Any]) -> dict[str, Any]:
    return {"min": values["least"], "max": values["greatest"]}


def _page(values: Mapping[str, Any]) -> tuple[list[Any], int]:
    return [each["value"] for each in values["values"]], values["total"]
