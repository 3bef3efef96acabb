"""What is asked and what is answered."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from accounts.limits import Limits, Rerank
from knowledge.embedding.embedders.base import EmbedderError
from knowledge.filters.tree import QueryFilter
from knowledge.models import Document
from knowledge.tagexpr import TagExpression


class Mode(StrEnum):
    """By meaning, by words, or by both: the fusion of the two rankings."""

    SEMANTIC = "semantic"
    KEYWORD = "keyword"
    HYBRID = "hybrid"


class Plan(StrEnum):
    """Exact: filter, then order by true distance. Index: walk the graph, filtering on the way. Words: no vectors."""

    EXACT = "exact"
    INDEX = "index"
    WORDS = "words"


DIVERSE_POOL = 4
"""Maximal marginal relevance chooses among this many times top_k candidates, as far as `MOST_POOL` reaches."""

MOST_POOL = 1_000
"""Choosing compares each candidate with each: 1,000 take 30 ms. As many as `top_k` may ask for, so none is missed."""

NEAR_MISSES = 5


@dataclass(frozen=True, kw_only=True)
class Query:
    """What an analyzer asks. `tags` is parsed before any I/O; `source` None searches all.

    With `sources` only those are searched, and with `within` only what carries that, too: what a key is narrowed to.
    Documents with one of `exclude_tags` are left out; with `exclude_flags` those with any tag `flag:…`, too. With
    `obeys_quotes` words in quotes have to stand side by side, where words are looked for. With a `language` its words
    count as of that one; otherwise as of each that is in use where it is asked. A `vector` takes the place of the
    text's own, which may then be blank where only meaning is asked for; `embedding_model` says whose it is.

    `rerank` is for `knowledge.reranking`, which searches without it: of the first `rerank_candidates`, or as many as
    the settings say; None: as the stage says.
    """

    text: str
    tags: TagExpression | None = None
    top_k: int = 10
    min_score: float = 0.0
    diverse: bool = False
    source: str | None = None
    mode: Mode = Mode.SEMANTIC
    explain: bool = False
    exclude_tags: tuple[str, ...] = ()
    exclude_flags: bool = False
    sources: tuple[str, ...] = ()
    within: TagExpression | None = None
    obeys_quotes: bool = True
    language: str = ""
    filter: QueryFilter | None = None
    vector: tuple[float, ...] = ()
    embedding_model: str = ""
    rerank: bool | None = None
    rerank_candidates: int | None = None
    rerank_forbidden: bool = False

    @property
    def wanted(self) -> int:
        """Candidates to rank."""
        pool = min(self.top_k * DIVERSE_POOL, max(self.top_k, MOST_POOL)) if self.diverse else self.top_k
        return pool + (NEAR_MISSES if self.explain else 0)


class Candidate(NamedTuple):
    """A document by its best passage, `content[start:end]`; `by_words`: a passage of words, not of the model.

    `exact`: which share of the question it holds as what the question names.
    """

    document_id: int
    ordinal: int
    start: int
    end: int
    score: float
    expires_at: datetime | None = None
    by_words: bool = False
    exact: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Hit:
    """A document with the passage that matched best: the `ordinal`-th of `passages`, `content[start:end]`.

    `highlights` are the spans of the content, within that passage, that hold a word of the question.
    """

    document: Document
    score: float
    ordinal: int
    start: int
    end: int
    passages: int
    highlights: list[tuple[int, int]]
    rerank_score: float | None = None


class CountedIn(StrEnum):
    """Whose passages told how rare a word is: those that the query may find, or about those of the whole store."""

    SCOPE = "scope"
    STORE = "store"


@dataclass(frozen=True, kw_only=True)
class Term:
    """A word of the question as keyword search sees it: its stem, how many passages hold it, its weight.

    Without both where it only made passages match. `variants` are lexemes that count as so much of it, `phrase` a
    tsquery in its place. `parts` are the stems of words that it is made of, whose weights times `bonus_share` are the
    `bonus` for holding it at all; `share`: how much its own weight counts, `capped`: as that of its rarest part at
    most. It is `optional` where it was only found in the store. `exact`: it names something, so that what holds it
    goes before what only means the like.
    """

    stem: str
    passages: int | None
    weight: float | None
    variants: tuple[tuple[str, float], ...] = ()
    phrase: str = ""
    parts: tuple[str, ...] = ()
    share: float = 1.0
    capped: bool = False
    bonus: float = 0.0
    bonus_share: float = 0.0
    optional: bool = False
    exact: bool = False

    @property
    def tsquery(self) -> str:
        return self.phrase or " | ".join(f"'{lexeme}'" for lexeme in (self.stem, *(each for each, _ in self.variants)))


@dataclass(frozen=True, kw_only=True)
class Branch:
    """One alternative of the tag expression, and how many live documents carry all its tags (counted up to a limit)."""

    tags: Sequence[str]
    documents: int
    more: bool


@dataclass(frozen=True, kw_only=True)
class Pending:
    """Passages that the query may find and that have no vector yet; `more`: so many at least."""

    passages: int
    more: bool


@dataclass(frozen=True, kw_only=True)
class NearMiss:
    source: str
    key: str
    score: float


@dataclass(frozen=True, kw_only=True)
class FilterPlan:
    """Whether an index finds what a filter asks for, or every document is asked that all else leaves; and the keys of
    ranges that would be found by one if they were declared."""

    is_served: bool
    undeclared: list[str]


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """For a query that asks for it. Such a one is always searched; `answer_cached`: it need not have been.

    `matched` are the documents of any of the branches that the filter lets through; None without both. `counted_in`:
    whose passages the terms' numbers are of; None where no words were ranked by.
    """

    branches: list[Branch]
    matched: Branch | None
    terms: list[Term]
    counted_in: CountedIn | None
    near_misses: list[NearMiss]
    vector_cached: bool
    answer_cached: bool
    filter_plan: FilterPlan | None = None


@dataclass(frozen=True, kw_only=True)
class Reranked:
    """What a reranker made of an answer: it scored the first `candidates`, now or when that was `cached`; or with a
    `code` and a `detail` nothing, and why.
    """

    model: str = ""
    candidates: int = 0
    cached: bool = False
    rerank_ms: float = 0.0
    code: str = ""
    detail: str = ""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """Hits best first, and how they were found, now or when it was `cached`; times in milliseconds.

    `fallback`: why a hybrid query was answered by its words alone. `pending`: what it could not find by meaning yet, at
    the moment of the answer; None where meaning was not asked for, or finds everything. `reranked`: None where that was
    not wanted.
    """

    hits: list[Hit]
    plan: Plan
    mode: Mode
    model: str
    search_ms: float
    embed_ms: float = 0.0
    cached: bool = False
    explanation: Explanation | None = None
    fallback: EmbedderError | None = None
    pending: Pending | None = None
    reranked: Reranked | None = None


def tighten(query: Query, limits: Limits | None) -> Query:
    """The query within the limits; None allows all."""
    if limits is None:
        return query
    return replace(
        query,
        top_k=min(query.top_k, limits.max_top_k),
        min_score=max(query.min_score, limits.min_score_floor),
        rerank=limits.rerank is Rerank.ALWAYS if query.rerank is None else query.rerank,
        rerank_forbidden=limits.rerank is Rerank.NEVER,
    )
