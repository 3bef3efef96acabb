#!/usr/bin/env bash
# llama-index-core 0.14.25: what an index, a pipeline and the store in memory do with a vector store.
#
# One would guess that a pipeline with a store stores what it made, that an index asks for all that its store holds, and
# that an operator means what its comment in FilterOperator says. Seen:
#   - IngestionPipeline.run() with a `vector_store` and without an embedding model gives back its nodes and stores none of
#     them, and says nothing; nodes whose embedding is an empty list are stored;
#   - `index.as_retriever()` of a store that keeps texts asks with `node_ids=[]`, which has to mean all. Once a single
#     IndexNode was inserted it asks with the id of this one, so a store that obeys `node_ids` finds nothing else;
#   - SimpleVectorStore: `in` ("in array") with a text as its value holds where the metadata's text is within that text, and
#     `contains` and `any` ("array of strings") hold of a part of a text; `==` None never holds; nested MetadataFilters are
#     refused, though the type allows them;
#   - SimpleVectorStore.delete_nodes() without arguments deletes everything.
# So a store decides for itself what is empty, and its tests of operators are its own: the package has none to share.
#
# Output: a line for each, then `as described`. Fails when any of it changes.
set -euo pipefail
room="$(mktemp -d)"
trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/python" -m pip install --quiet --disable-pip-version-check llama-index-core==0.14.25
"$room/venv/bin/python" -W ignore - <<'PYTHON'
from llama_index.core import Document, MockEmbedding, StorageContext, VectorStoreIndex
from llama_index.core.ingestion import IngestionPipeline
from llama_index.core.schema import IndexNode, TextNode
from llama_index.core.vector_stores import SimpleVectorStore
from llama_index.core.vector_stores.types import (
    BasePydanticVectorStore,
    FilterOperator,
    MetadataFilter,
    MetadataFilters,
    VectorStoreQuery,
    VectorStoreQueryResult,
)


class Seen(BasePydanticVectorStore):
    stores_text: bool = True
    added: list = []
    asked: list = []

    @property
    def client(self):
        return None

    def add(self, nodes, **options):
        self.added += [node.node_id for node in nodes]
        return [node.node_id for node in nodes]

    def delete(self, ref_doc_id, **options):
        pass

    def query(self, query, **options):
        self.asked.append(query.node_ids)
        return VectorStoreQueryResult(nodes=[], similarities=[], ids=[])


seen = Seen()
pages = [Document(text="a", id_="a")]
assert len(IngestionPipeline(transformations=[], vector_store=seen).run(documents=pages)) == 1
assert seen.added == []
pages[0].embedding = []
IngestionPipeline(transformations=[], vector_store=seen).run(documents=pages)
assert seen.added == ["a"]
print("pipeline: without a vector nothing is stored, with an empty one it is")

context = StorageContext.from_defaults(vector_store=seen)
index = VectorStoreIndex([TextNode(text="plain")], storage_context=context, embed_model=MockEmbedding(4))
index.as_retriever().retrieve("plain")
index.insert_nodes([IndexNode(text="pointer", index_id="elsewhere", id_="pointer")])
index.as_retriever().retrieve("plain")
assert seen.asked == [[], ["pointer"]]
print("retriever: no ids at first, one IndexNode's from then on")

simple = SimpleVectorStore()
films = {"a": {"genre": "science fiction", "year": 5}, "b": {"genre": "thriller"}}
simple.add([TextNode(id_=name, text=name, embedding=[1.0], metadata=metadata) for name, metadata in films.items()])


def found(key, value, operator):
    filters = MetadataFilters(filters=[MetadataFilter(key=key, value=value, operator=FilterOperator(operator))])
    return simple.query(VectorStoreQuery(query_embedding=[1.0], similarity_top_k=5, filters=filters)).ids


assert found("genre", "a science fiction film", "in") == ["a"]
assert found("genre", "fiction", "contains") == found("genre", ["fict"], "any") == ["a"]
assert found("missing", None, "==") == []
nested = MetadataFilters(filters=[MetadataFilters(filters=[MetadataFilter(key="year", value=5)])])
try:
    simple.query(VectorStoreQuery(query_embedding=[1.0], filters=nested))
    raise SystemExit("nested filters were taken")
except ValueError:
    pass
print("operators: parts of texts, no null, no nesting")

simple.delete_nodes()
assert simple.data.embedding_dict == {}
print("delete_nodes(): everything")
print("as described")
PYTHON
