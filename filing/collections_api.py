"""`/v1`: collections, uploads of several files and the jobs that file them, in another product's published shape.

What the clients of that shape can send is all that is needed: a collection's term (`days_to_live`) and its `splitter`
are read off its `metadata`, the tags of an upload off a form field.
"""

import uuid
from typing import Annotated, Any

from django.db.models import Count, Q, QuerySet, Sum
from django.http import HttpRequest
from django.utils import timezone
from ninja import Router, Status
from pydantic import AfterValidator, BaseModel, Field

from filing.collections import create_collection, delete_collection, get_collection, update_collection
from filing.errors import CollectionNotFound, FilingRefused
from filing.handing_in import Label, take_back
from filing.models import Collection, Filing, Job, State
from filing.uploads import ENDED, PERCENT, Progress, progress_of, submit_files, succeeded
from knowledge import access
from knowledge.access import caller
from knowledge.checks import embedding_state
from knowledge.schemas import Metadata, Source, check_metadata, check_tags

router = Router(tags=["collections"])

BACKEND = "larder"
UPLOAD = {
    "requestBody": {
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["files"],
                    "properties": {
                        "files": {"type": "array", "items": {"type": "string", "format": "binary"}},
                        "tags": {"type": "array", "items": {"type": "string"}},
                    },
                }
            }
        }
    }
}


def _name(value: str) -> str:
    if not value:
        raise ValueError("is blank")
    return value


class CollectionIn(BaseModel):
    name: Annotated[Source, AfterValidator(_name)]
    description: str | None = None
    metadata: Metadata = Field(default_factory=dict)


class CollectionChange(BaseModel):
    """None leaves a field as it is."""

    description: str | None = None
    metadata: Annotated[dict[str, Any], AfterValidator(check_metadata)] | None = None


class FileIds(BaseModel):
    """Ids of files, or their names."""

    file_ids: list[str]


@router.post("/collections", auth=access.writers, response={201: dict}, summary="Make a collection")
def post_collection(request: HttpRequest, body: CollectionIn) -> Status[dict[str, Any]]:
    made = create_collection(
        _own(request, body.name),
        now=timezone.now(),
        description=(body.description or "").replace("\0", ""),
        metadata=body.metadata,
    )
    return Status(201, _collection(made))


@router.get("/collections", auth=access.readers, summary="All collections, by name")
def get_collections(request: HttpRequest) -> list[dict[str, Any]]:
    bound = caller(request).source
    found = Collection.objects.all() if bound is None else Collection.objects.filter(pk=bound)
    return [_collection(each) for each in _counted(found)]


@router.get("/collections/{name}", auth=access.readers)
def get_one_collection(request: HttpRequest, name: str) -> dict[str, Any]:
    _visible(request, name)
    return _collection(_counted(Collection.objects.filter(pk=name))[0])


@router.patch("/collections/{name}", auth=access.writers, summary="Change a description, a term, a splitter")
def patch_collection(request: HttpRequest, name: str, body: CollectionChange) -> dict[str, Any]:
    """What is filed from now on follows the new metadata; what was filed stays as it is."""
    update_collection(_visible(request, name), now=timezone.now(), **body.model_dump())
    return get_one_collection(request, name)


@router.delete("/collections/{name}", auth=access.writers, summary="Delete a collection with all that is in it")
def remove_collection(request: HttpRequest, name: str) -> dict[str, Any]:
    """Its documents go to the trash."""
    delete_collection(_visible(request, name), now=timezone.now(), actor=caller(request).name)
    return {"success": True, "collection": name}


@router.post(
    "/collections/{name}/documents",
    auth=access.writers,
    response={202: dict},
    summary="Upload files",
    openapi_extra=UPLOAD,
)
def upload(request: HttpRequest, name: str) -> Status[dict[str, Any]]:
    """All files are looked at before one is kept; the job tells how far each of them is."""
    collection = _visible(request, name)
    label = Label(actor=caller(request).name, tags=_tags(request))
    done = submit_files(request.FILES.getlist("files"), collection=collection, label=label, now=timezone.now())
    ids = [str(handed.filing.pk) for handed in done.handed]
    message = f"Ingestion job submitted for {len(ids)} file(s)"
    return Status(202, {"job_id": str(done.job.pk), "file_ids": ids, "message": message})


@router.get("/collections/{name}/documents", auth=access.readers, summary="The files of a collection, newest first")
def get_files(request: HttpRequest, name: str) -> list[dict[str, Any]]:
    files = _files(_visible(request, name)).newest_first().without_text()
    return [_file(each) for each in files.iterator(chunk_size=1_000)]


@router.delete("/collections/{name}/documents", auth=access.writers, summary="Delete files by id or name")
def delete_files(request: HttpRequest, name: str, body: FileIds) -> dict[str, Any]:
    """A name that several files bear deletes them all; `total_deleted` counts files."""
    collection, actor = _visible(request, name), caller(request).name
    successful, failed, total = [], [], 0
    for asked in dict.fromkeys(body.file_ids):
        found = _called(collection, asked)
        for each in found:
            take_back(each, reason="deleted from its collection", now=timezone.now(), actor=actor)
        total += len(found)
        if found:
            successful.append(asked)
        else:
            failed.append({"file_id": asked, "error": f"File '{asked}' not found"})
    message = f"Deleted {total} file(s)" + (f", {len(failed)} failed" if failed else "")
    return {"message": message, "successful": successful, "failed": failed, "total_deleted": total}


@router.get("/documents/{job_id}/status", auth=access.readers, summary="How far a job is")
def job_status(request: HttpRequest, job_id: str) -> dict[str, Any]:
    """An unknown job answers 200 and has failed."""
    job = Job.objects.filter(pk=known).first() if (known := _uuid(job_id)) else None
    if job is None or caller(request).source not in (None, job.collection_id):
        return _unknown_job(job_id)
    return _job(progress_of(job))


@router.get(
    "/knowledge/health", auth=None, response={200: dict, 503: dict}, summary="Whether questions can be answered"
)
def knowledge_health(request: HttpRequest) -> Status[dict[str, Any]]:
    Collection.objects.exists()
    if embedding_state().reachable:
        return Status(200, {"status": "healthy", "backend": BACKEND})
    detail = "The embedding backend cannot be reached."
    return Status(503, {"status": "unhealthy", "backend": BACKEND, "detail": detail})


# --- translation ------------------------------------------------------------------------------------------------------


def _own(request: HttpRequest, name: str) -> str:
    """Raises SourceForbidden for a name that the key is not bound to."""
    return caller(request).source_for(name)


def _visible(request: HttpRequest, name: str) -> Collection:
    """Raises CollectionNotFound, also for one of another source than the key's."""
    if caller(request).source not in (None, name):
        raise CollectionNotFound(f"Collection '{name}' not found")
    return get_collection(name)


def _counted(collections: QuerySet[Collection]) -> QuerySet[Collection]:
    kept = ~Q(filings__state=State.DELETED)
    return collections.annotate(
        file_count=Count("filings", filter=kept), chunk_count=Sum("filings__chunk_count", filter=kept, default=0)
    )


def _collection(collection: Any) -> dict[str, Any]:
    return {
        "name": collection.name,
        "description": collection.description or None,
        "file_count": getattr(collection, "file_count", 0),
        "chunk_count": getattr(collection, "chunk_count", 0),
        "created_at": collection.created_at,
        "updated_at": collection.updated_at,
        "backend": BACKEND,
        "metadata": collection.metadata,
    }


def _files(collection: Collection) -> Any:
    return collection.filings.exclude(state=State.DELETED)


def _called(collection: Collection, asked: str) -> list[uuid.UUID]:
    if "\0" in asked:
        return []
    found: QuerySet[Filing] = _files(collection)
    by_id = _uuid(asked)
    named = Q(file_name=asked) | Q(file_name="", title=asked) | Q(file_name="", title="", url=asked)
    return list(found.filter(Q(pk=by_id) if by_id else named).values_list("pk", flat=True))


def _file_name(filing: Filing) -> str:
    return filing.file_name or filing.shown_name


def _file(filing: Filing) -> dict[str, Any]:
    return {
        "file_id": str(filing.pk),
        "file_name": _file_name(filing),
        "collection_name": filing.collection_id,
        "status": _status(filing),
        "file_size": filing.body_bytes,
        "chunk_count": filing.chunk_count,
        "uploaded_at": filing.created_at,
        "ingested_at": filing.completed_at if succeeded(filing) else None,
        "expiration_date": filing.expires_at,
        "error_message": _error(filing),
        "metadata": filing.metadata,
    }


def _status(filing: Filing) -> str:
    """`uploading` is what nobody has taken up yet."""
    if filing.state in ENDED:
        return "success" if succeeded(filing) else "failed"
    return "ingesting" if filing.started_at else "uploading"


def _error(filing: Filing) -> str | None:
    if filing.state == State.DELETED and not succeeded(filing):
        return filing.error or "It was deleted before it was filed"
    return filing.error or None


def _job(progress: Progress) -> dict[str, Any]:
    job = progress.job
    return {
        "job_id": str(job.pk),
        "status": progress.status,
        "submitted_at": job.submitted_at,
        "started_at": progress.started_at,
        "completed_at": progress.completed_at,
        "total_files": len(progress.filings),
        "processed_files": len(progress.ended),
        "file_details": [_file_progress(each) for each in progress.filings],
        "collection_name": job.collection_id,
        "backend": BACKEND,
        "error_message": progress.error,
        "metadata": job.metadata,
    }


def _file_progress(filing: Filing) -> dict[str, Any]:
    return {
        "file_id": str(filing.pk),
        "file_name": _file_name(filing),
        "status": _status(filing),
        "progress_percent": PERCENT.get(filing.state, 100.0),
        "error_message": _error(filing),
        "chunks_created": filing.chunk_count,
    }


def _unknown_job(job_id: str) -> dict[str, Any]:
    return {
        "job_id": job_id,
        "status": "failed",
        "submitted_at": timezone.now(),
        "started_at": None,
        "completed_at": None,
        "total_files": 0,
        "processed_files": 0,
        "file_details": [],
        "collection_name": "",
        "backend": BACKEND,
        "error_message": f"Job {job_id} not found",
        "metadata": {},
    }


def _tags(request: HttpRequest) -> list[str]:
    """The form's `tags`: one a field, or several with commas between them."""
    given = [tag.strip() for each in request.POST.getlist("tags") for tag in each.split(",")]
    try:
        return check_tags([tag for tag in given if tag])
    except ValueError as error:
        raise FilingRefused(f"tags {error}") from None


def _uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
