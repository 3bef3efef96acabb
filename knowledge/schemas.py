"""Shapes on the wire. What their fields accept is `knowledge.fields`.

Timestamps without a zone are read as UTC. Fields we do not know (`score`, as writers send it) are ignored.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from core.fields import Instant, Text
from knowledge.fields import (
    Content,
    Id,
    Metadata,
    Source,
    Tags,
)


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
