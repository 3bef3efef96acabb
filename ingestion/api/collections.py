"""`/v1/collections`, in another product's published shape; its files and jobs stand in `files` and `jobs`.

What the clients of that shape can send is all that is needed: a collection's time to live (`days_to_live`), its
`splitter`, and whether it keeps the bytes of what is uploaded (`keep_bytes`) are read off its `metadata`.
"""

from typing import Annotated, Any

from django.db.models import Count, Q, QuerySet, Sum
from django.http import HttpRequest
from django.utils import timezone
from ninja import Router, Status
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from accounts import access
from accounts.access import caller
from core.schema.constraints import constrained
from ingestion.api.schemas import CollectionOut, CollectionRemovedOut, KnowledgeHealthOut
from ingestion.collections.collections import (
    NAME_IN_SCHEMA,
    check_name,
    create_collection,
    delete_collection,
    get_collection,
    update_collection,
)
from ingestion.errors import CollectionNotFound
from ingestion.models import Collection, FileState
from knowledge.checks import embedding_state
from knowledge.fields import Metadata, Source, check_metadata

router = Router(tags=["collections"])

BACKEND = "larder"


class CollectionIn(BaseModel):
    model_config = ConfigDict(
        json_schema_extra={"examples": [{"name": "travel-rules", "metadata": {"days_to_live": 30}}]}
    )

    name: Annotated[Source, AfterValidator(check_name), constrained(**NAME_IN_SCHEMA)]
    description: str | None = None
    metadata: Metadata = Field(default_factory=dict)


class CollectionChange(BaseModel):
    """None leaves a field as it is."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"description": "For everybody."}]})

    description: str | None = None
    metadata: Annotated[dict[str, Any], AfterValidator(check_metadata)] | None = None


@router.post("/collections", auth=access.writers, response={201: CollectionOut}, summary="Make a collection")
def post_collection(request: HttpRequest, body: CollectionIn) -> Status[dict[str, Any]]:
    made = create_collection(
        caller(request).source_for(body.name),
        now=timezone.now(),
        description=(body.description or "").replace("\0", ""),
        metadata=body.metadata,
    )
    return Status(201, _collection(made))


@router.get("/collections", auth=access.readers, response=list[CollectionOut], summary="All collections, by name")
def get_collections(request: HttpRequest) -> list[dict[str, Any]]:
    who = caller(request)
    found = Collection.objects.all() if who.source is None else Collection.objects.filter(pk=who.source)
    return [_collection(each) for each in _counted(found) if who.reaches(each.pk)]


@router.get("/collections/{name}", auth=access.readers, response=CollectionOut, summary="One collection")
def get_one_collection(request: HttpRequest, name: str) -> dict[str, Any]:
    visible_collection(request, name)
    return _collection(_counted(Collection.objects.filter(pk=name))[0])


@router.patch(
    "/collections/{name}",
    auth=access.writers,
    response=CollectionOut,
    summary="Change a description, a time to live, a splitter",
)
def patch_collection(request: HttpRequest, name: str, body: CollectionChange) -> dict[str, Any]:
    """What is uploaded from now on follows the new metadata; what is there stays as it is."""
    update_collection(visible_collection(request, name), now=timezone.now(), **body.model_dump())
    return get_one_collection(request, name)


@router.delete(
    "/collections/{name}",
    auth=access.deleters,
    response=CollectionRemovedOut,
    summary="Delete a collection with all that is in it",
)
def remove_collection(request: HttpRequest, name: str) -> dict[str, Any]:
    """Its documents go to the trash."""
    delete_collection(visible_collection(request, name), now=timezone.now(), actor=caller(request).name)
    return {"success": True, "collection": name}


@router.get(
    "/knowledge/health",
    auth=None,
    response={200: KnowledgeHealthOut, 503: KnowledgeHealthOut},
    exclude_unset=True,
    summary="Whether questions can be answered",
)
def knowledge_health(request: HttpRequest) -> Status[dict[str, Any]]:
    Collection.objects.exists()
    if embedding_state().reachable:
        return Status(200, {"status": "healthy", "backend": BACKEND})
    detail = "The embedding backend cannot be reached."
    return Status(503, {"status": "unhealthy", "backend": BACKEND, "detail": detail})


def visible_collection(request: HttpRequest, name: str) -> Collection:
    """Raises CollectionNotFound, also for one of another source than the key's."""
    if not caller(request).reaches(name):
        raise CollectionNotFound(f"Collection '{name}' not found")
    return get_collection(name)


# --- translation ------------------------------------------------------------------------------------------------------


def _counted(collections: QuerySet[Collection]) -> QuerySet[Collection]:
    kept = ~Q(files__state=FileState.DELETED)
    return collections.order_by("name").annotate(
        file_count=Count("files", filter=kept), chunk_count=Sum("files__chunk_count", filter=kept, default=0)
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
