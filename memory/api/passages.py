"""What stands in the documents: their passages by a question, and the words that they are found by."""

import time
from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from pydantic import Field

from core.fields import Text
from knowledge.search.query import Mode
from memory.access.caller import Verb
from memory.api.answers.base import described
from memory.api.answers.documents import (
    DocumentKeywordsOut,
    KeywordHitsOut,
    KeywordPlacesOut,
    KeywordsOut,
    LinksOut,
    PassageHitsOut,
)
from memory.api.base import Lensed, Wire, caller_of, lens_of, memory_router
from memory.api.document_rows import (
    PAGE_SIZE,
    at_both,
    chunk_row,
    page_numbers,
    row_of,
    told_page,
    visible_documents,
)
from memory.documents.keywords import (
    ORDERS,
    Corpus,
    Keyword,
    documents_with,
    keywords_of,
    list_keywords,
    search_keywords,
)
from memory.documents.listing import document_of, read_id, reads_nodes
from memory.documents.searching import MODES, DocumentsQuery, search_documents
from memory.errors import MemoryInvalid
from memory.scopes.paths import Clauses

router = memory_router("documents")
at = at_both(router)

MOST_HITS = 50
MOST_NAMED = 100
MOST_QUESTION_CHARS = 20_000


class DocumentFilter(Wire):
    document_ids: list[str] | None = None
    mime_type: str | None = None


class DocumentQuestion(Lensed):
    """`k` is 1 to 50; scores below `threshold`, 0 to 1, are left out."""

    query: Text
    k: int | None = Field(default=None, ge=1, le=MOST_HITS)
    mode: str | None = None
    threshold: float | None = Field(default=None, ge=0, le=1)
    filter: DocumentFilter | None = None


class KeywordQuestion(Lensed):
    query: Text
    k: int | None = Field(default=None, ge=1, le=500)
    threshold: float | None = Field(default=None, ge=0, le=1)


@at("/query", "POST", response=described(PassageHitsOut), summary="The passages that answer a question")
def query_documents(request: HttpRequest, body: DocumentQuestion) -> dict[str, Any]:
    caller, began = caller_of(request), time.perf_counter()
    _check_question(body.query)
    narrowed = body.filter or DocumentFilter()
    question = DocumentsQuery(
        text=body.query,
        source=caller.context.source,
        visible=caller.reading(body.lens).tag_expression(),
        mode=_mode(body.mode),
        k=body.k or 10,
        threshold=body.threshold or 0.0,
        file_ids=_file_ids(narrowed.document_ids),
        mime_type=narrowed.mime_type or "",
    )
    hits, reads = search_documents(question, now=timezone.now()), reads_nodes(caller.context)
    rows = [
        {"score": hit.score, "chunk": chunk_row(hit.chunk), "document": row_of(hit.document, caller, reads=reads)}
        for hit in hits
    ]
    return {"results": rows, "queryMs": _since(began)}


@at("/recompute-links", "POST", response=described(LinksOut), summary="Nothing to be done here")
def recompute_links(request: HttpRequest) -> dict[str, int]:
    """Published; passages hold no links of their own here, they are found by what they say."""
    caller_of(request).require(Verb.MEMORY_WRITE)
    return {"linksEmitted": 0}


@at("/keywords", "GET", response=described(KeywordsOut), summary="The words that documents are found by")
def get_keywords(
    request: HttpRequest,
    q: str = "",
    min_document_count: int = 1,
    sort: str = "",
    page: int = 0,
    page_size: int = PAGE_SIZE,
) -> dict[str, Any]:
    """Stems, those in most documents first; `sort` is count or alphabetical, `q` how they begin."""
    first, size = page_numbers(page, page_size)
    order = sort if sort in ORDERS else "count"
    beginning, least = q.replace("\0", "")[:100], min(max(min_document_count, 1), 2**31 - 1)
    found, total = list_keywords(
        _corpus(request, lens_of(request)), beginning=beginning, least=least, order=order, page=first, page_size=size
    )
    return {"keywords": [_keyword(each) for each in found]} | told_page(first, size, total)


@at("/keywords/search", "POST", response=described(KeywordHitsOut), summary="Words near those of a text")
def find_keywords(request: HttpRequest, body: KeywordQuestion) -> dict[str, Any]:
    began = time.perf_counter()
    _check_question(body.query)
    corpus = _corpus(request, body.lens)
    found = search_keywords(corpus, body.query, limit=body.k or 10, threshold=body.threshold or 0.0)
    return {"results": [_keyword(each) | {"score": each.score} for each in found], "queryMs": _since(began)}


@at(
    "/keywords/{normalised}",
    "GET",
    response=described(KeywordPlacesOut),
    summary="A word, and the documents that hold it",
)
def get_keyword(request: HttpRequest, normalised: str) -> dict[str, Any]:
    stem, holding = documents_with(_corpus(request, lens_of(request)), normalised[:100])
    known = visible_documents(caller_of(request), lens_of(request)).in_bulk([file for file, _ in holding])
    documents = [
        {"id": known[file].wire_id, "title": known[file].file.title or known[file].file.file_name, "count": times}
        for file, times in holding
        if file in known
    ]
    return _keyword(Keyword(stem=stem, documents=len(documents))) | {"documents": documents}


@at("/{document_id}/keywords", "GET", response=described(DocumentKeywordsOut), summary="The words of a document")
def get_document_keywords(request: HttpRequest, document_id: str) -> dict[str, Any]:
    """The most frequent first; scores are shares of its frequency."""
    document = document_of(document_id, visible_documents(caller_of(request)))
    return {"keywords": [_keyword(each) | {"score": each.score} for each in keywords_of(document)]}


# --- translation ------------------------------------------------------------------------------------------------------


def _check_question(text: str) -> None:
    if not text.strip():
        raise MemoryInvalid("query is blank.")
    if len(text) > MOST_QUESTION_CHARS:
        raise MemoryInvalid(f"query has {len(text):,} characters; at most {MOST_QUESTION_CHARS:,} can be.")


def _mode(named: str | None) -> Mode:
    mode = MODES.get((named or "hybrid").lower())
    if mode is None:
        raise MemoryInvalid(f"mode is one of {', '.join(MODES)}.")
    return mode


def _file_ids(named: Sequence[str] | None) -> list[Any] | None:
    """An empty list narrows nothing; an id that is none finds nothing."""
    if not named:
        return None
    if len(named) > MOST_NAMED:
        raise MemoryInvalid(f"filter.documentIds names {len(named):,} documents; at most {MOST_NAMED} can be.")
    return [known for each in named if (known := read_id(each))]


def _corpus(request: HttpRequest, lens: Clauses) -> Corpus:
    caller = caller_of(request)
    seen = caller.reading(lens).tag_expression()
    return Corpus(
        source=caller.context.source, tags=None if seen is None else [tag for branch in seen.branches for tag in branch]
    )


def _keyword(word: Keyword) -> dict[str, Any]:
    return {
        "id": f"keyword:{word.stem}",
        "normalised": word.stem,
        "text": word.stem,
        "documentCount": word.documents,
    }


def _since(began: float) -> int:
    return round((time.perf_counter() - began) * 1_000)
