"""`/lifecycle`, `/fsck`, `/reprocess` and what a person decides: uncertainties and instructions."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from ninja import Status
from pydantic import Field

from core.fields import Text
from core.ids import read_id
from memory.access.caller import Verb
from memory.api.answers.base import described
from memory.api.answers.rows import MemoryInstructionOut, MemoryUncertaintyOut
from memory.api.answers.upkeep import AffectedOut, FsckOut, QueuedOut, UncertaintiesOut
from memory.api.base import Lensed, Wire, caller_of, memory_router
from memory.api.reading.base import reader_for, window
from memory.errors import MemoryInvalid, MemoryNotFound
from memory.models import Fact, Instruction, Turn, Uncertainty
from memory.reading.shapes import instruction_row, unknown_row
from memory.reading.state import open_uncertainties
from memory.reading.time_filter import Reader
from memory.scopes.visibility import Row
from memory.upkeep.checks import ALIKE, CHECKS, check_memory
from memory.upkeep.deciding import UNREAD, read_again, resolve, switch, turns_of
from memory.upkeep.lifecycle import expire_facts

router = memory_router("memory upkeep")

MOST = 500


class FsckBody(Lensed):
    """`check`: duplicates, contradictions or injection; all of them where nothing is named."""

    check: str | None = None
    duplicate_threshold: float = ALIKE
    max_results: int = 100


class ReprocessBody(Wire):
    """Turns by id, by session, by state (unread, failed); all that were not read whole where nothing is named."""

    turn_ids: list[str] = Field(default_factory=list)
    session_id: Text = ""
    status: Text = ""


class ResolveBody(Wire):
    """`fact_id`: the value that is right; without it the matter is only settled."""

    fact_id: str = ""


class InstructionBody(Wire):
    active: bool


def _writer(request: HttpRequest) -> Reader:
    """What belongs to the caller's own places, to be changed there. Raises MemoryForbidden."""
    caller = caller_of(request)
    caller.require(Verb.MEMORY_WRITE)
    return Reader(context=caller.context, visibility=caller.changing(), now=timezone.now())


@router.post(
    "/lifecycle/expire",
    response=described(AffectedOut),
    summary="Close facts whose end has come",
    operation_id="expire_facts",
)
def expire(request: HttpRequest) -> dict[str, int]:
    """A sweep does it by itself, and reads go by the instants; this only does it now."""
    reader, caller = _writer(request), caller_of(request)
    return {"affected": expire_facts(caller.context, reader.all_facts(), now=reader.now, actor=caller.name)}


@router.post(
    "/lifecycle/decay",
    response=described(AffectedOut),
    summary="Nothing decays here: facts end, or they hold",
    operation_id="decay_facts",
)
def decay(request: HttpRequest) -> dict[str, int]:
    """What was said weighs the same however long ago, until something ends it; so no row is touched."""
    _writer(request)
    return {"affected": 0}


@router.post(
    "/fsck",
    response=described(FsckOut),
    summary="Look for duplicates, contradictions and injections",
    operation_id="check_memory",
)
def fsck(request: HttpRequest, body: FsckBody) -> dict[str, Any]:
    if body.check not in (None, "all", *CHECKS):
        raise MemoryInvalid(f"check is one of {', '.join(CHECKS)}, not {body.check!r:.100}.")
    if not 0.5 <= body.duplicate_threshold <= 1:
        raise MemoryInvalid("duplicateThreshold is 0.5 to 1.")
    most, _ = window(limit=body.max_results, offset=0, most=MOST)
    checks = CHECKS if body.check in (None, "all") else (body.check,)
    return check_memory(reader_for(request, lens=body.lens), checks=checks, alike=body.duplicate_threshold, most=most)


@router.post(
    "/reprocess", response={202: described(QueuedOut)}, summary="Read turns again", operation_id="reprocess_turns"
)
def reprocess(request: HttpRequest, body: ReprocessBody) -> Status[dict[str, int]]:
    if body.status not in ("", *UNREAD):
        raise MemoryInvalid(f"status is one of {', '.join(UNREAD)}.")
    ids = [read_id("turn", each) for each in body.turn_ids]
    if None in ids:
        raise MemoryInvalid("turnIds are ids of turns, turn:<id>.")
    reader, caller = _writer(request), caller_of(request)
    turns = reader.visibility.filter(turns_of(ids, session=body.session_id, state=body.status))
    return Status(202, {"queued": read_again(caller.context, turns, now=reader.now, actor=caller.actor)})


@router.post(
    "/turns/{str:turn_id}/reprocess",
    response={202: described(QueuedOut)},
    summary="Read one turn again",
    operation_id="reprocess_turn",
)
def reprocess_one(request: HttpRequest, turn_id: str) -> Status[dict[str, int]]:
    reader, caller = _writer(request), caller_of(request)
    turns = reader.visibility.filter(Turn.objects.filter(context=caller.context, pk=_id("turn", turn_id)))
    if not turns.exists():
        raise MemoryNotFound("There is no such turn.")
    return Status(202, {"queued": read_again(caller.context, turns, now=reader.now, actor=caller.actor)})


@router.get(
    "/uncertainties",
    response=described(UncertaintiesOut),
    summary="What could not be decided, newest first",
    operation_id="list_uncertainties",
)
def uncertainties(request: HttpRequest, limit: int = 100) -> dict[str, Any]:
    limit, _ = window(limit=limit, offset=0, most=MOST)
    return {"uncertainties": [unknown_row(each) for each in open_uncertainties(reader_for(request), most=limit)]}


@router.post(
    "/uncertainties/{str:uncertainty_id}/resolve",
    response=described(MemoryUncertaintyOut),
    summary="Decide",
    operation_id="resolve_uncertainty",
)
def resolved(request: HttpRequest, uncertainty_id: str, body: ResolveBody) -> dict[str, Any]:
    reader, caller = _writer(request), caller_of(request)
    fact = _fact(reader, body.fact_id) if body.fact_id else None
    found = _the_one(Uncertainty.objects.all(), reader, "uncertainty", uncertainty_id)
    resolve(found, fact, now=reader.now, actor=caller.actor)
    found.refresh_from_db()
    return unknown_row(found)


@router.patch(
    "/instructions/{str:instruction_id}",
    response=described(MemoryInstructionOut),
    summary="Switch an instruction",
    operation_id="switch_instruction",
)
def switched(request: HttpRequest, instruction_id: str, body: InstructionBody) -> dict[str, Any]:
    reader, caller = _writer(request), caller_of(request)
    found = _the_one(Instruction.objects.all(), reader, "instruction", instruction_id)
    switch(found, active=body.active, now=reader.now, actor=caller.actor)
    found.refresh_from_db()
    return instruction_row(found)


def _id(kind: str, text: str) -> UUID:
    """What is no id is nobody's."""
    return read_id(kind, text) or UUID(int=0)


def _the_one(rows: QuerySet[Row], reader: Reader, kind: str, wire_id: str) -> Row:
    """Raises MemoryNotFound."""
    seen = reader.visibility.filter(rows.filter(context=reader.context, pk=_id(kind, wire_id)))
    if (found := seen.select_related("context").first()) is None:
        raise MemoryNotFound(f"There is no such {kind}.")
    return found


def _fact(reader: Reader, fact_id: str) -> Fact:
    found: Fact | None = (
        reader.all_facts().select_related("entity", "context", "scope_set").filter(pk=_id("fact", fact_id)).first()
    )
    if found is None:
        raise MemoryNotFound("There is no such fact.")
    return found
