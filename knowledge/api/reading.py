"""Reading and deleting, `/api/v1/knowledge`; pushes are in `knowledge.api.pushing`. Endpoints translate, verbs decide.

Most repeated queries never come here: the fast path (`config.web.fast_path`) answers them before Django, and
`knowledge.search` tells both paths. Errors leave through the one table in `config.statuses`. Shapes are in
`knowledge.schemas`.
"""

from typing import Annotated, Literal
from urllib.parse import unquote

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Router, Status
from pydantic import Field

from accounts import access
from accounts.access import Caller, Role, caller
from accounts.audit import actor_of, record
from core.errors import QueryInvalid
from core.paging import paginate
from core.slips import slip
from knowledge.api.schemas import (
    AnswerOut,
    BranchOut,
    CachesOut,
    DeletedOut,
    DeletionIn,
    DocumentOut,
    DocumentsOut,
    ExplanationOut,
    FallbackOut,
    FilterOut,
    IdsIn,
    LimitsOut,
    NearMissOut,
    PageOut,
    PassageOut,
    PendingOut,
    RerankerOut,
    RerankFallbackOut,
    SourcesOut,
    TagsOut,
    TermOut,
    VectorOut,
    WholeDocumentOut,
)
from knowledge.browsing import stats
from knowledge.browsing.lists import KEYSETS, Order
from knowledge.browsing.stats import Stats
from knowledge.browsing.vectors import read_vectors
from knowledge.browsing.visible import asked_by, check_length, the_one, visible_documents
from knowledge.deleting.trash import delete_document, delete_rows
from knowledge.embedding.vector_space import active_model
from knowledge.filters.parsing import parse_filter, parse_filter_text
from knowledge.models import Document
from knowledge.reranking.reordering import ask
from knowledge.schemas import QueryIn, RerankIn
from knowledge.search import Answer, Hit, Mode, Query
from knowledge.search.answers import write_answer, write_found
from knowledge.search.budget import large_turn, list_within_budget
from knowledge.search.query import CountedIn, Explanation, Reranked, Term
from knowledge.tagexpr import parse_tags

router = Router(tags=["knowledge"])

JSON = "application/json; charset=utf-8"

LISTED = frozenset({"tags", "source", "q", "filter", "order", "limit", "cursor", "total"})

MOST_DELETED = 1_000
"""By one call, in one transaction."""

Limit = Annotated[int, Field(ge=1, le=500)]


@router.post("/documents/get", auth=access.document_readers, response=DocumentsOut, summary="Many documents by id")
def get_many(request: HttpRequest, wanted: IdsIn) -> DocumentsOut:
    """At most 1,000, in the order asked for; what is not there is left out. Where several sources use an id, each.

    With `include_vectors` 422 where they hold more than 2,000,000 numbers in all.
    """
    found = visible_documents(caller(request), wanted.source, timezone.now()).filter(key__in=wanted.ids)
    places = {key: place for place, key in reversed([*enumerate(wanted.ids)])}
    with list_within_budget():
        rows = sorted(found, key=lambda document: (places[document.key], document.source))
        model = active_model() if wanted.include_vectors else None
        vectors = read_vectors(rows, model=model) if model else {}
    documents = [WholeDocumentOut(**vars(_document(row))) for row in rows]
    for row, document in zip(rows, documents, strict=True):
        document.vectors = [VectorOut(**each._asdict()) for each in vectors[row.pk]] if model else None
    return DocumentsOut(documents=documents, embedding_model=model.name if model else None)


@router.post("/documents/delete", auth=access.document_deleters, response=DeletedOut, summary="Delete many documents")
def delete_many(request: HttpRequest, meant: DeletionIn) -> DeletedOut:
    """Of one source, those of the `ids` that the `filter` holds for, to the trash: at most 1,000, all or none.

    What is not there is no error.
    """
    if meant.ids is None and meant.filter is None:
        raise QueryInvalid("Nothing is named: give `ids`, a `filter`, or both.")
    who, now = caller(request), timezone.now()
    source = who.source_for(meant.source)
    found = visible_documents(who, source, now).filtered(parse_filter(meant.filter))
    if meant.ids is not None:
        found = found.filter(key__in=meant.ids)
    with transaction.atomic():
        with list_within_budget():
            rows = list(found.order_by("pk").values_list("pk", flat=True)[: MOST_DELETED + 1])
        # Locked, they are asked once more: what has changed meanwhile may be meant no longer, or not be the key's.
        meant_still = found.filter(pk__in=rows[:MOST_DELETED]).order_by("pk").select_for_update()
        deleted = delete_rows(list(meant_still.values_list("pk", flat=True)), now=now, actor=who.name)
        if who.role == Role.ADMIN and deleted:
            record(actor_of(request), "document.delete", source, after={"documents": deleted}, now=now)
    return DeletedOut(deleted=deleted, more=len(rows) > MOST_DELETED)


@router.delete("/sources/{source}/documents/{path:key}", auth=access.document_deleters, response={204: None})
def delete_of_source(request: HttpRequest, source: str, key: str) -> Status[None]:
    _delete(request, key, source=caller(request).source_for(source))
    return Status(204, None)


@router.delete(
    "/documents/{path:key}", auth=access.document_deleters, response={204: None}, operation_id="delete_document"
)
def delete(request: HttpRequest, key: str) -> Status[None]:
    """The source is the key's. For an unbound key the id must be one source's only: 409 otherwise.

    Older clients do not encode the id: what follows a `?` in it arrives as the query string.
    """
    if query := request.META.get("QUERY_STRING"):
        key = f"{key}?{unquote(query)}"
    _delete(request, key, source=caller(request).source)
    return Status(204, None)


@router.get("/documents", auth=access.document_readers, response=PageOut)
def list_documents(
    request: HttpRequest,
    tags: str = "",
    source: str = "",
    q: str = "",
    filter: str = "",
    order: Literal["stored", "id"] = "stored",
    limit: Limit = 50,
    cursor: str = "",
    total: bool = False,
) -> PageOut:
    """Newest first. `q`: the id or the content contains it. `filter`: as of a query, as JSON.

    `total=true` counts, which takes its time.

    A document that changes is the newest again, so a walk from page to page that has begun never sees it. In
    `order=id`, by source and id, nothing moves: whatever is there from beginning to end comes once.
    """
    if wrong := slip(request.GET.keys() - LISTED, LISTED - request.GET.keys()):
        raise QueryInvalid(f"There is no parameter `{wrong[0][:64]}`, but `{wrong[1]}`.")
    now = timezone.now()
    found = visible_documents(caller(request), source, now).tagged(parse_tags(tags)).containing(_searchable(q))
    found = found.filtered(parse_filter_text(filter))
    with list_within_budget():
        page = paginate(found, by=KEYSETS[Order(order)], cursor=cursor, limit=limit)
        count = found.count() if total else None
    return PageOut(documents=[_document(document) for document in page.rows], next=page.next, total=count)


@router.get("/sources/{source}/documents/{path:key}", auth=access.document_readers, response=DocumentOut)
def get_of_source(request: HttpRequest, source: str, key: str) -> DocumentOut:
    return _document(the_one(visible_documents(caller(request), source, timezone.now()), key))


@router.get("/documents/{path:key}", auth=access.document_readers, response=DocumentOut, operation_id="get_document")
def get(request: HttpRequest, key: str) -> DocumentOut:
    return _document(the_one(visible_documents(caller(request), "", timezone.now()), key))


@router.post("/query", auth=access.askers, response=AnswerOut, exclude_unset=True, summary="The documents that matter")
def query(request: HttpRequest, question: QueryIn) -> AnswerOut | HttpResponse:
    """At most `top_k` documents, best first, by meaning, by words or by both, and under the tag expression."""
    expression = parse_tags(question.tags)
    check_length(question.text)
    now = timezone.now()
    asked = Query(
        text=question.text,
        tags=expression,
        top_k=question.top_k,
        min_score=question.min_score,
        diverse=question.strategy == "diverse",
        mode=Mode(question.mode),
        explain=question.explain,
        exclude_tags=tuple(question.exclude_tags),
        exclude_flags=question.exclude_flags,
        filter=parse_filter(question.filter),
        vector=tuple(question.vector or ()),
        embedding_model=question.embedding_model,
        language=question.language,
        rerank=bool(question.rerank) if question.rerank is not None else None,
        rerank_candidates=question.rerank.candidates if isinstance(question.rerank, RerankIn) else None,
    )
    asked = asked_by(caller(request), asked, source=question.source or "")
    with large_turn(asked):
        answer = ask(asked, now=now)
        if answer.explanation is None:
            body = write_answer(
                map(write_found, answer.hits),
                fallback=answer.fallback,
                pending=answer.pending,
                reranked=answer.reranked,
            )
            return HttpResponse(body, content_type=JSON)
    documents = [_hit(hit) for hit in answer.hits]
    found = AnswerOut(documents=documents, explanation=_explanation(answer, asked, caller(request)))
    if answer.fallback:
        found.fallback = FallbackOut(mode="keyword", code=answer.fallback.code, detail=answer.fallback.detail)
    if answer.pending:
        found.pending = PendingOut(passages=answer.pending.passages, more=answer.pending.more)
    if told := answer.reranked:
        found.reranked = not told.code
        if told.code:
            found.rerank_fallback = RerankFallbackOut(code=told.code, detail=told.detail)
    return found


@router.get("/stats", auth=access.readers, response=Stats)
def get_stats(request: HttpRequest) -> Stats:
    return stats.stats(now=timezone.now(), source=caller(request).source)


@router.get("/sources", auth=access.source_readers, response=SourcesOut)
def get_sources(request: HttpRequest) -> SourcesOut:
    who = caller(request)
    found = stats.source_stats(now=timezone.now(), source=who.source)
    return SourcesOut(sources=[each for each in found if who.reaches(each.source)])


@router.get("/tags", auth=access.readers, response=TagsOut)
def get_tags(request: HttpRequest) -> TagsOut:
    return TagsOut(tags=stats.tag_counts(now=timezone.now(), source=caller(request).source))


# --- translation ------------------------------------------------------------------------------------------------------


def _delete(request: HttpRequest, key: str, *, source: str | None) -> None:
    """What a provider deletes is its own affair and a change; what an admin deletes is noted in the audit, too."""
    who, now = caller(request), timezone.now()
    with transaction.atomic():
        if who.sources or who.tags:
            source = the_one(visible_documents(who, source or "", now), key).source
        held_by = delete_document(key, source=source, now=now, actor=who.name)
        if who.role == Role.ADMIN:
            record(actor_of(request), "document.delete", f"{held_by}/{key}", now=now)


def _searchable(text: str) -> str:
    if "\0" in text:
        raise QueryInvalid("The parameter q holds a NUL character.")
    return text


def _document(document: Document) -> DocumentOut:
    return DocumentOut(
        id=document.key,
        content=document.content,
        tags=document.tags,
        metadata=document.metadata,
        source=document.source,
        updated_at=document.updated_at,
        expires_at=document.expires_at,
        language=document.language or None,
        score=None,
    )


def _hit(hit: Hit) -> DocumentOut:
    passage = PassageOut(ordinal=hit.ordinal, start=hit.start, end=hit.end, count=hit.passages)
    found = {"score": hit.score, "passage": passage, "highlights": hit.highlights}
    scored = {} if hit.rerank_score is None else {"rerank_score": hit.rerank_score}
    return _document(hit.document).model_copy(update=found | scored)


def _explanation(answer: Answer, asked: Query, who: Caller) -> ExplanationOut:
    """What is counted over the whole store is told to admins alone: others may not read all that is counted. Who is
    bound to a stage is told no counts of words either.
    """
    found, limits = answer.explanation, who.limits
    assert found is not None  # noqa: S101 -- the query asked for it
    counted = who.role == Role.ADMIN or (found.counted_in is CountedIn.SCOPE and not limits)
    near_misses = () if limits else found.near_misses  # a stage is shown what it may have and nothing else
    return ExplanationOut(
        mode=answer.mode,
        plan=answer.plan,
        tags=str(asked.tags) if asked.tags else None,
        branches=[BranchOut(tags=list(each.tags), documents=each.documents, more=each.more) for each in found.branches],
        filter=_filter(found) if asked.filter else None,
        terms=[_term(term, counted=counted) for term in found.terms],
        counted_in=found.counted_in.value if found.counted_in else None,
        near_misses=[NearMissOut(id=each.key, source=each.source, score=each.score) for each in near_misses],
        caches=CachesOut(vector=found.vector_cached, answer=found.answer_cached),
        limits=LimitsOut(stage=limits.stage, top_k=asked.top_k, min_score=asked.min_score) if limits else None,
        model=answer.model,
        embed_ms=round(answer.embed_ms, 3),
        search_ms=round(answer.search_ms, 3),
        reranker=_reranker(answer.reranked),
    )


def _reranker(told: Reranked | None) -> RerankerOut | None:
    if told is None or told.code:
        return None
    return RerankerOut(
        model=told.model, candidates=told.candidates, cached=told.cached, rerank_ms=round(told.rerank_ms, 3)
    )


def _filter(found: Explanation) -> FilterOut | None:
    if found.matched is None or (plan := found.filter_plan) is None:
        return None
    return FilterOut(
        documents=found.matched.documents,
        more=found.matched.more,
        found_by="index" if plan.is_served else "scan",
        undeclared=plan.undeclared,
    )


def _term(term: Term, *, counted: bool) -> TermOut:
    return TermOut(stem=term.stem, passages=term.passages if counted else None, weight=term.weight if counted else None)
