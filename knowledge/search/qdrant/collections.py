"""The collections: one a model, called after the feed and the model's row."""

from django.conf import settings
from qdrant_client import QdrantClient
from qdrant_client.models import (
    Datatype,
    Distance,
    HnswConfigDiff,
    IntegerIndexParams,
    IntegerIndexType,
    KeywordIndexParams,
    KeywordIndexType,
    PayloadSchemaParams,
    ScalarQuantization,
    ScalarQuantizationConfig,
    ScalarType,
    VectorParams,
)

from knowledge.models import EmbeddingModel
from knowledge.search.qdrant.filters import EXPIRES, MARKS, SOURCE, TAGS, VERSION

KEYWORDS, NUMBERS = KeywordIndexType.KEYWORD, IntegerIndexType.INTEGER

INDEXED: dict[str, PayloadSchemaParams] = {
    TAGS: KeywordIndexParams(type=KEYWORDS),
    SOURCE: KeywordIndexParams(type=KEYWORDS, is_tenant=True),
    MARKS: KeywordIndexParams(type=KEYWORDS),
    EXPIRES: IntegerIndexParams(type=NUMBERS, lookup=False, range=True),
    VERSION: IntegerIndexParams(type=NUMBERS, lookup=False, range=True, on_disk=True),
}
"""Every field that a filter names: a cluster in strict mode refuses to filter by others.

A source is a tenant: its points lie together on disk, as a memory of agents is asked for its own alone.
"""


def collection_name(feed: str, model_id: int) -> str:
    return f"{feed}-{model_id}"


def make_collection(client: QdrantClient, name: str, *, model: EmbeddingModel) -> None:
    """Unless it is there. May be broken off and repeated."""
    if not client.collection_exists(name):
        client.create_collection(
            name,
            # The rows order by true distance, so whole vectors are only read to build the graph: they may lie on disk,
            # and codes of a byte a number stay in memory.
            vectors_config=VectorParams(
                size=model.dimensions, distance=Distance.COSINE, on_disk=True, datatype=Datatype.FLOAT16
            ),
            quantization_config=ScalarQuantization(
                scalar=ScalarQuantizationConfig(type=ScalarType.INT8, quantile=0.99, always_ram=True)
            ),
            hnsw_config=HnswConfigDiff(m=16, ef_construct=128),
            on_disk_payload=True,
            shard_number=settings.QDRANT_SHARDS,
            replication_factor=settings.QDRANT_REPLICAS,
            write_consistency_factor=settings.QDRANT_REPLICAS // 2 + 1,
        )
    for field, schema in INDEXED.items():
        client.create_payload_index(name, field, field_schema=schema, wait=True)
