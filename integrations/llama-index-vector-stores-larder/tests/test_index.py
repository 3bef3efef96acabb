"""A store below LlamaIndex's own index, retriever and pipeline, and what it refuses."""

from __future__ import annotations

import pytest
from larder_sdk import Invalid, KnowledgeDocument
from llama_index.core import Document, MockEmbedding, StorageContext, VectorStoreIndex
from llama_index.core.ingestion import IngestionPipeline
from llama_index.core.node_parser import SentenceSplitter
from llama_index.core.schema import TextNode
from llama_index.core.vector_stores.types import ExactMatchFilter, MetadataFilters, VectorStoreQuery
from llama_index.vector_stores.larder import LarderEmbedding, LarderVectorStore

PAGES = [
    Document(text="Flights are booked two weeks in advance.", id_="travel", metadata={"year": 2026}),
    Document(text="The canteen opens at nine.", id_="canteen", metadata={"year": 2020}),
]


@pytest.fixture
def store(source: str) -> LarderVectorStore:
    return LarderVectorStore(source=source)


@pytest.fixture
def index(store: LarderVectorStore) -> VectorStoreIndex:
    context = StorageContext.from_defaults(vector_store=store)
    return VectorStoreIndex.from_documents(PAGES, storage_context=context, embed_model=LarderEmbedding())


async def test_an_index_leaves_embedding_to_larder(index: VectorStoreIndex, store: LarderVectorStore) -> None:
    for each in (index, VectorStoreIndex.from_vector_store(store, embed_model=LarderEmbedding())):
        retriever = each.as_retriever(similarity_top_k=1)
        for [hit] in (
            retriever.retrieve("when do I book a plane?"),
            await retriever.aretrieve("when do I book a plane?"),
        ):
            assert hit.node.ref_doc_id == "travel"
            assert (hit.score or 0) > 0.3
    filters = MetadataFilters(filters=[ExactMatchFilter(key="year", value=2020)])
    [hit] = index.as_retriever(filters=filters).retrieve("when do I book a plane?")
    assert hit.node.ref_doc_id == "canteen"
    [hit] = index.as_retriever(vector_store_query_mode="text_search").retrieve("canteen")
    assert hit.node.ref_doc_id == "canteen"


async def test_an_index_changes_and_deletes_documents(index: VectorStoreIndex, store: LarderVectorStore) -> None:
    index.delete_ref_doc("canteen")
    index.update_ref_doc(Document(text="Trains are booked the day before.", id_="travel"))
    await index.ainsert(Document(text="Leave is asked for in writing.", id_="leave"))
    assert {node.get_content() for node in store.get_nodes()} == {
        "Trains are booked the day before.",
        "Leave is asked for in writing.",
    }
    await index.adelete_ref_doc("leave")
    assert {node.ref_doc_id for node in await store.aget_nodes()} == {"travel"}


async def test_a_pipeline_stores_what_it_made(store: LarderVectorStore) -> None:
    pipeline = IngestionPipeline(transformations=[SentenceSplitter(), LarderEmbedding()], vector_store=store)
    made = pipeline.run(documents=PAGES[:1]) + await pipeline.arun(documents=PAGES[1:])
    assert {node.node_id for node in store.get_nodes()} == {node.node_id for node in made}


def test_an_index_s_own_model_has_to_be_larder_s(store: LarderVectorStore) -> None:
    context = StorageContext.from_defaults(vector_store=store)
    index = VectorStoreIndex.from_documents(PAGES, storage_context=context, embed_model=MockEmbedding(384))
    assert len(index.as_retriever().retrieve("anything")) == 2
    with pytest.raises(Invalid, match="384"):
        VectorStoreIndex.from_documents(PAGES, storage_context=context, embed_model=MockEmbedding(6))
    store.embedding_model = "openai:text-embedding-3-large"
    with pytest.raises(Invalid, match="text-embedding-3-large"):
        store.add([TextNode(text="x", embedding=[1.0] * 384)])


def test_tags_and_what_else_a_query_of_larder_takes(source: str) -> None:
    store = LarderVectorStore(source=source, tags=["handbook"])
    store.add([TextNode(id_="a", text="The canteen opens at nine.")])
    asked = VectorStoreQuery(query_str="canteen")
    assert store.query(asked, tags="handbook").ids == ["a"]
    assert store.query(asked, tags="leaflet").ids == []
    with pytest.raises(TypeError, match="tag"):
        store.query(asked, tag="leaflet")


def test_what_others_pushed_is_a_node_of_text_and_a_broken_node_is_named(store: LarderVectorStore) -> None:
    store.client.upsert(KnowledgeDocument(id="pushed", content="By a provider.", metadata={"year": 2026}))
    [found] = store.query(VectorStoreQuery(query_str="provider")).nodes or []
    assert found == TextNode(id_="pushed", text="By a provider.", metadata={"year": 2026})
    store.client.upsert(KnowledgeDocument(id="broken", content="x", metadata={"_node_content": "{"}))
    with pytest.raises(ValueError, match=r"'broken'.*cannot be read"):
        store.get_nodes(["broken"])


def test_a_store_tells_no_key_of_itself(source: str) -> None:
    store = LarderVectorStore(url="http://larder", api_key="secret-key", source=source)
    assert "secret-key" not in f"{store!r} {store.to_json()} {store.__dict__}"
    assert store.class_name() == "LarderVectorStore"


def test_a_store_of_no_source_finds_whatever_the_key_may_read(index: VectorStoreIndex, source: str) -> None:
    filters = MetadataFilters(filters=[ExactMatchFilter(key="year", value=2026)])
    found = LarderVectorStore(source="").query(
        VectorStoreQuery(query_str="flights", filters=filters, similarity_top_k=500)
    )
    assert any(node.ref_doc_id == "travel" for node in found.nodes or [])
    with pytest.raises(Invalid, match="source"):
        LarderVectorStore(source="").add([TextNode(text="x")])
