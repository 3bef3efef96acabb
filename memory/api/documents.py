"""`/documents`, and the same at its older address `/knowledge`: the files of a context.

An upload is a multipart form whose parts may come in any order, the file with or without a name and a type; it is read
by hand (`memory.documents.multipart`). Answers come as soon as the bytes are kept.
"""

from collections.abc import Collection
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header
from ninja import Status

from ingestion.blobs import read_blobs
from memory.access.caller import Verb
from memory.api.answers.base import described
from memory.api.answers.documents import ChunksOut, MemoryDocumentOut, MemoryDocumentsOut, UploadedOut
from memory.api.base import body_of, caller_of, lens_of, memory_router
from memory.api.document_forms import UPLOAD, DocumentUpload, read_upload
from memory.api.document_rows import (
    PAGE_SIZE,
    at_both,
    chunk_row,
    hash_of,
    page_numbers,
    row_of,
    told_page,
    visible_documents,
)
from memory.documents.keywords import count_keywords_of
from memory.documents.listing import (
    document_of,
    narrow,
    page_of,
    reads_nodes,
    status_of,
)
from memory.documents.multipart import is_multipart, read_form
from memory.documents.submitting import (
    Submitted,
    delete_document,
    leave_scopes,
    replace_document,
    reprocess,
    submit_document,
)
from memory.errors import MemoryForbidden, MemoryInvalid, MemoryNotFound
from memory.models import ContextFile

router = memory_router("documents")
at = at_both(router)

BYTES = {
    "responses": {200: {"content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}}}
}


@at(
    "",
    "POST",
    response={202: described(UploadedOut)},
    summary="Upload a document",
    operation_id="upload_memory_document",
    openapi_extra=UPLOAD,
)
def upload(request: HttpRequest) -> Status[dict[str, Any]]:
    """The same bytes again: the document that there is, which then belongs to these scopes, too."""
    caller, now = caller_of(request), timezone.now()
    caller.require(Verb.MEMORY_WRITE)
    given = _form(request)
    done = submit_document(
        given.part,
        context=caller.context,
        scope_set=caller.writing(given.scopes, now=now),
        details=given.details,
        actor=caller.actor,
        now=now,
    )
    return _accepted(done)


@at(
    "",
    "GET",
    response=described(MemoryDocumentsOut),
    summary="The documents, newest first",
    operation_id="list_memory_documents",
)
def list_documents(
    request: HttpRequest, status: str = "", mime_type: str = "", page: int = 0, page_size: int = PAGE_SIZE
) -> dict[str, Any]:
    """Pages from 0. `status`: published words in any case, parted by commas; an unknown one finds nothing."""
    caller = caller_of(request)
    reads = reads_nodes(caller.context)
    first, size = page_numbers(page, page_size)
    found = narrow(_visible(request), status=status, mime_type=mime_type, reads_nodes=reads)
    shown = page_of(found, page=first, page_size=size)
    return {"documents": [row_of(each, caller, reads=reads) for each in shown.documents]} | told_page(
        first, size, shown.total
    )


@at(
    "/{document_id}",
    "GET",
    response=described(MemoryDocumentOut),
    summary="One document",
    operation_id="get_memory_document",
)
def get_document(request: HttpRequest, document_id: str) -> dict[str, Any]:
    document, caller = _the_one(request, document_id), caller_of(request)
    reads = reads_nodes(document.context)
    return row_of(document, caller, reads=reads, keyword_count=count_keywords_of(document))


@at(
    "/{document_id}",
    "PUT",
    response={202: described(UploadedOut)},
    summary="Process a document again, or give it other bytes",
)
def put_document(request: HttpRequest, document_id: str) -> Status[dict[str, Any]]:
    """Without a body it is processed once more; a form with a `file` is its next version. Its scopes stay."""
    document, now = _writable(request, document_id), timezone.now()
    if not is_multipart(request):
        _check_scopes(body_of(request).keys() & {"scope", "scopes"})
        return _accepted(reprocess(document, now=now))
    given = _form(request)
    _check_scopes(given.scopes)
    actor = caller_of(request).actor
    return _accepted(replace_document(document, given.part, details=given.details, actor=actor, now=now))


@at("/{document_id}", "DELETE", response={204: None}, summary="Delete a document")
def remove_document(request: HttpRequest, document_id: str) -> Status[None]:
    """One that belongs to places of others, too, stays theirs and leaves the caller's."""
    caller, now = caller_of(request), timezone.now()
    caller.require(Verb.MEMORY_FORGET)
    document, region = _the_one(request, document_id), caller.region(Verb.MEMORY_FORGET)
    clauses = document.scope_set.clauses
    left = [clause for clause in clauses if not all(map(region.contains, clause))]
    if not left:
        delete_document(document, actor=caller.actor, now=now)
    elif len(left) < len(clauses):
        leave_scopes(document, left, actor=caller.actor, now=now)
    else:
        raise MemoryForbidden(f"{caller.name} may not forget what belongs there.")
    return Status(204, None)


@at("/{document_id}/raw", "GET", summary="The bytes of a document", openapi_extra=BYTES)
def get_raw(request: HttpRequest, document_id: str) -> HttpResponse:
    """As they came, to be saved and not shown."""
    document = _the_one(request, document_id)
    try:
        body = read_blobs([document.file])[document.pk]
    except KeyError:
        raise MemoryNotFound("The bytes of this document are not kept any more.") from None
    answer = HttpResponse(body, content_type="application/octet-stream")
    answer["Content-Disposition"] = _attachment(document.file.file_name or document.pk.hex)
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


@at(
    "/{document_id}/chunks",
    "GET",
    response=described(ChunksOut),
    summary="The chunks of a document, by position",
    operation_id="get_memory_chunks",
)
def get_chunks(request: HttpRequest, document_id: str, page: int = 0, page_size: int = PAGE_SIZE) -> dict[str, Any]:
    document = _the_one(request, document_id)
    first, size = page_numbers(page, page_size)
    chunks = document.file.chunks.order_by("index")
    shown = chunks.select_related("file")[first * size : (first + 1) * size]
    return {"chunks": [chunk_row(each) for each in shown]} | told_page(first, size, chunks.count())


# --- translation ------------------------------------------------------------------------------------------------------


def _visible(request: HttpRequest) -> QuerySet[ContextFile]:
    return visible_documents(caller_of(request), lens_of(request))


def _the_one(request: HttpRequest, document_id: str) -> ContextFile:
    return document_of(document_id, visible_documents(caller_of(request)))


def _writable(request: HttpRequest, document_id: str) -> ContextFile:
    """Raises MemoryNotFound for one that is not seen, MemoryForbidden for one that is others', too."""
    caller = caller_of(request)
    caller.require(Verb.MEMORY_WRITE)
    document, region = _the_one(request, document_id), caller.region(Verb.MEMORY_WRITE)
    if not all(region.contains(path) for clause in document.scope_set.clauses for path in clause):
        raise MemoryForbidden(f"{caller.name} may not write everywhere that this document belongs.")
    return document


def _check_scopes(named: Collection[Any]) -> None:
    if named:
        raise MemoryInvalid("scopes: a document keeps its own; upload it to others to add them.")


def _form(request: HttpRequest) -> DocumentUpload:
    if not is_multipart(request):
        raise MemoryInvalid("Send a multipart form with a part `file`.")
    return read_upload(read_form(request))


def _accepted(done: Submitted) -> Status[dict[str, Any]]:
    document, content_hash = done.document, hash_of(done.document)
    return Status(
        202,
        {
            "id": document.wire_id,
            "status": status_of(document, reads_nodes=reads_nodes(document.context)),
            "contentHash": content_hash,
            "content_hash": content_hash,
            "deduplicated": done.deduplicated,
        },
    )


def _attachment(name: str) -> str:
    """RFC 6266: a plain name for old readers, the true one beside it."""
    return content_disposition_header(True, name) or "attachment"
