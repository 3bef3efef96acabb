"""How documents come in, `/api/v1/knowledge`: singly, in batches, and as a source's whole set. Endpoints translate."""

from uuid import UUID

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from ninja import Router, Status

from accounts import access
from accounts.access import Forbidden, Role, caller
from accounts.audit import actor_of, record
from accounts.errors import SourceForbidden
from accounts.limits import Verb
from knowledge.api.push_turns import FEW, push_turn
from knowledge.api.schemas import (
    Batch,
    CountsOut,
    JudgedOut,
    ReplacedOut,
    ReplacementOut,
    WholeSetIn,
)
from knowledge.deleting.held import Guard, guard_of
from knowledge.embedding.vector_space import active_space
from knowledge.errors import BatchTooLarge, ForceForbidden, OutsideOfKey
from knowledge.fields import own_tags
from knowledge.schemas import DocumentIn
from knowledge.tagexpr import TagExpression, parse_tags
from knowledge.writing.replace import begin_replacement, finish_replacement, note_part
from knowledge.writing.upsert import Push, upsert_documents

router = Router(tags=["knowledge"])


@router.post("/upsert", auth=access.document_writers, response=CountsOut, summary="Store one document")
def upsert(request: HttpRequest, document: DocumentIn) -> CountsOut:
    return CountsOut(**_push(request, [document]))


@router.post("/bulk-upsert", auth=access.document_writers, response=CountsOut, summary="Store a batch, all or nothing")
def bulk_upsert(request: HttpRequest, batch: Batch) -> CountsOut:
    """At most `MAX_BATCH` documents. `Prefer: wait=<seconds>` says how long the client waits for embedding."""
    _check_size(batch.documents, settings.MAX_BATCH)
    return CountsOut(**_push(request, batch.documents))


@router.put(
    "/sources/{source}/documents",
    auth=access.source_writers,
    response=ReplacedOut,
    summary="Replace a source's whole set",
)
def replace_source(request: HttpRequest, source: str, batch: WholeSetIn, force: bool = False) -> ReplacedOut:
    """From now on these are the source's documents; what is missing goes to the trash. At most `MAX_REPLACE`.

    A deletion that is too large (docs/explanation/deletions.md) is held instead: `deleted` is 0 and `held` says how
    many documents wait for approval. `force=true`, for admin keys only, deletes all the same. A larger set comes in
    parts: see `POST /sources/{source}/replacements`.
    """
    _check_size(batch.documents, settings.MAX_REPLACE)
    _check_may_delete(request)
    target = caller(request).source_for(source)
    guard = _guard(request, target, force=force)
    _claim_for(target, batch.documents)
    told = _push(request, batch.documents, whole_set_of=target, guard=guard)
    _note_forced(request, target, force=force, deleted=told["deleted"])
    return ReplacedOut(**told)


@router.post(
    "/sources/{source}/replacements",
    auth=access.source_writers,
    response={201: ReplacementOut},
    summary="Begin to replace a source's whole set in parts",
)
def begin(request: HttpRequest, source: str) -> Status[ReplacementOut]:
    """Ends one of this source that was begun before and not finished."""
    _check_may_delete(request)
    begun = begin_replacement(caller(request).source_for(source), now=timezone.now())
    return Status(201, ReplacementOut(id=begun.pk))


@router.put(
    "/sources/{source}/replacements/{replacement}",
    auth=access.source_writers,
    response=CountsOut,
    summary="A part of the whole set; stored at once",
)
def add_part(request: HttpRequest, source: str, replacement: UUID, batch: Batch) -> CountsOut:
    """At most `MAX_BATCH` documents, in any order; a part may be sent again. 409 `replacement_lost` once it is over."""
    _check_size(batch.documents, settings.MAX_BATCH)
    target = caller(request).source_for(source)
    _claim_for(target, batch.documents)
    note_part(replacement, [document.id for document in batch.documents], source=target)
    return CountsOut(**_push(request, batch.documents))


@router.post(
    "/sources/{source}/replacements/{replacement}/finish",
    auth=access.source_writers,
    response=JudgedOut,
    summary="The parts were the whole set",
)
def finish(request: HttpRequest, source: str, replacement: UUID, force: bool = False) -> JudgedOut:
    """What no part named goes to the trash or is held, judged as one deletion; what others stored since stays.

    `force` as in a replace. Asked again, it answers the same.
    """
    _check_may_delete(request)
    target = caller(request).source_for(source)
    removed = finish_replacement(
        replacement,
        source=target,
        guard=_guard(request, target, force=force),
        run=claimed_run(request),
        now=timezone.now(),
        actor=caller(request).name,
    )
    _note_forced(request, target, force=force, deleted=removed.deleted)
    return JudgedOut(**vars(removed))


def _push(
    request: HttpRequest, documents: list[DocumentIn], *, whole_set_of: str | None = None, guard: Guard | None = None
) -> dict[str, int]:
    """Store the documents under the sources that they name or else the caller's own; the fields of the answer.

    Flags are the scanner's alone: those among the tags that are sent are neither set nor cleared by it.
    """
    who, dropped = caller(request), 0
    for document in documents:
        document.source = who.source_for(document.source)
        if flags := len(document.tags) - len(own := own_tags(document.tags)):
            document.tags, dropped = own, dropped + flags
    within = parse_tags(who.tags)
    _check_tagged(documents, within)
    with push_turn(many=len(documents) > FEW) as turn:
        push = Push(
            actor=who.name,
            run=claimed_run(request),
            budget_s=max(0.0, _budget_s(request) - turn.waited_s),
            whole_set_of=whole_set_of,
            guard=guard,
            within=within,
            storing=turn.storing,
        )
        now = timezone.now()
        counts = upsert_documents(documents, now=now, space=active_space(now=now), push=push)
    return {"upserted": counts.upserted, **vars(counts), "dropped_flags": dropped}


def _check_tagged(documents: list[DocumentIn], within: TagExpression | None) -> None:
    """Raises OutsideOfKey for a document that the key could not read afterwards."""
    for document in documents:
        if within is not None and not within.matches(document.tags):
            raise OutsideOfKey(document.id, tags=str(within))


def _claim_for(source: str, documents: list[DocumentIn]) -> None:
    """All of them belong to this source; one that names another refuses the whole batch."""
    for document in documents:
        if document.source not in ("", source):
            raise SourceForbidden(
                f"This is the source {source!r}; the document {document.id!r} names {document.source!r}."
            )
        document.source = source


def _check_may_delete(request: HttpRequest) -> None:
    """What a whole set does not name is deleted, so whoever brings one needs both verbs. Raises Forbidden."""
    who = caller(request)
    if who.verbs and Verb.DELETE not in who.verbs:
        raise Forbidden(f"{who.name!r} may not delete, and what a whole set does not name is deleted.")


def _guard(request: HttpRequest, source: str, *, force: bool) -> Guard | None:
    if force and caller(request).role != Role.ADMIN:
        raise ForceForbidden("Only an admin key may force a replace.")
    return None if force else guard_of(source)


def claimed_run(request: HttpRequest) -> UUID | None:
    """The sync run that the client says it is at work for; whether it may is judged by source."""
    try:
        return UUID(request.headers.get("X-Correlation-ID", ""))
    except ValueError:
        return None


def _check_size(documents: list[DocumentIn], most: int) -> None:
    if len(documents) > most:
        raise BatchTooLarge(f"A batch holds at most {most:,} documents, not {len(documents):,}; send several.")


def _budget_s(request: HttpRequest) -> float:
    """How long to embed for this client: its `Prefer: wait=<seconds>` (RFC 7240), at most the server's budget."""
    most = settings.EMBED_BUDGET_MS / 1_000
    for preference in request.headers.get("Prefer", "").split(","):
        name, _, seconds = preference.strip().partition("=")
        if name.lower() == "wait" and seconds.isascii() and seconds.isdigit():
            return min(float(seconds), most)
    return most


def _note_forced(request: HttpRequest, source: str, *, force: bool, deleted: int) -> None:
    """What an admin waved the guard away for."""
    if force and deleted:
        record(actor_of(request), "source.replace", source, now=timezone.now(), after={"forced": deleted})
