"""Documents and their chunks as they are answered, at either of their two addresses."""

from collections.abc import Callable, Sequence
from typing import Any

from django.db.models import QuerySet
from ninja import Router

from ingestion.models import Chunk, FileState
from memory.access.caller import MemoryCaller, Verb
from memory.documents.listing import documents_of, status_of
from memory.models import ContextFile
from memory.scopes.paths import wire_scopes

BASES = ("/documents", "/knowledge")
PAGE_SIZE, MOST_ON_PAGE = 100, 500
MOST_PAGE = 1_000_000
CHARS_OF_A_TOKEN = 4
"""About, of English text: what is told of a chunk is an estimate."""

View = Callable[..., Any]


def at_both(router: Router) -> Callable[..., Callable[[View], View]]:
    """`at(path, *methods)` registers an operation at both addresses; the OpenAPI document tells of the first."""

    def at(path: str, *methods: str, **options: Any) -> Callable[[View], View]:
        def register(view: View) -> View:
            for base in BASES:
                told = base == BASES[0]
                router.api_operation(list(methods), base + path, include_in_schema=told, **options)(view)
            return view

        return register

    return at


def row_of(
    document: ContextFile, caller: MemoryCaller, *, reads: bool, keyword_count: int | None = None
) -> dict[str, Any]:
    """`scopes` are those that the caller sees: who else has the same file is told to nobody."""
    file, region = document.file, caller.region(Verb.MEMORY_READ)
    scopes = [clause for clause in document.scope_set.clauses if all(map(region.sees, clause))]
    return {
        "id": document.wire_id,
        "contentHash": hash_of(document),
        "createdAt": file.created_at,
        "updatedAt": file.updated_at,
        "mimeType": file.content_type,
        "sizeBytes": file.body_bytes,
        "source": document.source,
        "status": status_of(document, reads_nodes=reads),
        "title": file.title or file.file_name or document.wire_id,
        "filename": file.file_name or None,
        "version": document.version,
        "chunkCount": file.chunk_count,
        "keywordCount": keyword_count,
        "error": file.error or None,
        "errorKind": _error_kind(document),
        "language": None,
        "scopes": wire_scopes(scopes),
        "labels": document.labels,
        "profile": document.profile or None,
        "observedAt": document.observed_at,
        "processingStartedAt": file.started_at,
        "processingCompletedAt": file.completed_at,
    }


def chunk_row(chunk: Chunk) -> dict[str, Any]:
    return {
        "id": f"chunk:{chunk.file_id.hex}.{chunk.index}",
        "document": f"document:{chunk.file_id.hex}",
        "charStart": chunk.start,
        "charEnd": chunk.end,
        "position": chunk.index,
        "text": chunk.text,
        "section": chunk.section or None,
        "page": chunk.page,
        "tokenCount": -(-(chunk.end - chunk.start) // CHARS_OF_A_TOKEN),
    }


def page_numbers(page: int, page_size: int) -> tuple[int, int]:
    """Within what can be asked for."""
    return min(max(page, 0), MOST_PAGE), min(max(page_size, 1), MOST_ON_PAGE)


def told_page(page: int, page_size: int, total: int) -> dict[str, int]:
    return {"page": page, "pageSize": page_size, "page_size": page_size, "total": total}


def visible_documents(caller: MemoryCaller, lens: Sequence[Sequence[str]] | None = None) -> QuerySet[ContextFile]:
    return caller.reading([list(clause) for clause in lens or []]).filter(documents_of(caller.context))


def hash_of(document: ContextFile) -> str:
    return bytes(document.file.content_hash or b"").hex()


def _error_kind(document: ContextFile) -> str | None:
    if not document.file.error:
        return None
    waits = document.file.state != FileState.FAILED
    return "temporary" if waits or document.file.temporary else "permanent"
