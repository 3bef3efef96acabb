"""What providers deposit and analyzers receive."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field


class KnowledgeTag(StrEnum):
    """Tags that providers and analyzers agree on. Any other token is as good: they are plain strings.

    The first eight say what a document is, the others whom or what it concerns. They combine into
    expressions as text: `f"{KnowledgeTag.EMPLOYEE}+{KnowledgeTag.EXECUTIVE}"`.
    """

    EMPLOYEE = "employee"
    WIKI_PAGE = "wiki_page"
    POLICY = "policy"
    ORG_CHART = "org_chart"
    INCIDENT_REPORT = "incident_report"
    TICKET = "ticket"
    THREAT_REPORT = "threat_report"
    SENDER_HISTORY = "sender_history"
    EXECUTIVE = "executive"
    FINANCE = "finance"
    ENGINEERING = "engineering"
    HR = "hr"
    PUBLIC = "public"
    INTERNAL = "internal"


class Passage(BaseModel):
    """The span of a document that a query met best: `content[start:end]`, the `ordinal`-th of `count`, from 0."""

    ordinal: int
    start: int
    end: int
    count: int


class OwnVector(BaseModel):
    """A vector of `content[start:end]`, of the server's embedding model; without an `end` up to the content's."""

    model_config = ConfigDict(ser_json_inf_nan="constants")

    vector: list[float]
    start: int = 0
    end: int | None = None


class KnowledgeDocument(BaseModel):
    """One document. Its identity is (source, id): pushing it again replaces it."""

    model_config = ConfigDict(ser_json_inf_nan="constants")  # a NaN is refused by name, not turned into null

    id: str = Field(description="Stable within its source, for example 'alice@acme.com' or 'wiki/42'")
    content: str = Field(description="The text that is read and searched, as long as it is")
    tags: list[str] = Field(default_factory=list, description="Tokens of a-z 0-9 _ - : beginning with a-z 0-9")
    metadata: dict[str, Any] = Field(default_factory=dict, description="Whatever JSON travels along")
    source: str = Field(default="", description="Where it comes from; empty means the key's own source")
    updated_at: datetime | None = Field(default=None, description="When it changed at its origin")
    expires_at: datetime | None = Field(default=None, description="From then on it is not found; UTC without a zone")
    language: str | None = Field(
        default=None, description="Whose word endings count, such as 'german'; or its source's"
    )
    vectors: list[OwnVector] | None = Field(
        default=None, description="In place of what the server would embed; in answers, where they are asked for"
    )
    embedding_model: str = Field(default="", description="Whose the vectors are; refused where the server's is another")
    score: float | None = Field(default=None, ge=0.0, le=1.0, description="Likeness to the query; only in answers")
    rerank_score: float | None = Field(default=None, description="What the reranker gave it; only in answers")
    passage: Passage | None = Field(default=None, description="What of it was met best; only in answers to queries")

    @property
    def excerpt(self) -> str:
        """The passage that a query met best; the whole content of any other document."""
        return self.content[self.passage.start : self.passage.end] if self.passage else self.content

    @classmethod
    def with_ttl(cls, ttl: timedelta, *, now: datetime | None = None, **document: Any) -> Self:
        """A document that expires `ttl` after `now` (default: this moment) unless it is pushed again.

        `KnowledgeDocument.with_ttl(timedelta(hours=24), id="alice", content="Alice Chen, CTO")`
        """
        return cls(**document, expires_at=(now or datetime.now(UTC)) + ttl)


@dataclass(frozen=True, kw_only=True)
class Pending:
    """Passages that a query may find and that have no vector yet. `more`: these at least, as 1,000 are looked at."""

    passages: int
    more: bool


class Hits(list[KnowledgeDocument]):
    """What a query found, best first. `pending`: what it could not find by meaning yet; None where that is nothing.

    `reranked`: whether the reranker has put them in order, None where that was not wanted; `not_reranked` says why not.
    """

    def __init__(
        self,
        documents: Iterable[KnowledgeDocument] = (),
        *,
        pending: Pending | None = None,
        reranked: bool | None = None,
        not_reranked: str = "",
    ) -> None:
        super().__init__(documents)
        self.pending = pending
        self.reranked = reranked
        self.not_reranked = not_reranked


@dataclass(frozen=True, kw_only=True)
class Counts:
    """What a push did, in documents. `upserted` = created + updated + renewed + unchanged + stale.

    `renewed` changed nothing but their expiry; `stale` were older than what is stored. `pending` of them are stored and
    still wait for their vectors. `deleted` went to the trash; `held` would have, but are too many to go unasked, and
    wait for an admin.
    `dropped_flags` are tags `flag:…` that were left out, since only the server's scanner gives them.
    """

    upserted: int = 0
    created: int = 0
    updated: int = 0
    renewed: int = 0
    unchanged: int = 0
    stale: int = 0
    pending: int = 0
    deleted: int = 0
    held: int = 0
    dropped_flags: int = 0

    @classmethod
    def read(cls, answer: Mapping[str, Any]) -> Self:
        """Counts out of an answer; what it does not mention is 0."""
        return cls(**{field.name: int(answer.get(field.name) or 0) for field in fields(cls)})

    def __add__(self, other: Counts) -> Counts:
        return Counts(**{field.name: getattr(self, field.name) + getattr(other, field.name) for field in fields(self)})


@dataclass(frozen=True, kw_only=True)
class Page:
    """Some documents of a listing, and the cursor of the next page (None on the last one)."""

    documents: list[KnowledgeDocument]
    next: str | None
