"""Shapes on the wire. What their fields accept is `knowledge.fields`.

Timestamps without a zone are read as UTC. Fields we do not know (`score`, as writers send it) are ignored.
"""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from knowledge.fields import Content, Id, Instant, Metadata, Source, Tags, Text
from knowledge.stats import SourceStats, TagCount


class DocumentIn(BaseModel):
    """One document as a provider pushes it. An empty `source` is the key's own."""

    model_config = ConfigDict(extra="ignore")

    id: Id
    content: Content
    tags: Tags = Field(default_factory=list)
    metadata: Metadata = Field(default_factory=dict)
    source: Source = ""
    updated_at: Instant | None = None
    expires_at: Instant | None = None


class Batch(BaseModel):
    documents: list[DocumentIn]


class CountsOut(BaseModel):
    """`upserted` = created + updated + renewed + unchanged; `pending` of them still wait for their vectors."""

    upserted: int
    created: int
    updated: int
    renewed: int
    unchanged: int
    pending: int
    deleted: int


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


class QueryIn(BaseModel):
    """A question. Exactly min(`top_k`, matching documents) come back, less those that score below `min_score`.

    `mode` says what matches and what a score is; each is in [0, 1], and only scores of one mode compare:
    - `semantic`: every document with a vector matches; the cosine similarity of its best passage, at least 0.
    - `keyword`: a document matches that holds a word of the text, whatever its ending; BM25 of its best passage as a
      share of what endless repetition of all words would score. 0.3 and more is a good match.
    - `hybrid`: what matches in either; reciprocal rank fusion, 1 for the first place in both rankings, 0.5 for the
      first place in one. It says how far in front a document is, not how near.

    Documents with any of `exclude_tags` do not match; with `exclude_flags` nor do those with any tag `flag:…`.

    `strategy: diverse` trades likeness against novelty, so that its scores do not fall from hit to hit.
    """

    model_config = ConfigDict(extra="ignore")

    text: Text
    mode: Literal["semantic", "keyword", "hybrid"] = "semantic"
    tags: str | None = None
    top_k: Annotated[int, Field(ge=1, le=1_000)] = 10
    min_score: Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)] = 0.0
    strategy: Literal["similarity", "diverse"] = "similarity"
    source: Text | None = None
    exclude_tags: Tags = Field(default_factory=list)
    exclude_flags: bool = False
    explain: bool = False


class PassageOut(BaseModel):
    """The span of the content that matched best: `content[start:end]`, the `ordinal`-th of `count`, from 0."""

    ordinal: int
    start: int
    end: int
    count: int


class DocumentOut(BaseModel):
    """One document as analyzers see it. Only in the answer to a query: `score` in [0, 1], `passage`, and `highlights`,
    the spans `content[start:end]` within that passage that hold a word of the question, whatever its ending."""

    id: str
    content: str
    tags: list[str]
    metadata: dict[str, Any]
    source: str
    updated_at: datetime | None
    expires_at: datetime | None
    score: float | None = None
    passage: PassageOut | None = None
    highlights: list[tuple[int, int]] | None = None


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


class TermOut(BaseModel):
    """A word of the text by its stem, about how many passages hold it, and the weight that this gives it."""

    stem: str
    passages: int
    weight: float


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


class ExplanationOut(BaseModel):
    """How the answer came about. `plan`: exact, index, or words where no vector was looked at; times in milliseconds.

    `tags` is the expression in its shortest form, `branches` its alternatives. `near_misses`, at most five, would have
    been among the documents but for `min_score`; a key that is bound to a stage is told none.
    """

    mode: str
    plan: str
    tags: str | None
    branches: list[BranchOut]
    terms: list[TermOut]
    near_misses: list[NearMissOut]
    caches: CachesOut
    limits: LimitsOut | None
    model: str
    embed_ms: float
    search_ms: float


class AnswerOut(BaseModel):
    documents: list[DocumentOut]
    explanation: ExplanationOut | None = None


class SourcesOut(BaseModel):
    sources: list[SourceStats]


class TagsOut(BaseModel):
    tags: list[TagCount]
