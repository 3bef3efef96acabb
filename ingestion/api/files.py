"""`/v1/collections/{name}/documents`: the files of a collection, uploaded, listed and deleted."""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router, Status
from pydantic import BaseModel, ConfigDict

from accounts import access
from accounts.access import caller
from ingestion.api.collections import visible_collection
from ingestion.api.jobs import error_of, status_of
from ingestion.api.schemas import CollectionFileOut, FilesDeletedOut, UploadOut
from ingestion.collections.files import NamedFile, delete_by_id, delete_by_name, files_of
from ingestion.collections.jobs import succeeded
from ingestion.models import Collection
from ingestion.naming import plain_title, read_uuid
from ingestion.tags import check_scope
from ingestion.uploads.batch import submit_files
from ingestion.uploads.submit import Label

router = Router(tags=["collections"])

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


class FileIds(BaseModel):
    """Ids of files, or their names."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"file_ids": ["travel.md"]}]})

    file_ids: list[str]


@router.post(
    "/collections/{name}/documents",
    auth=access.writers,
    response={202: UploadOut},
    summary="Upload files",
    openapi_extra=UPLOAD,
)
def upload(request: HttpRequest, name: str) -> Status[dict[str, Any]]:
    """All files are looked at before one is kept; the job tells how far each of them is."""
    collection = visible_collection(request, name)
    label = Label(actor=caller(request).name, tags=_tags(request))
    done = submit_files(request.FILES.getlist("files"), collection=collection, label=label, now=timezone.now())
    ids = [str(submission.file.pk) for submission in done.submissions]
    message = f"Ingestion job submitted for {len(ids)} file(s)"
    return Status(202, {"job_id": str(done.job.pk), "file_ids": ids, "message": message})


@router.get(
    "/collections/{name}/documents",
    auth=access.readers,
    response=list[CollectionFileOut],
    summary="The files of a collection, newest first",
)
def get_files(request: HttpRequest, name: str) -> list[dict[str, Any]]:
    return [_file(each) for each in files_of(visible_collection(request, name))]


@router.delete(
    "/collections/{name}/documents",
    auth=access.deleters,
    response=FilesDeletedOut,
    summary="Delete files by id or name",
)
def delete_files(request: HttpRequest, name: str, body: FileIds) -> dict[str, Any]:
    """A name that several files bear deletes them all, an id all names of its file; `total_deleted` counts names."""
    collection, actor = visible_collection(request, name), caller(request).name
    successful, failed, total = [], [], 0
    for asked in dict.fromkeys(body.file_ids):
        deleted = _delete(collection, asked, actor=actor)
        total += deleted
        if deleted:
            successful.append(asked)
        else:
            failed.append({"file_id": asked, "error": f"File '{asked}' not found"})
    message = f"Deleted {total} file(s)" + (f", {len(failed)} failed" if failed else "")
    return {"message": message, "successful": successful, "failed": failed, "total_deleted": total}


# --- translation ------------------------------------------------------------------------------------------------------


def _delete(collection: Collection, asked: str, *, actor: str) -> int:
    """By id, else by name: as it is shown, or as it was uploaded and is shown without what could frame a text."""
    if "\0" in asked:
        return 0
    by_id = read_uuid(asked)
    if by_id and (deleted := delete_by_id(collection, by_id, actor=actor)):
        return deleted
    names = dict.fromkeys((asked, plain_title(asked)))
    return next((deleted for name in names if (deleted := delete_by_name(collection, name, actor=actor))), 0)


def _file(named: NamedFile) -> dict[str, Any]:
    file = named.file
    return {
        "file_id": str(file.pk),
        "file_name": named.name,
        "collection_name": file.collection_id,
        "status": status_of(file),
        "file_size": file.body_bytes,
        "chunk_count": file.chunk_count,
        "uploaded_at": file.created_at,
        "ingested_at": file.completed_at if succeeded(file) else None,
        "expiration_date": file.expires_at,
        "error_message": error_of(named),
        "metadata": file.metadata,
    }


def _tags(request: HttpRequest) -> list[str]:
    """The form's `tags`: one a field, or several with commas between them."""
    given = [tag.strip() for each in request.POST.getlist("tags") for tag in each.split(",")]
    return check_scope(tag for tag in given if tag)
