"""Shapes of the store's answers, and of a push. What their fields accept is `knowledge.fields`."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from django.conf import settings
from pydantic import BaseModel, ConfigDict, Field

from core.fields import Text
from core.schema.constraints import Constrained
from knowledge.browsing.stats import SourceStats, TagCount
from knowledge.schemas import DOCUMENT, Careful, DocumentIn


class Batch(BaseModel):
    model_config = ConfigDict(json_schema_extra={"examples": [{"documents": [DOCUMENT]}]})

    documents: Annotated[list[DocumentIn], Constrained(lambda: {"maxItems": settings.MAX_BATCH})]


class WholeSetIn(BaseModel):
    """All documents of a source."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"documents": [DOCUMENT]}]})

    documents: Annotated[list[DocumentIn], Constrained(lambda: {"maxItems": settings.MAX_REPLACE})]


class CountsOut(BaseModel):
    """`upserted` = created + updated + renewed + unchanged + stale; `pending` of them still wait for their vectors.

    `stale`: passed over, as what is stored has a later `updated_at`.
    `dropped_flags`: tags `flag:…` that were sent and left out, since only the scanner gives them.
    """

    upserted: int
    created: int
    updated: int
    renewed: int
    unchanged: int
    stale: int
    pending: int
    deleted: int
    dropped_flags: int


class ReplacedOut(CountsOut):
    """`held`: documents that would have been deleted, but were too many to do so unasked."""

    held: int


class ReplacementOut(BaseModel):
    """A replacement in parts; `id` names it in the addresses of its parts and of its end."""

    id: UUID


class JudgedOut(BaseModel):
    """What became of the documents that are not in the set; see `ReplacedOut`."""

    deleted: int
    held: int


class PassageOut(BaseModel):
    """The span of the content that matched best: `content[start:end]`, the `ordinal`-th of `count`, from 0."""

    ordinal: int
    start: int
    end: int
    count: int


class DocumentOut(BaseModel):
    """One document as analyzers see it. Only in the answer to a query: `score` in [0, 1], `passage`, and `highlights`,
    the spans `content[start:end]` within that passage that hold a word of the question, whatever its ending.

    `language` is what it was pushed with, null where it named none. `rerank_score` is whatever number the reranker gave
    it, and only there where it did.
    """

    id: str
    content: str
    tags: list[str]
    metadata: dict[str, Any]
    source: str
    updated_at: datetime | None
    expires_at: datetime | None
    language: str | None = None
    score: float | None = None
    passage: PassageOut | None = None
    highlights: list[tuple[int, int]] | None = None
    rerank_score: float | None = None


class IdsIn(Careful):
    """`source`: of one source only. `include_vectors`: with the vectors of their passages."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"ids": ["travel", "leave"], "source": "handbook"}]})

    ids: Annotated[list[Text], Field(max_length=1_000)]
    source: Text = ""
    include_vectors: bool = False


class VectorOut(BaseModel):
    """Of `content[start:end]`, as it is stored: of length 1, in half precision."""

    vector: list[float]
    start: int
    end: int


class WholeDocumentOut(DocumentOut):
    """`vectors` of the active model, where they are asked for; passages that still wait for theirs are left out."""

    vectors: list[VectorOut] | None = None


class DeletionIn(Careful):
    """`ids`, a `filter`, or both, which narrow each other. `source` may be left out by a key of one source."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"source": "handbook", "filter": {"key": "metadata.year", "op": "lt", "value": 2020}}]
        }
    )

    ids: Annotated[list[Text], Field(max_length=1_000)] | None = None
    filter: dict[str, Any] | None = None
    source: Text = ""


class DeletedOut(BaseModel):
    """`more`: than the 1,000 that one call moves to the trash are meant; ask again."""

    deleted: int
    more: bool


class DocumentsOut(BaseModel):
    """`embedding_model` is the one of the vectors, null where none are asked for."""

    documents: list[WholeDocumentOut]
    embedding_model: str | None = None


class PageOut(BaseModel):
    """`next` is the cursor of the following page, null on the last; `total` only where it was asked for."""

    documents: list[DocumentOut]
    next: str | None
    total: int | None = None


class BranchOut(BaseModel):
    """One alternative of the tag expression; `more`: than the 10,000 `documents` that are counted."""

    tags: list[str]
    documents: int
    more: bool


class FilterOut(BaseModel):
    """How many documents the query may find; `more`: than the 10,000 that are counted.

    `found_by`: `index`, or `scan` where every document is asked that all else leaves. `undeclared` are keys of ranges
    that an index would serve if an admin declared them.
    """

    documents: int
    more: bool
    found_by: Literal["index", "scan"]
    undeclared: list[str]


class TermOut(BaseModel):
    """A word of the text by its stem, how many passages hold it, and the weight that this gives it.

    Both are null where they would count what the key may not read or list, and for words beyond the 64 that are scored.
    """

    stem: str
    passages: int | None = None
    weight: float | None = None


class NearMissOut(BaseModel):
    id: str
    source: str
    score: float


class CachesOut(BaseModel):
    """Whether the text's vector was remembered, and whether the whole answer was; explained queries search anyway."""

    vector: bool
    answer: bool


class LimitsOut(BaseModel):
    """What the key's stage made of the question."""

    stage: str
    top_k: int
    min_score: float


class RerankerOut(BaseModel):
    """Which model scored how many hits; `cached`: the same texts for the same question a moment ago."""

    model: str
    candidates: int
    cached: bool
    rerank_ms: float


class ExplanationOut(BaseModel):
    """How the answer came about. `plan`: exact, index, or words where no vector was looked at; times in milliseconds.

    `tags` is the expression in its shortest form, `branches` its alternatives; `filter` is there for a query that has
    one. `near_misses`, at most five, would have been among the documents but for `min_score`; a key that is bound to a
    stage is told none.

    `counted_in` says whose passages tell how rare the `terms` are: `scope`, those that this query may find, each of
    them counted; `store`, about those of the whole store, which only admins are told; null where no words ranked.
    """

    mode: str
    plan: str
    tags: str | None
    branches: list[BranchOut]
    filter: FilterOut | None
    terms: list[TermOut]
    counted_in: Literal["scope", "store"] | None
    near_misses: list[NearMissOut]
    caches: CachesOut
    limits: LimitsOut | None
    model: str
    embed_ms: float
    search_ms: float
    reranker: RerankerOut | None = None


class FallbackOut(BaseModel):
    """Why a hybrid query was answered by its words alone: with this a semantic one would have been refused."""

    mode: Literal["keyword"]
    code: str
    detail: str


class PendingOut(BaseModel):
    """How many passages that the query may find have no vector yet; `more`: these at least, as 1,000 are looked at."""

    passages: int
    more: bool


class RerankFallbackOut(BaseModel):
    """Why the documents stand as they were found."""

    code: str
    detail: str


class AnswerOut(BaseModel):
    """`fallback` is there only where no embedder answered a hybrid query, or none could read its text; `pending` only
    where the query searched by meaning, and could not find everything so yet: ask again later. `reranked` is there only
    where that was wanted, and `rerank_fallback` where it is false.
    """

    documents: list[DocumentOut]
    explanation: ExplanationOut | None = None
    fallback: FallbackOut | None = None
    pending: PendingOut | None = None
    reranked: bool | None = None
    rerank_fallback: RerankFallbackOut | None = None


class SourcesOut(BaseModel):
    sources: list[SourceStats]


class TagsOut(BaseModel):
    tags: list[TagCount]
