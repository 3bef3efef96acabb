"""Which metadata documents have, `/api/v1/knowledge/metadata`."""

from typing import Annotated

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router
from pydantic import BaseModel, Field

from accounts import access
from accounts.access import caller
from core.errors import QueryInvalid
from core.slips import slip
from knowledge.browsing.facets import Facet, FacetKey, metadata_keys, metadata_values
from knowledge.browsing.visible import visible_documents
from knowledge.filters.parsing import FilterInvalid, parse_filter_text, parse_key_text
from knowledge.querysets import DocumentQuerySet
from knowledge.search.budget import list_within_budget
from knowledge.tagexpr import parse_tags

router = Router(tags=["knowledge"])

OF_KEYS = frozenset({"tags", "source", "filter"})
OF_VALUES = OF_KEYS | {"key", "q", "offset", "limit"}
MOST_OFFSET = 1_000_000


class MetadataKeysOut(BaseModel):
    """`more`: names than the first 1,000."""

    keys: list[FacetKey]
    more: bool


@router.get("/metadata", auth=access.document_readers, response=MetadataKeysOut, summary="The keys of the metadata")
def list_metadata_keys(request: HttpRequest, tags: str = "", source: str = "", filter: str = "") -> MetadataKeysOut:
    """Of the documents that the list would show, with the types of their values; the first 1,000 names.

    Counted anew each time, over each of these documents.
    """
    _refuse_slips(request, OF_KEYS)
    found = _documents(request, tags=tags, source=source, filter=filter)
    with list_within_budget():
        keys, more = metadata_keys(found)
    return MetadataKeysOut(keys=keys, more=more)


@router.get("/metadata/values", auth=access.document_readers, response=Facet, summary="The values of a metadata key")
def list_metadata_values(
    request: HttpRequest,
    key: str,
    tags: str = "",
    source: str = "",
    filter: str = "",
    q: str = "",
    offset: Annotated[int, Field(ge=0, le=MOST_OFFSET)] = 0,
    limit: Annotated[int, Field(ge=0, le=1_000)] = 100,
) -> Facet:
    """`key` as in a filter: `metadata.author.name`, or `["metadata", "a.b"]` as JSON. Each value of a list by itself,
    objects not at all. Numbers come first, by size, then booleans, then texts. `q`: the value has it in it, whatever
    its case.

    Counted anew each time, over each of these documents. What is written otherwise, as 1 and 1.0, is told apart.
    """
    _refuse_slips(request, OF_VALUES)
    path = parse_key_text(key, "key")
    if len(path) < 2:
        raise FilterInvalid("key", f"is no key of the metadata; write `metadata.{path[0]}`")
    found = _documents(request, tags=tags, source=source, filter=filter)
    if "\0" in q:
        raise QueryInvalid("The parameter q holds a NUL character.")
    with list_within_budget():
        return metadata_values(found, path[1:], containing=q, offset=offset, limit=limit)


def _documents(request: HttpRequest, *, tags: str, source: str, filter: str) -> DocumentQuerySet:
    found = visible_documents(caller(request), source, timezone.now()).tagged(parse_tags(tags))
    return found.filtered(parse_filter_text(filter))


def _refuse_slips(request: HttpRequest, known: frozenset[str]) -> None:
    if wrong := slip(request.GET.keys() - known, known - request.GET.keys()):
        raise QueryInvalid(f"There is no parameter `{wrong[0][:64]}`, but `{wrong[1]}`.")
