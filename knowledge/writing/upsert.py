"""Storing a push, the only way for content into the store.

A push is compared with what is stored. Texts that have no vector yet are embedded first, outside any transaction
and within a time budget; beside that, contents are scanned and cut into words. Then one transaction compares again on
locked rows and writes. What the budget did not reach is stored without a vector and finished by a worker, and so is all
that a model in building needs.
"""

import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from django.conf import settings
from django.db import transaction
from psycopg.types.json import Jsonb

from core.tracing import spans
from core.waiting.deadlines import working_beside
from knowledge import staging
from knowledge.deleting.held import NOTHING_REMOVED, Cause, Guard, Removed, WholeSet, remove_missing
from knowledge.embedding.embedders.within import embed_within
from knowledge.embedding.own_vectors import OwnVectors, read_own_vectors
from knowledge.embedding.passages import Outcomes, cut_passages, hash_text, spans_of
from knowledge.embedding.vector_space import Space, models_in_use
from knowledge.errors import OutsideOfKey
from knowledge.locks import lock_sources
from knowledge.models import Document, EmbeddingModel
from knowledge.run_counts import Counts, RunAttribution, attribute_to_runs, note_push
from knowledge.schemas import DocumentIn
from knowledge.staging import Identity, NewPassage
from knowledge.tagexpr import TagExpression
from knowledge.writing.change_set import (
    ChangeKind,
    ChangeSet,
    IncomingDocument,
    build_change_set,
    read_incoming,
)
from knowledge.writing.fulltext import DocumentText, Packed, pack_known, write_fulltext
from knowledge.writing.languages import language_of, note_languages, own_languages, refuse_unknown
from knowledge.writing.replace import end_replacements
from knowledge.writing.scanner import flag_tags, scan

PREPARED_CHARS = 4_000_000
"""Of contents whose words are packed before the transaction and held until they are written, about as large again."""

Stamps = tuple[datetime, datetime]
"""(created_at, stored_at)"""


@dataclass(frozen=True, kw_only=True)
class Push:
    """On whose behalf documents come, and how they are to be stored.

    `run` is the sync run that the client names. `budget_s`: how long to embed at most (None: no limit, 0: leave all of
    it to a worker). `whole_set_of`: from now on the documents are all that this source holds; the rest of it goes to
    the trash, unless the `guard` holds a deletion that is too large. `known` are vectors of texts that the caller
    already has, `own` the vectors that documents brought to where they come from; `stamps` say when documents that are
    created here were created and stored elsewhere. What is `scanned` has its flags among its tags already. `within`:
    what is stored under these ids has to carry that. The transaction is made within `storing`, when all that can be
    embedded in time is.
    """

    actor: str = ""
    run: uuid.UUID | None = None
    budget_s: float | None = None
    whole_set_of: str | None = None
    guard: Guard | None = None
    known: Outcomes = field(default_factory=dict)
    own: Mapping[Identity, OwnVectors] = field(default_factory=dict)
    stamps: Mapping[Identity, Stamps] = field(default_factory=dict)
    scanned: bool = False
    within: TagExpression | None = None
    storing: Callable[[], AbstractContextManager[object]] = nullcontext


@dataclass(frozen=True, kw_only=True)
class IncomingBatch:
    """The documents of a push, hashed.

    `flags` are what the scanner noticed in contents, by their hash; `words` are those of contents in a
    language, as far as known, `own` the languages that sources had before the transaction.
    """

    documents: Sequence[IncomingDocument]
    push: Push
    now: datetime
    flags: dict[bytes, set[str]] = field(default_factory=dict)
    words: dict[tuple[str, str], list[Packed]] = field(default_factory=dict)
    own: dict[str, str] = field(default_factory=dict)

    @property
    def sources(self) -> set[str]:
        named = {document.item.source for document in self.documents}
        return named if self.push.whole_set_of is None else named | {self.push.whole_set_of}

    def change_set(self, *, lock: bool = False) -> ChangeSet:
        """By what the store holds now; with `lock` that stays so until the commit."""
        stored = staging.read_stored([document.identity for document in self.documents], lock=lock)
        return build_change_set(self.documents, stored, now=self.now)

    def tags_of(self, document: IncomingDocument) -> list[str]:
        """As they are kept. A content is scanned once, and before the transaction where it is known by then."""
        if self.push.scanned:
            return document.item.tags
        if document.content_hash not in self.flags:
            self.flags[document.content_hash] = flag_tags(scan(document.item.content))
        found = self.flags[document.content_hash]
        return sorted({*document.item.tags, *found}) if found else document.item.tags

    def prepare(self, expected: ChangeSet) -> None:
        """What takes the processor's time and needs no database, before the transaction."""
        for document in expected.written:
            self.tags_of(document)
        languages = {document.item.content: language_of(document.item, self.own) for document in expected.reworded}
        for content in within_chars(document.item.content for document in expected.reworded):
            language = languages[content]
            if (packed := pack_known(content, language=language)) is not None:
                self.words[content, language] = packed

    def attribute_to_runs(self) -> dict[str, RunAttribution]:
        return attribute_to_runs(self.sources, run=self.push.run, now=self.now)


EMPTY_PUSH = Push()


def upsert_documents(items: Sequence[DocumentIn], *, now: datetime, space: Space, push: Push = EMPTY_PUSH) -> Counts:
    """Store the items, each with its `source` filled in, all or none; what became of them.

    What comes while a sync run of the source is active counts as the run's, and so does what comes for the run that the
    push names. The vectors that it knows and those that documents bring are of this `space`.

    Raises DocumentsRefused for an id that stands twice, for a language that is unknown and for vectors that the model
    cannot have made, EmbedderUnavailable (nothing stored) where texts had to be embedded and the backend cannot be
    reached.
    """
    with spans.span("push", attributes={"larder.documents": len(items)}) as pushing:
        counts = _upsert(items, now=now, space=space, push=push)
        pushing.note(_noted(counts))
    return counts


def _noted(counts: Counts) -> spans.Attributes:
    return {f"larder.{name}": count for name, count in vars(counts).items() if isinstance(count, int) and count}


def _upsert(items: Sequence[DocumentIn], *, now: datetime, space: Space, push: Push) -> Counts:
    refuse_unknown(items)
    own = {**read_own_vectors(items, model=space.model), **push.own}
    batch = IncomingBatch(documents=read_incoming(items, now=now, own=own), push=push, now=now)
    expected = batch.change_set()
    if not expected.changing and push.whole_set_of is None:
        return _settle(expected, batch.attribute_to_runs())
    if expected.reworded:
        batch.own.update(own_languages(batch.sources))
    texts = _without_vector(expected.rewritten, push, space=space)
    with working_beside(partial(batch.prepare, expected)) if texts else nullcontext():
        vectors = {**push.known, **_embed(texts, push, space=space)}
    if not texts:
        batch.prepare(expected)
    with push.storing(), spans.span("store"):
        return _store(batch, vectors=vectors, model=space.model)


# --- vectors ----------------------------------------------------------------------------------------------------------


def _without_vector(incoming: Sequence[IncomingDocument], push: Push, *, space: Space) -> dict[bytes, str]:
    """Those texts of the documents that are to be embedded now, by their hash."""
    texts: dict[bytes, str] = {}
    if not incoming or push.budget_s == 0:
        return texts
    for document in incoming:
        if document.own:
            continue
        for span in spans_of(document.item.content, model=space.model):
            text = document.item.content[span.start : span.end]
            texts[hash_text(text)] = text
    for text_hash in staging.known_texts(space.model.pk, texts) | (texts.keys() & push.known.keys()):
        del texts[text_hash]
    return texts


def _embed(texts: Mapping[bytes, str], push: Push, *, space: Space) -> Outcomes:
    """As far as the budget reaches."""
    outcomes = embed_within(space.embedder, list(texts.values()), budget_s=push.budget_s, pace=space.pace)
    return {text_hash: outcome for text_hash, outcome in zip(texts, outcomes, strict=True) if outcome is not None}


def within_chars(contents: Iterable[str]) -> Iterator[str]:
    """The first of them, up to so many characters that what is made of them stays small."""
    left = PREPARED_CHARS
    for content in contents:
        left -= len(content)
        if left < 0:
            return
        yield content


# --- the transaction --------------------------------------------------------------------------------------------------


@transaction.atomic
def _store(batch: IncomingBatch, *, vectors: Outcomes, model: EmbeddingModel) -> Counts:
    """Compare again, now that nobody else can write to these sources, and write what changes. Vectors of the model."""
    models = models_in_use(hold=True)
    lock_sources(batch.sources)
    change_set, owners = batch.change_set(lock=True), batch.attribute_to_runs()
    _refuse_outside(change_set, batch)
    runs = {source: each.run for source, each in owners.items()}
    rows = _write_documents(change_set, batch, runs=runs)
    _write_words(change_set, batch, rows)
    rewritten = {rows[document.identity]: document for document in change_set.rewritten}
    passages = _passages(rewritten, models, vectors={model.pk: vectors})
    replacing = sorted(rewritten.keys() & {*change_set.rows.values()})
    waiting = staging.write_passages(passages, replacing=replacing, now=batch.now) if passages else ()
    pending = sum(each == models[0].pk for _, each in waiting)
    removed = _remove_rest(change_set, batch, runs=runs)
    return _settle(change_set, owners, pending=pending, removed=removed)


def _refuse_outside(change_set: ChangeSet, batch: IncomingBatch) -> None:
    """A key that is narrowed to tags takes no document over that it could not read, also none in the trash."""
    if batch.push.within is None:
        return
    written = [document.identity for document in change_set.written]
    for source in batch.sources:
        keys = [key for of, key in written if of == source]
        for key, tags in Document.objects.filter(source=source, key__in=keys).values_list("key", "tags"):
            if not batch.push.within.matches(tags):
                raise OutsideOfKey(key, tags=str(batch.push.within))


def _write_documents(
    change_set: ChangeSet, batch: IncomingBatch, *, runs: Mapping[str, uuid.UUID]
) -> dict[Identity, int]:
    """The rows of those documents that are written whole."""
    changing, push, now = change_set.changing, batch.push, batch.now
    if not changing:
        return {}
    staging.stage_documents(
        _row(kind, document, batch, row=change_set.rows.get(document.identity)) for kind, document in changing
    )
    staging.note_changes(now=now, actor=push.actor, runs=runs, keep_content=settings.DIFF_DAYS > 0)
    rows = staging.write_documents(now=now) if change_set.written else {}
    if change_set.incoming[ChangeKind.RENEWED]:
        staging.renew_documents()
    return rows


def _write_words(change_set: ChangeSet, batch: IncomingBatch, rows: Mapping[Identity, int]) -> None:
    if not change_set.reworded:
        return
    items = [document.item for document in change_set.reworded]
    own = own_languages(batch.sources)
    texts = [DocumentText(rows[item.source, item.id], item.content, language_of(item, own)) for item in items]
    replacing = sorted({*change_set.rows.values()}.intersection(each.row for each in texts))
    write_fulltext(texts, replacing=replacing, packed=batch.words)
    note_languages(items)


def _passages(
    documents: Mapping[int, IncomingDocument], models: Sequence[EmbeddingModel], *, vectors: Mapping[int, Outcomes]
) -> list[NewPassage]:
    """Of documents by their rows, for every model in use, with the vectors that there are of each."""
    return [
        passage
        for model in models
        for row, document in documents.items()
        for passage in (
            document.own.passages_of(row, model=model)
            if document.own and model.pk in vectors
            else cut_passages(row, document.item.content, model=model, outcomes=vectors.get(model.pk, {}))
        )
    ]


def _remove_rest(change_set: ChangeSet, batch: IncomingBatch, *, runs: Mapping[str, uuid.UUID]) -> Removed:
    """What the source holds beside the push, where that is the source's whole set."""
    source = batch.push.whole_set_of
    if source is None:
        return NOTHING_REMOVED
    end_replacements(source)
    whole_set = WholeSet(
        source=source,
        keys=[document.item.id for document in batch.documents],
        created=len(change_set.incoming[ChangeKind.CREATED]),
    )
    cause = Cause(actor=batch.push.actor, run=runs.get(source))
    return remove_missing(whole_set, guard=batch.push.guard, cause=cause, now=batch.now)


def _settle(
    change_set: ChangeSet, owners: Mapping[str, RunAttribution], *, pending: int = 0, removed: Removed = NOTHING_REMOVED
) -> Counts:
    """Count the push, also for the sync runs that it belongs to."""
    rest = Counts(pending=pending, deleted=removed.deleted, held=removed.held)
    for source, owner in owners.items():
        note_push(owner, change_set.counts(source, rest=rest), keys=change_set.keys(source))
    return change_set.counts(rest=rest)


def _row(kind: ChangeKind, document: IncomingDocument, batch: IncomingBatch, *, row: int | None) -> tuple[Any, ...]:
    """A renewal writes no tags, so its content need not be looked at."""
    item = document.item
    created_at, stored_at = batch.push.stamps.get(document.identity, (None, None))
    return (
        row,
        item.source,
        item.id,
        item.content,
        document.content_hash,
        document.facts_hash,
        item.tags if kind is ChangeKind.RENEWED else batch.tags_of(document),
        Jsonb(item.metadata),
        item.language,
        document.vectors_hash,
        item.updated_at,
        item.expires_at,
        created_at,
        stored_at,
        kind.value,
    )
