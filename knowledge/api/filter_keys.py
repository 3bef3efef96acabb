"""Keys of the metadata that are declared for ranges, under `/api/v1/knowledge`, for admins."""

from datetime import datetime

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router, Status
from pydantic import BaseModel, ConfigDict

from accounts import access
from accounts.audit import actor_of
from knowledge.filter_keys.building import KeyProgress, read_keys
from knowledge.filter_keys.declaring import declare_key, withdraw_key

router = Router(tags=["filter keys"], auth=access.admins)


class FilterKeyIn(BaseModel):
    """`metadata.year`, or the names that lead to it where one has a dot: `["metadata", "a.b"]`."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"key": "metadata.year"}]})

    key: str | list[str]


class FilterKeyOut(BaseModel):
    """`state`: `building` until ranges find documents by an index, then `ready`; `share`, from 0 to 1, is done."""

    key: str
    path: list[str]
    state: str
    share: float
    declared_at: datetime


class FilterKeysOut(BaseModel):
    keys: list[FilterKeyOut]


@router.get("/filter-keys", response=FilterKeysOut, summary="Keys that are declared for ranges")
def list_filter_keys(request: HttpRequest) -> FilterKeysOut:
    return FilterKeysOut(keys=[_told(each) for each in read_keys()])


@router.post("/filter-keys", response={201: FilterKeyOut}, summary="Declare a key for ranges")
def declare_filter_key(request: HttpRequest, wanted: FilterKeyIn) -> Status[FilterKeyOut]:
    """A worker builds its indexes beside those who read and write. At most 20 keys; one that is there is answered."""
    key = declare_key(wanted.key, now=timezone.now(), actor=actor_of(request))
    [found] = [each for each in read_keys() if each.key.pk == key.pk]
    return Status(201, _told(found))


@router.delete("/filter-keys/{key}", response={204: None}, summary="Withdraw a declared key")
def withdraw_filter_key(request: HttpRequest, key: str) -> Status[None]:
    """Ranges over it go on, and read every document."""
    withdraw_key(key, now=timezone.now(), actor=actor_of(request))
    return Status(204, None)


def _told(progress: KeyProgress) -> FilterKeyOut:
    key = progress.key
    return FilterKeyOut(
        key=str(key),
        path=["metadata", *key.path],
        state=progress.state,
        share=round(progress.share, 3),
        declared_at=key.declared_at,
    )
