"""`/entities`: listed, one with its facts, the dated chain of a key, and expired."""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Status

from core.fields import Text
from memory.api.answers.base import described
from memory.api.answers.reading import EntitiesOut, EntityFactsOut, HistoryOut
from memory.api.base import caller_of, memory_router
from memory.api.reading.base import moment_in, reader_for, window
from memory.reading.entities import MOST, list_entities, read_entity, read_history
from memory.upkeep.entities import expire_entity

router = memory_router("memory entities", repeats=False)


@router.get(
    "/entities", response=described(EntitiesOut), summary="Entities, newest first", operation_id="list_entities"
)
def entities(request: HttpRequest, type: Text = "", limit: int = 100, offset: int = 0) -> dict[str, Any]:
    limit, offset = window(limit=limit, offset=offset, most=MOST)
    return {"entities": list_entities(reader_for(request), type_=type, limit=limit, offset=offset)}


@router.get(
    "/entities/{str:entity_type}/{path:name}/history/{str:key}",
    response=described(HistoryOut),
    summary="Every value that a key had, oldest first",
    operation_id="entity_history",
)
def history(request: HttpRequest, entity_type: str, name: str, key: str) -> dict[str, Any]:
    return {"history": read_history(reader_for(request), entity_type, name, key)}


@router.get(
    "/entities/{str:entity_type}/{path:name}",
    response=described(EntityFactsOut),
    summary="One entity with its facts",
    operation_id="get_entity",
)
def entity(request: HttpRequest, entity_type: str, name: str) -> dict[str, Any]:
    return read_entity(reader_for(request, moment=moment_in(request)), entity_type, name)


@router.delete(
    "/entities/{str:entity_type}/{path:name}",
    response={204: None},
    summary="End what is believed of an entity",
    operation_id="expire_entity",
)
def expire(request: HttpRequest, entity_type: str, name: str) -> Status[None]:
    expire_entity(caller_of(request), entity_type, name, now=timezone.now())
    return Status(204, None)
