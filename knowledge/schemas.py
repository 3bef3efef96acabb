"""Shapes on the wire. What their fields accept is `knowledge.fields`.

Timestamps without a zone are read as UTC, and numbers are none. Fields we do not know (`score`, as writers send it) are
ignored, but for names that are nearly ours: without its `tags` a question would find everything.

See docs/decisions/0217.
"""

from typing import Annotated, Any, Literal, Self

from django.conf import settings
from pydantic import BaseModel, ConfigDict, Field, model_validator

from core.fields import Text, empty_if_null
from core.schema.constraints import Constrained, constrained
from core.slips import slip
from knowledge.fields import (
    Content,
    Id,
    Language,
    Metadata,
    Source,
    Tags,
    Told,
)
from knowledge.tagexpr import EXPRESSION_IN_SCHEMA


class Careful(BaseModel):
    """Raises ValueError for a field that is not given where one of nearly its name is."""

    model_config = ConfigDict(extra="allow")

    @model_validator(mode="after")
    def _refuse_slips(self) -> Self:
        if self.model_extra:
            missing = (name for name in type(self).model_fields if name not in self.model_fields_set)
            if found := slip(self.model_extra, missing):
                raise ValueError(f"there is no field `{found[0][:64]}`, but `{found[1]}`")
        return self


DOCUMENT: dict[str, Any] = {
    "id": "travel",
    "source": "handbook",
    "content": "Flights are booked by the office.",
    "tags": ["hr"],
    "metadata": {"year": 2026},
    "updated_at": "2026-11-02T08:00:00Z",
}
"""The document of examples."""


Number = Annotated[float, Field(allow_inf_nan=False)]
Numbers = Annotated[list[Number], Field(min_length=1, max_length=16_000)]


class VectorIn(Careful):
    """A vector of the provider's own, of `content[start:end]`; without an `end` up to the content's."""

    vector: Numbers
    start: Annotated[int, Field(ge=0)] = 0
    end: Annotated[int, Field(ge=1)] | None = None


class DocumentIn(Careful):
    """One document as a provider pushes it. An empty `source` is the key's own.

    `language` says by whose word endings it is found by words, such as `german`; empty: by those of its source, or of
    SEARCH_LANGUAGE.

    `vectors` take the place of those that the embedding model would make of the content, each of a passage of it: what
    no passage holds is found by words only. They have as many dimensions as the model; their length does not count.
    `embedding_model` names the model that they are of, and is refused where that is not the active one.
    """

    model_config = ConfigDict(json_schema_extra={"examples": [DOCUMENT]})

    id: Id
    content: Content
    tags: Tags = Field(default_factory=list)
    metadata: Metadata = Field(default_factory=dict)
    source: Source = ""
    updated_at: Told | None = None
    expires_at: Told | None = None
    language: Language = ""
    vectors: Annotated[list[VectorIn], empty_if_null(list), Field(max_length=1_000)] = Field(default_factory=list)
    embedding_model: Annotated[Text, empty_if_null(str)] = ""


class RerankIn(Careful):
    """`candidates`: how many hits the reranker is shown, at most `RERANK_CANDIDATES`; null: so many."""

    candidates: Annotated[int, Field(ge=1, le=1_000)] | None = None


class QueryIn(Careful):
    """A question. Exactly min(`top_k`, matching documents) come back, less those that score below `min_score`.

    `mode` says what matches and what a score is; each is in [0, 1], and only scores of one mode compare:
    - `semantic`: every document with a vector matches; the cosine similarity of its best passage, at least 0.
    - `keyword`: a document matches that holds a word of the text, whatever its ending; BM25 of its best passage as a
      share of what endless repetition of all words would score. 0.3 and more is a good match. What has an identifier of
      the text, such as `10.0.0.12`, as it is written comes first.
    - `hybrid`: what matches in either; reciprocal rank fusion, 1 for the first place in both rankings, 0.5 for the
      first place in one, less where others have an identifier of the text. It says how far in front a document is, not
      how near.

    In the last two `"words in quotes"` have to stand side by side.

    Documents with any of `exclude_tags` do not match; with `exclude_flags` nor do those with any tag `flag:…`.

    `filter` compares metadata and own fields: `{"key": "metadata.year", "op": "gte", "value": 2020}`, joined by `and`,
    `or` and `not`; docs/reference/filters.md says what each operator means.

    `vector`: the question's own, of as many dimensions as the embedding model has; then `semantic` needs no text.
    Without one the text is not blank.
    `embedding_model` names the model that it is of, and is refused where that is not the active one.

    `language`: the question's words count as of this language alone, such as `german`; empty: as of each that is in use
    where it is asked.

    `strategy: diverse` trades likeness against novelty, so that its scores do not fall from hit to hit.

    `rerank`: the first hits in the order of the reranker, each with its `rerank_score`; without one, as the key's stage
    says. `score` and `min_score` mean what they do without it.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"text": "Who books flights?", "mode": "hybrid", "tags": "hr|staff", "top_k": 5}]
        }
    )

    text: Annotated[Text, Constrained(lambda: {"maxLength": settings.MAX_QUERY_CHARS})] = ""
    mode: Literal["semantic", "keyword", "hybrid"] = "semantic"
    tags: Annotated[str, constrained(pattern=EXPRESSION_IN_SCHEMA)] | None = None
    top_k: Annotated[int, Field(ge=1, le=1_000)] = 10
    min_score: Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)] = 0.0
    strategy: Literal["similarity", "diverse"] = "similarity"
    source: Text | None = None
    exclude_tags: Tags = Field(default_factory=list)
    exclude_flags: bool = False
    explain: bool = False
    filter: dict[str, Any] | None = None
    vector: Numbers | None = None
    embedding_model: Text = ""
    language: Language = ""
    rerank: bool | RerankIn | None = None
