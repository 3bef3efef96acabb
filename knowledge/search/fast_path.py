"""The fast path of the simplest query: by meaning, of a text that was asked before, with a key that is known.

It takes two round trips. Redis is asked for the text's vector and the answer, unless this process holds the vector;
then PostgreSQL, in one statement, or in two where settings are made, for whether the key and the model still are as
this process knows them, for the generation, and for the documents. Nothing is taken for granted: where a row has
changed, what came with it is thrown away.

Whatever else is asked, or is wrong with the question, is left to the API, which takes its time and says what is wrong.
So is a ranking whose first step does not settle it.

See docs/decisions/0014, 0213 and 0214.
"""

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache, partial
from typing import Any, NamedTuple
from uuid import UUID

from django.conf import settings
from pydantic import ValidationError

from accounts import keys
from accounts.access import ALL, READERS, Caller
from accounts.limits import Limits, Rerank, Verb
from core.redis import recall, remember
from core.sql import Rows, Statement, array_of, fetch_lent
from knowledge.embedding.embedders.base import Vector
from knowledge.embedding.index_choice import cluster_is_used
from knowledge.embedding.vector_space import MODEL_FIELDS, Space, space_of
from knowledge.filters.parsing import parse_filter
from knowledge.models import EmbeddingModel
from knowledge.schemas import QueryIn
from knowledge.search import Query, cache
from knowledge.search.answers import write_answer, write_hit
from knowledge.search.budget import within_budget
from knowledge.search.highlights import mark
from knowledge.search.pipeline import GENERATION, keys_of
from knowledge.search.query import Candidate, Pending, tighten
from knowledge.search.ranking import Ranking, conclude, unpack_ranking
from knowledge.search.scope import Scope, find_pending, may_wait, scope_of
from knowledge.search.vector import Unsettled, VectorSearch
from knowledge.tagexpr import parse_tags
from knowledge.words.languages import OF_DOCUMENT
from knowledge.words.stems import Span, stems_of

MOST_KNOWN = 1_000
"""Keys that a process remembers; then remembering starts anew."""

# What is remembered of a key: changed in anything, it has another version.
BINDING = ", ".join(
    (
        *("k.id", "k.digest", "k.name", "k.role", "k.source", "k.sources", "k.tags", "k.verbs"),
        *("s.name", "s.max_top_k", "s.min_score_floor", "s.rerank"),
        *(f"m.{name}" for name in MODEL_FIELDS),
    )
)

# Plan: one probe of the key's prefix, its stage, the one active model, and the few rows of the generation. Always one
# row, empty where there is no such key. The settings are for the statement that follows.
STANDING = f"""
SELECT {{columns}}, hash_record_extended(ROW({BINDING}), 0) AS version
FROM (SELECT {{settings}}) tuned
LEFT JOIN accounts_accesskey k ON k.prefix = %(prefix)s AND {keys.USABLE}
LEFT JOIN accounts_stage s ON s.id = k.stage_id
LEFT JOIN knowledge_embeddingmodel m ON m.state = 'active'
"""  # noqa: S608 -- names of columns
NOW = f"({keys.IS_USE_UNNOTED}) AS is_unnoted, ({GENERATION}) AS generation, {{may_wait}} AS may_wait"

# Plan: a nested loop, the one row of the standing outside; so what is found keeps its order.
TOGETHER = """
SELECT standing.*, found.* FROM ({standing}) standing
LEFT JOIN (SELECT true AS is_found, asked.* FROM ({asked}) asked) found ON true
"""

# Of a hit: its document, and how many passages that has; a passage that is the whole content is the only one.
COLUMNS = f""", d.source, d.key, d.content, d.tags, d.metadata::text, d.updated_at, d.expires_at, d.language,
       {OF_DOCUMENT.format(default="''")},
       CASE WHEN p."start" = 0 AND p."end" = length(d.content) THEN 1
            ELSE (SELECT count(*) FROM knowledge_passage o WHERE o.document_id = d.id AND o.model_id = {{model}}) END"""  # noqa: S608 -- names of columns

# The documents of a remembered answer, as far as they are still live.
REMEMBERED = """
SELECT p.document_id{columns}
FROM unnest(%(ids)s::bigint[], %(starts)s::int[], %(ends)s::int[]) AS p(document_id, "start", "end")
JOIN knowledge_document d ON d.id = p.document_id
WHERE d.deleted_at IS NULL AND (d.expires_at IS NULL OR d.expires_at > %(now)s)
"""


@dataclass(frozen=True, kw_only=True)
class KnownKey:
    """A key that this process has seen to be usable, and what it was bound to, in that `version`."""

    version: int
    key_id: UUID
    caller: Caller
    space: Space
    columns: str
    """Of a hit."""


class FastQuery(NamedTuple):
    """A simple query and who asks it, before PostgreSQL was asked whether they still may."""

    query: Query
    known: KnownKey
    digest: bytes
    prefix: str
    now: datetime


class CachedVector(NamedTuple):
    """What Redis knows of a question."""

    answer_key: str
    answer: Ranking | None
    vector: Vector


class StoreAnswer(NamedTuple):
    """What PostgreSQL says: the generation, what cannot be found yet, and the statement's rows."""

    generation: int
    pending: Pending | None
    rows: Rows


_known: dict[bytes, KnownKey] = {}
_vectors = cache.LocalCache[Vector]()
_answers = cache.LocalCache[Ranking]()
CANDIDATE_BYTES = 256
"""One of a ranking in memory."""


def read_fast_query(raw_key: str, body: bytes, *, now: datetime) -> FastQuery | None:
    """The query, where it is simple and the key is a reader's.

    Raises LarderError where it is refused; the API says so better.
    """
    digest = hashlib.sha256(raw_key.encode(errors="replace")).digest()
    prefix = keys.prefix_of(raw_key)
    if not prefix:
        return None
    known = _known.get(digest) or _recognise(digest, prefix=prefix, now=now)
    query = _read_query(body, known.caller) if known else None
    return FastQuery(query=query, known=known, digest=digest, prefix=prefix, now=now) if known and query else None


def answer_fast_query(fast_query: FastQuery) -> bytes | None:
    """The answer as it goes out, or None where the query has to take the ordinary path."""
    memory = _recall(fast_query)
    if memory is None:
        return None
    return _answer_remembered(fast_query, memory) or _search(fast_query, memory)


def _read_query(body: bytes, caller: Caller) -> Query | None:
    """What is asked, within the caller's limits; None where that is not simple."""
    try:
        question = QueryIn.model_validate_json(body)
    except ValidationError:
        return None
    simple = question.mode == "semantic" and question.strategy == "similarity" and not question.explain
    simple = simple and not (question.exclude_tags or question.exclude_flags or question.language)
    simple = simple and question.vector is None and not question.embedding_model and not question.rerank
    if not simple or not question.text.strip() or len(question.text) > settings.MAX_QUERY_CHARS:
        return None
    caller.require(Verb.QUERY, obeyed=ALL)
    named = question.source or ""
    query = Query(
        text=question.text,
        tags=parse_tags(question.tags),
        top_k=question.top_k,
        min_score=question.min_score,
        source=caller.source_for(named) if named or caller.source else None,
        filter=parse_filter(question.filter),
        sources=() if named else caller.sources,
        within=parse_tags(caller.tags),
        rerank=None if question.rerank is None else False,
    )
    tightened = tighten(query, caller.limits)
    return None if tightened.rerank else tightened


def _standing(columns: str, *, tuned: Mapping[str, object]) -> str:
    settings = [f"set_config('{name}', '{value}', true)" for name, value in tuned.items()]
    return STANDING.format(columns=columns, settings=", ".join(settings))


@lru_cache(maxsize=100)
def _together(now: str, asked: str) -> str:
    return TOGETHER.format(standing=_standing(now, tuned={}), asked=asked)


def _recognise(digest: bytes, *, prefix: str, now: datetime) -> KnownKey | None:
    standing = Statement(text=_standing(BINDING, tuned={}), parameters={"prefix": prefix, "now": now})
    [[row]] = fetch_lent([standing])
    key_id, kept, name, role, source, sources, tags, verbs, stage, max_top_k, floor, rerank, *model, version = row
    if key_id is None or not hmac.compare_digest(bytes(kept), digest) or role not in READERS:
        return None
    made = EmbeddingModel(**dict(zip(MODEL_FIELDS, model, strict=True)))
    if made.pk is None:  # nothing was ever stored
        return None
    caps = {"max_top_k": max_top_k, "min_score_floor": floor}
    limits = Limits(stage=stage, **caps, rerank=Rerank(rerank)) if stage else None
    narrowed = {"sources": tuple(sources), "tags": tags, "verbs": tuple(verbs)}
    caller = Caller(name=name, role=role, source=source, limits=limits, **narrowed)
    if len(_known) >= MOST_KNOWN:
        _known.clear()
    columns = COLUMNS.format(model=int(made.pk))
    _known[digest] = KnownKey(version=version, key_id=key_id, caller=caller, space=space_of(made), columns=columns)
    return _known[digest]


def _recall(fast_query: FastQuery) -> CachedVector | None:
    """An answer that only Redis knows is searched for again where this process holds the vector: most answers that it
    does not know are new."""
    space = fast_query.known.space
    answer_key, vector_key = keys_of(fast_query.query, space=space)
    held = _vectors.get(vector_key)
    if held is not None:
        return CachedVector(answer_key=answer_key, answer=_answers.get(answer_key), vector=held)
    packed_answer, packed = recall([answer_key, vector_key])
    vector = cache.unpack_vector(packed, dimensions=space.model.dimensions)
    if vector is None:
        return None
    _vectors.put(vector_key, vector, size=vector.nbytes)
    answer = unpack_ranking(packed_answer)
    if answer:
        _hold(answer_key, answer)
    return CachedVector(answer_key=answer_key, answer=answer, vector=vector)


def _hold(answer_key: str, answer: Ranking) -> None:
    _answers.put(answer_key, answer, size=CANDIDATE_BYTES * (1 + len(answer.candidates)))


def _ask(fast_query: FastQuery, statement: Statement) -> StoreAnswer | None:
    """None, and forgotten, where the key or the model is not as it was."""
    known, scope = fast_query.known, scope_of(fast_query.query, now=fast_query.now)
    with within_budget(fast_query.query):
        (is_unnoted, generation, waits, version), rows = _fetch(fast_query, statement, scope)
        if version != known.version:
            _known.pop(fast_query.digest, None)
            return None
        pending = find_pending(scope, model=known.space.model, may_wait=waits, fetch=fetch_lent)
    if is_unnoted:
        keys.note_use(known.key_id, now=fast_query.now)
    return StoreAnswer(generation=generation, pending=pending, rows=rows)


def _fetch(fast_query: FastQuery, statement: Statement, scope: Scope) -> tuple[tuple[Any, ...], Rows]:
    """How the key stands, and the rows: of one statement, unless settings have to be made before the second."""
    now = NOW.format(may_wait=may_wait(scope, model=fast_query.known.space.model))
    parameters = {**scope.parameters, **dict(statement.parameters), "prefix": fast_query.prefix}
    if statement.tuned:
        standing = Statement(text=_standing(now, tuned=statement.tuned), parameters=parameters)
        [[stood], rows] = fetch_lent([standing, replace(statement, tuned={})])
        return stood, rows
    together = Statement(text=_together(now, statement.text), parameters=parameters, prepare=statement.prepare)
    [rows] = fetch_lent([together])
    return rows[0][:4], [row[5:] for row in rows if row[4]]


def _answer_remembered(fast_query: FastQuery, memory: CachedVector) -> bytes | None:
    """None where the answer is not remembered, no longer stands, or a document of it is gone."""
    answer = memory.answer
    if answer is None or not answer.stands(at=fast_query.now, generation=answer.generation):
        return None
    chosen = answer.candidates
    load = Statement(
        text=REMEMBERED.format(columns=fast_query.known.columns),
        parameters={
            "now": fast_query.now,
            "ids": array_of(each.document_id for each in chosen),
            "starts": array_of(each.start for each in chosen),
            "ends": array_of(each.end for each in chosen),
        },
    )
    told = _ask(fast_query, load)
    if told is None or told.generation != answer.generation or len(told.rows) < len(chosen):
        return None
    return _write(fast_query, chosen, {row[0]: row[1:] for row in told.rows}, pending=told.pending)


def _search(fast_query: FastQuery, memory: CachedVector) -> bytes | None:
    """None, too, where a cluster is asked: that comes before the generation is read, so a label that changes in between
    would be missed by an answer that is remembered as newer."""
    if cluster_is_used():
        return None
    query, model = fast_query.query, fast_query.known.space.model
    scope = scope_of(query, now=fast_query.now)
    step = VectorSearch(scope=scope, model=model, vector=memory.vector, wanted=query.wanted).first_step(
        columns=fast_query.known.columns
    )
    told = _ask(fast_query, step.statement)
    ranked = step.judge(told.rows) if told else Unsettled.MORE
    if told is None or isinstance(ranked, Unsettled):
        return None
    ranking = conclude(
        query, ranked, plan=step.plan, now=fast_query.now, space=fast_query.known.space, generation=told.generation
    )
    remember(memory.answer_key, ranking.pack(), live_s=cache.ANSWERS_LIVE_S)
    _hold(memory.answer_key, ranking)
    documents = {row[0]: row[8:] for row in told.rows}
    return _write(fast_query, ranking.candidates, documents, pending=told.pending)


def _write(
    fast_query: FastQuery,
    chosen: Sequence[Candidate],
    documents: dict[int, tuple[Any, ...]],
    *,
    pending: Pending | None,
) -> bytes:
    """`documents`: the values of `COLUMNS`, by row."""
    found = [documents[each.document_id] for each in chosen]
    passages = [(row[2], each.start, each.end) for each, row in zip(chosen, found, strict=True)]
    stems_in = partial(stems_of, fast_query.query.text)
    marked = mark(passages, languages=[row[8] for row in found], stems_in=stems_in, question=fast_query.query.text)
    return write_answer(map(_hit, chosen, found, marked), pending=pending)


def _hit(candidate: Candidate, document: tuple[Any, ...], highlights: list[Span]) -> str:
    source, key, content, tags, metadata, updated_at, expires_at, language, _, passages = document
    passage = (candidate.ordinal, candidate.start, candidate.end, passages)
    stamps = updated_at, expires_at
    return write_hit(source, key, content, tags, metadata, *stamps, candidate.score, passage, highlights, language)
