"""The verb, `search`: recall the ranking or make it, then load. `knowledge.search` tells the whole way of a query."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.conf import settings

from core.errors import QueryInvalid
from core.redis import recall, remember
from core.replicas import is_split
from core.sql import fetch
from core.tracing.spans import span
from knowledge.embedding.embedders.base import EmbedderUnavailable, EmbeddingRefused, Vector
from knowledge.embedding.question import check_vector, embed_question
from knowledge.embedding.vector_space import Space, active_model, active_space, space_of
from knowledge.search import cache
from knowledge.search.asked import (
    NO_TERMS,
    AskedTerms,
    QuestionText,
    asked_languages,
    languages_in,
    parse_in,
    parse_question,
    weigh,
)
from knowledge.search.budget import within_budget
from knowledge.search.explaining import explain
from knowledge.search.frequencies import read_frequencies
from knowledge.search.highlights import StemsIn
from knowledge.search.loading import load_hits
from knowledge.search.query import Answer, Explanation, Hit, Mode, NearMiss, Pending, Query
from knowledge.search.ranking import Ranking, find, unpack_ranking
from knowledge.search.scope import find_pending, may_wait, scope_of
from knowledge.words.languages import language_fault
from knowledge.words.stems import stems_of

GENERATION = "SELECT coalesce(sum(step), 0)::bigint FROM knowledge_generationstep"


@dataclass(frozen=True, kw_only=True)
class CachedQuery:
    """What is remembered of a query: where, and what was there. The vector's key is "" where none is needed.

    `pending` and the `languages` to ask in are not remembered, but looked at with the generation.
    """

    answer_key: str
    vector_key: str
    generation: int
    ranking: Ranking | None
    vector: Vector | None
    pending: Pending | None
    languages: list[str]


def space_for(query: Query, *, now: datetime) -> Space | None:
    """The space that the query needs: none for words alone, so that they are found while no embedder answers."""
    return None if query.mode is Mode.KEYWORD and not query.diverse else active_space(now=now)


def ask(query: Query, *, now: datetime) -> Answer:
    """`search` in the active space; a hybrid query is answered by its words, and says so, while no embedder answers, or
    where the model does not take its text.
    """
    try:
        return search(query, now=now, space=space_for(query, now=now))
    except (EmbedderUnavailable, EmbeddingRefused) as error:
        if query.mode is not Mode.HYBRID:
            raise
        by_words = replace(query, mode=Mode.KEYWORD)
        return replace(search(by_words, now=now, space=_known_space(by_words)), fallback=error)


def _known_space(query: Query) -> Space | None:
    """For telling hits apart, which needs no embedder."""
    model = active_model() if query.diverse else None
    return space_of(model) if model else None


def search(query: Query, *, now: datetime, space: Space | None) -> Answer:
    """The best documents for the query, at most `top_k`, best first; `space` as `space_for` gives it.

    This is the ordinary path; most repeated queries are answered on the fast path, `knowledge.search.fast_path`. Raises
    QueryInvalid for a blank text and an unknown language, EmbeddingRefused for one that the backend does not take,
    EmbedderUnavailable, QueryTimeout (`knowledge.search.budget`).
    """
    noted = {"larder.query.mode": query.mode.value, "larder.query.top_k": query.top_k}
    with span("search", attributes=noted) as searching:
        answer = _search(query, now=now, space=space)
        searching.note({"larder.query.hits": len(answer.hits), "larder.query.cached": answer.cached})
    return answer


def _search(query: Query, *, now: datetime, space: Space | None) -> Answer:
    given = _given_vector(query, space=space)
    if not query.text.strip() and (given is None or query.mode is not Mode.SEMANTIC):
        raise QueryInvalid("The text of a query cannot be blank.")
    if query.language and (fault := language_fault(query.language)):
        raise QueryInvalid(f"`language` {fault}.")
    started = time.perf_counter()
    with within_budget(query):
        memory = _recall(query, now=now, space=space)
        question = _parse(query, memory.languages)
        stems_in = _stems_in(query, question, memory.languages)
        if memory.ranking is not None and not query.explain:
            hits, _ = _load(query, memory.ranking, now=now, space=space, stems_in=stems_in)
            if len(hits) == len(memory.ranking.candidates):
                return _answer(query, memory, memory.ranking, hits, space=space, started=started, cached=True)
    vector, embed_ms = _vector(query, space=space, memory=memory) if given is None else (given, 0.0)
    with within_budget(query):
        asked = _weigh(query, question)
        ranking = find(query, now=now, space=space, vector=vector, asked=asked, generation=memory.generation)
        hits, near_misses = _load(query, ranking, now=now, space=space, stems_in=stems_in)
        explanation = None
        if query.explain:
            explanation = explain(
                query,
                now=now,
                ranking=ranking,
                near_misses=near_misses,
                vector_cached=memory.vector is not None,
                answer_cached=memory.ranking is not None,
            )
    if not query.explain and not is_split():
        remember(memory.answer_key, ranking.pack(), live_s=cache.ANSWERS_LIVE_S)
    return _answer(
        query, memory, ranking, hits, space=space, started=started, embed_ms=embed_ms, explanation=explanation
    )


def _given_vector(query: Query, *, space: Space | None) -> Vector | None:
    """The question's own vector. Raises QueryInvalid where it is of another model, or of no use."""
    if space and query.embedding_model not in ("", space.model.name):
        raise QueryInvalid(f"`embedding_model` is {query.embedding_model[:64]!r}; the store's is {space.model.name!r}.")
    if not query.vector:
        return None
    if space is None or query.mode is Mode.KEYWORD:
        raise QueryInvalid("`vector` is of no use in the mode `keyword`.")
    return check_vector(query.vector, model=space.model)


def _parse(query: Query, languages: Sequence[str]) -> QuestionText:
    older = query.mode is not Mode.SEMANTIC and not query.text.isascii() and read_frequencies().has_older
    return parse_in(
        languages,
        lambda language: parse_question(
            query.text,
            language=language,
            most_words=settings.MAX_QUERY_WORDS,
            quotes=query.obeys_quotes,
            older=older and language == languages[0],
        ),
    )


def _stems_in(query: Query, question: QuestionText, languages: Sequence[str]) -> StemsIn:
    """What is marked in a document of a language."""

    def stems(language: str) -> set[str]:
        return question.stems if (language or settings.SEARCH_LANGUAGE) in languages else stems_of(query.text, language)

    return stems


def _weigh(query: Query, question: QuestionText) -> AskedTerms:
    return NO_TERMS if query.mode is Mode.SEMANTIC else weigh(question, frequencies=read_frequencies())


def keys_of(query: Query, *, space: Space | None) -> tuple[str, str]:
    """Under which keys the answer and the text's vector are remembered."""
    answer_key = cache.answer_key(
        *(query.mode.value, query.text, str(query.tags), query.source, query.top_k, query.min_score, query.diverse),
        *(query.exclude_tags, query.exclude_flags, query.sources, str(query.within), query.obeys_quotes),
        *(space.model.pk if space else None, settings.SEARCH_LANGUAGE, query.language),
        *(query.filter.text if query.filter else "", query.vector),
    )
    needs_vector = space is not None and query.mode is not Mode.KEYWORD and not query.vector
    return answer_key, cache.vector_key(query.text, space=space) if space and needs_vector else ""


def _recall(query: Query, *, now: datetime, space: Space | None) -> CachedQuery:
    """The generation is read before anything else: what is found from now on is at least as new, and lacks no more."""
    generation, languages, pending = _look_at_store(query, now=now, space=space)
    answer_key, vector_key = keys_of(query, space=space)
    answer, vector = recall([answer_key, vector_key or answer_key])
    ranking = unpack_ranking(answer)
    return CachedQuery(
        answer_key=answer_key,
        vector_key=vector_key,
        generation=generation,
        ranking=ranking if ranking is not None and ranking.stands(at=now, generation=generation) else None,
        vector=cache.unpack_vector(vector, dimensions=space.model.dimensions) if space and vector_key else None,
        pending=pending,
        languages=languages,
    )


def _look_at_store(query: Query, *, now: datetime, space: Space | None) -> tuple[int, list[str], Pending | None]:
    """The generation, the languages to ask in, and what cannot be found by meaning yet where the query searches so."""
    scope = scope_of(query, now=now)
    by_words = query.mode is not Mode.SEMANTIC and not query.language
    languages = languages_in(scope) if by_words else "ARRAY[]::text[]"
    waiting = may_wait(scope, model=space.model) if space and query.mode is not Mode.KEYWORD else "false"
    [(generation, found, waits)] = fetch(f"SELECT ({GENERATION}), {languages}, {waiting}", scope.parameters)
    asked = [query.language] if query.language else asked_languages(found)
    pending = (
        find_pending(scope, model=space.model, may_wait=waits) if space and query.mode is not Mode.KEYWORD else None
    )
    return generation, asked, pending


def _vector(query: Query, *, space: Space | None, memory: CachedQuery) -> tuple[Vector | None, float]:
    """The text's vector, remembered or made, and the milliseconds that making it took."""
    if memory.vector is not None or space is None or not memory.vector_key:
        return memory.vector, 0.0
    started = time.perf_counter()
    vector = embed_question(query.text, space=space)
    embed_ms = (time.perf_counter() - started) * 1_000
    remember(memory.vector_key, cache.pack_vector(vector), live_s=cache.VECTORS_LIVE_S)
    return vector, embed_ms


def _load(
    query: Query, ranking: Ranking, *, now: datetime, space: Space | None, stems_in: StemsIn
) -> tuple[list[Hit], list[NearMiss]]:
    """The near misses only for a query that is explained."""
    model, near_misses = space.model if space else None, ranking.near_misses if query.explain else ()
    return load_hits(
        ranking.candidates, near_misses=near_misses, now=now, model=model, stems_in=stems_in, question=query.text
    )


def _answer(
    query: Query,
    memory: CachedQuery,
    ranking: Ranking,
    hits: list[Hit],
    *,
    space: Space | None,
    started: float,
    embed_ms: float = 0.0,
    cached: bool = False,
    explanation: Explanation | None = None,
) -> Answer:
    return Answer(
        hits=hits,
        plan=ranking.plan,
        mode=query.mode,
        model=space.model.name if space else "",
        search_ms=(time.perf_counter() - started) * 1_000 - embed_ms,
        embed_ms=embed_ms,
        cached=cached,
        explanation=explanation,
        pending=memory.pending,
    )
