"""`…/documents/{id}/preview` and `/download`: a file as it was uploaded, where its bytes are kept.

Both are to be saved and never shown by a browser as a page of ours: what is in a file is whoever uploaded it's.
"""

import re
from contextlib import suppress
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.http import content_disposition_header
from ninja import Router

from accounts import access
from accounts.access import caller
from ingestion.api.collections import visible_collection
from ingestion.blobs import read_blobs
from ingestion.errors import BytesForgotten, FileNotFound
from ingestion.models import File, FileState
from ingestion.naming import read_uuid

router = Router(tags=["collections"])

UNKNOWN_TYPE = "application/octet-stream"
MEDIA_TYPE = re.compile(r"[a-z0-9][\w.+-]{0,60}/[a-z0-9][\w.+-]{0,80}", re.ASCII | re.IGNORECASE)
POLICY = "sandbox; default-src 'none'"
BYTES: dict[str, Any] = {
    "responses": {200: {"content": {UNKNOWN_TYPE: {"schema": {"type": "string", "format": "binary"}}}}}
}


@router.get(
    "/collections/{name}/documents/{file_id}/preview",
    auth=access.readers,
    summary="A file's bytes, with its media type",
    openapi_extra=BYTES,
)
def preview_in_collection(request: HttpRequest, name: str, file_id: str) -> HttpResponse:
    """404 for an unknown file, 410 for one whose bytes are not kept."""
    return _preview(_file(request, file_id, collection=visible_collection(request, name).pk))


@router.get(
    "/collections/{name}/documents/{file_id}/download",
    auth=access.readers,
    summary="A file's bytes, to be saved",
    openapi_extra=BYTES,
)
def download_in_collection(request: HttpRequest, name: str, file_id: str) -> HttpResponse:
    """404 for an unknown file, 410 for one whose bytes are not kept."""
    return _attached(_file(request, file_id, collection=visible_collection(request, name).pk), UNKNOWN_TYPE)


@router.get("/documents/{file_id}/preview", auth=access.readers, summary="The same by id alone", openapi_extra=BYTES)
def preview_file(request: HttpRequest, file_id: str) -> HttpResponse:
    return _preview(_file(request, file_id))


@router.get("/documents/{file_id}/download", auth=access.readers, summary="The same by id alone", openapi_extra=BYTES)
def download_file(request: HttpRequest, file_id: str) -> HttpResponse:
    return _attached(_file(request, file_id), UNKNOWN_TYPE)


# --- translation ------------------------------------------------------------------------------------------------------


def _file(request: HttpRequest, file_id: str, *, collection: str = "") -> File:
    """Raises FileNotFound, also for one of a collection that the key does not reach."""
    found = (
        File.objects.without_text()
        .select_related("collection")
        .filter(pk=read_uuid(file_id))
        .exclude(state=FileState.DELETED)
        .first()
    )
    if found is None or collection not in ("", found.collection_id) or not caller(request).reaches(found.collection_id):
        raise FileNotFound("Document not found")
    return found  # type: ignore[no-any-return]


def _preview(file: File) -> HttpResponse:
    media_type = file.content_type.partition(";")[0].strip()
    return _attached(file, media_type if MEDIA_TYPE.fullmatch(media_type) else UNKNOWN_TYPE)


def _attached(file: File, media_type: str) -> HttpResponse:
    """Raises BytesForgotten."""
    answer = HttpResponse(_body(file), content_type=media_type)
    answer["Content-Disposition"] = content_disposition_header(True, file.file_name or file.shown_name)
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = POLICY
    return answer


def _body(file: File) -> bytes:
    """Also of a file that is not done yet. Bytes that lie there for another collection are not this one's."""
    if file.state != FileState.DONE or file.collection.keep_bytes:
        with suppress(KeyError):
            return read_blobs([file])[file.pk]
    raise BytesForgotten(
        f"The bytes of {file.shown_name} are not kept. Its collection keeps those of later uploads once its metadata "
        "says keep_bytes: true."
    )
