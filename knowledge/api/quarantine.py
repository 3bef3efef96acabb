"""The quarantine's API, under `/api/v1/knowledge`: what the embedding backend refused, and trying it again."""

from typing import Annotated

from django.http import HttpRequest
from ninja import Router
from pydantic import BaseModel, ConfigDict, Field, model_validator

from accounts import access
from accounts.audit import actor_of
from core.errors import QueryInvalid
from core.schema.constraints import STORABLE, constrained
from knowledge.embedding.quarantine import QuarantinedPassage, read_quarantine, retry_all, retry_document

router = Router(tags=["quarantine"], auth=access.admins)

Limit = Annotated[int, Field(ge=1, le=500)]


class RetryIn(BaseModel):
    """Nothing: all. `source`: all of it. `source` and `id`: one document."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"source": "handbook"}]})

    source: Annotated[str, constrained(pattern=STORABLE)] | None = None
    id: Annotated[str, constrained(pattern=STORABLE)] | None = None

    @model_validator(mode="after")
    def name_the_source(self) -> "RetryIn":
        if self.id is not None and self.source is None:
            raise ValueError("an id belongs to a source; name it, too")
        return self


class QuarantinePage(BaseModel):
    """Oldest first; `next` is the cursor of the following page, null on the last."""

    passages: list[QuarantinedPassage]
    next: str | None


class RetryOut(BaseModel):
    """How many passages workers try again now."""

    passages: int


@router.get("/quarantine", response=QuarantinePage, summary="Passages that the embedding backend refused")
def list_quarantine(request: HttpRequest, source: str = "", limit: Limit = 50, cursor: str = "") -> QuarantinePage:
    page = read_quarantine(source=_storable(source) or None, cursor=cursor, limit=limit)
    return QuarantinePage(passages=page.rows, next=page.next)


@router.post("/quarantine/retry", response=RetryOut, summary="Try one document, one source or all again now")
def retry(request: HttpRequest, what: RetryIn) -> dict[str, int]:
    source = None if what.source is None else _storable(what.source)
    if what.id is None or source is None:
        return {"passages": retry_all(source=source, actor=actor_of(request))}
    return {"passages": retry_document(_storable(what.id), source=source, actor=actor_of(request))}


def _storable(text: str) -> str:
    if "\0" in text:
        raise QueryInvalid("A name cannot hold a NUL character.")
    return text
