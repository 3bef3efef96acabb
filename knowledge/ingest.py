"""The store's only write door for content.

A push is partitioned by what it would change. Texts that have no vector yet are embedded first, outside any transaction
and within a time budget; then one transaction partitions again on locked rows and writes. What the budget did not
reach is stored without a vector and finished by a worker, and so is all that a model in building needs.
"""

import hashlib
import json
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from django.conf import settings
from django.db import transaction
from psycopg.types.json import Jsonb

from knowledge import staging
from knowledge.embedders.base import embed_within
from knowledge.embedding import Space, models_in_use
from knowledge.errors import DocumentsRefused
from knowledge.held import NOTHING_REMOVED, Guard, Removed, remove_missing
from knowledge.intake import Belonging, Counts, belongings, note_push
from knowledge.models import EmbeddingModel
from knowledge.passages import Outcomes, cut_passages, hash_text, spans_of
from knowledge.replacing import end_replacements
from knowledge.schemas import DocumentIn
from knowledge.staging import Identity, Stored
from knowledge.wording import write_wordings

Stamps = tuple[datetime, datetime]
"""(created_at, stored_at)"""


class Effect(StrEnum):
    """What a push does to one document. Renewed: only its stamps differ. Unchanged: nothing, or the push is older."""

    CREATED = "created"
    UPDATED = "updated"
    RENEWED = "renewed"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A document on its way in, with the hashes that tell whether it is news."""

    item: DocumentIn
    content_hash: bytes
    facts_hash: bytes

    @property
    def identity(self) -> Identity:
        return self.item.source, self.item.id

    def effect_on(self, stored: Stored | None) -> Effect:
        if stored is None or stored.deleted_at is not None:
            return Effect.CREATED
        if self._is_older_than(stored):
            return Effect.UNCHANGED
        if self.content_hash != stored.content_hash or self.facts_hash != stored.facts_hash:
            return Effect.UPDATED
        if self.item.expires_at != stored.expires_at or self.item.updated_at not in (None, stored.updated_at):
            return Effect.RENEWED
        return Effect.UNCHANGED

    def rewrites_content_of(self, stored: Stored | None) -> bool:
        """Whether passages have to be made: a new text, or one that comes back from the trash."""
        return stored is None or stored.deleted_at is not None or self.content_hash != stored.content_hash

    def _is_older_than(self, stored: Stored) -> bool:
        return None not in (self.item.updated_at, stored.updated_at) and self.item.updated_at < stored.updated_at  # type: ignore[operator]


@dataclass(frozen=True, kw_only=True)
class Partition:
    """Drafts by their effect, those that change nothing only counted."""

    drafts: dict[Effect, list[Draft]]
    rewritten: list[Draft] = field(default_factory=list)

    @property
    def changing(self) -> list[tuple[Effect, Draft]]:
        effects = (Effect.CREATED, Effect.UPDATED, Effect.RENEWED)
        return [(effect, draft) for effect in effects for draft in self.drafts[effect]]

    def keys(self, source: str) -> list[str]:
        return [draft.item.id for drafts in self.drafts.values() for draft in drafts if draft.item.source == source]

    def counts(self, source: str | None = None, *, rest: Counts) -> Counts:
        """Of one source or of all, beside the `rest`."""
        sizes = {
            effect.value: sum(source in (None, draft.item.source) for draft in drafts)
            for effect, drafts in self.drafts.items()
        }
        return replace(rest, **sizes)


def upsert_documents(
    items: Sequence[DocumentIn],
    *,
    now: datetime,
    space: Space,
    budget_s: float | None = None,
    actor: str = "",
    whole_set_of: str | None = None,
    guard: Guard | None = None,
    run: uuid.UUID | None = None,
    known: Outcomes = MappingProxyType({}),
    stamps: Mapping[Identity, Stamps] = MappingProxyType({}),
) -> Counts:
    """Store the items, each with its `source` filled in, all or none; what became of them.

    `budget_s`: how long to embed at most (None: no limit, 0: leave all of it to a worker). `whole_set_of`: from now on
    the items are all that this source holds; the rest of it goes to the trash. What comes while a sync run of the
    source is active counts as the run's, and so does what comes for `run`, the one that the client names. A `guard`
    holds deletions that are too many to be made unasked. `known` are vectors of texts that the caller already has, in
    this space; `stamps` say when documents that are created here were created and stored elsewhere.

    Raises DocumentsRefused for an id that stands twice, EmbedderUnavailable (nothing stored) where texts had to be
    embedded and the backend cannot be reached.
    """
    drafts = _draft(items)
    identities = [draft.identity for draft in drafts]
    sources = {source for source, _ in identities} | ({whole_set_of} if whole_set_of is not None else set())
    expected = _partition(drafts, staging.read_stored(identities))
    if not expected.changing and whole_set_of is None:
        return _settle(expected, belongings(sources, run=run, now=now))
    vectors = {**known, **_embed(expected.rewritten, space=space, budget_s=budget_s, known=known)}
    with transaction.atomic():
        models = models_in_use(hold=True)
        staging.lock_sources(sources)
        partition = _partition(drafts, staging.read_stored(identities, lock=True))
        owners = belongings(sources, run=run, now=now)
        runs = {source: each.run for source, each in owners.items()}
        _write_documents(partition, now=now, actor=actor, stamps=stamps, runs=runs)
        write_wordings((*draft.identity, draft.item.content) for draft in partition.rewritten)
        pending = _write_passages(partition.rewritten, models, {space.model.pk: vectors}, now=now)
        removed = NOTHING_REMOVED
        if whole_set_of is not None:
            end_replacements(whole_set_of)
            removed = remove_missing(
                whole_set_of,
                [key for _, key in identities],
                created=len(partition.drafts[Effect.CREATED]),
                guard=guard,
                run=runs.get(whole_set_of),
                now=now,
                actor=actor,
            )
        return _settle(partition, owners, pending=pending, removed=removed)


def _settle(
    partition: Partition, owners: Mapping[str, Belonging], *, pending: int = 0, removed: Removed = NOTHING_REMOVED
) -> Counts:
    """Count the push, also for the sync runs that it belongs to."""
    rest = Counts(pending=pending, deleted=removed.deleted, held=removed.held)
    for source, owner in owners.items():
        note_push(owner, partition.counts(source, rest=rest), keys=partition.keys(source))
    return partition.counts(rest=rest)


def _draft(items: Iterable[DocumentIn]) -> list[Draft]:
    """Hash every item, ordered by identity; refuse an id that stands twice, since one of the two would be lost."""
    positions: dict[Identity, int] = {}
    errors: list[dict[str, Any]] = []
    drafts: list[Draft] = []
    for index, item in enumerate(items):
        draft = Draft(item=item, content_hash=hash_text(item.content), facts_hash=_hash_facts(item))
        first = positions.setdefault(draft.identity, index)
        if first != index:
            reason = f"stands twice in this batch, first at index {first}"
            errors.append({"index": index, "id": item.id, "field": "id", "reason": reason})
        drafts.append(draft)
    if errors:
        raise DocumentsRefused(
            f"{len(errors)} of {len(drafts)} documents repeat an id; nothing was stored.", errors=errors
        )
    return sorted(drafts, key=lambda draft: draft.identity)


def _hash_facts(item: DocumentIn) -> bytes:
    facts = json.dumps([item.tags, item.metadata], sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(facts.encode()).digest()


def _partition(drafts: Sequence[Draft], stored: dict[Identity, Stored]) -> Partition:
    parts: dict[Effect, list[Draft]] = {effect: [] for effect in Effect}
    rewritten = []
    for draft in drafts:
        before = stored.get(draft.identity)
        effect = draft.effect_on(before)
        parts[effect].append(draft)
        if effect in (Effect.CREATED, Effect.UPDATED) and draft.rewrites_content_of(before):
            rewritten.append(draft)
    return Partition(drafts=parts, rewritten=rewritten)


# --- passages ---------------------------------------------------------------------------------------------------------


def _embed(drafts: Sequence[Draft], *, space: Space, budget_s: float | None, known: Outcomes) -> Outcomes:
    """Vectors for those texts of the drafts that have none yet, as far as the budget reaches."""
    if not drafts or budget_s == 0:
        return {}
    texts: dict[bytes, str] = {}
    for draft in drafts:
        for span in spans_of(draft.item.content, model=space.model):
            text = draft.item.content[span.start : span.end]
            texts[hash_text(text)] = text
    for text_hash in staging.known_texts(space.model.pk, texts) | (texts.keys() & known.keys()):
        del texts[text_hash]
    outcomes = embed_within(space.embedder, list(texts.values()), budget_s=budget_s, pace=space.pace)
    return {text_hash: outcome for text_hash, outcome in zip(texts, outcomes, strict=True) if outcome is not None}


# --- the transaction --------------------------------------------------------------------------------------------------


def _write_documents(
    partition: Partition,
    *,
    now: datetime,
    actor: str,
    stamps: Mapping[Identity, Stamps],
    runs: Mapping[str, uuid.UUID],
) -> None:
    changing = partition.changing
    if not changing:
        return
    staging.stage_documents(_row(effect, draft, stamps.get(draft.identity)) for effect, draft in changing)
    staging.note_changes(now=now, actor=actor, runs=runs, keep_content=settings.DIFF_DAYS > 0)
    if any(effect is not Effect.RENEWED for effect, _ in changing):
        staging.write_documents(now=now)
    if partition.drafts[Effect.RENEWED]:
        staging.renew_documents()


def _write_passages(
    drafts: Sequence[Draft], models: Sequence[EmbeddingModel], outcomes: Mapping[int, Outcomes], *, now: datetime
) -> int:
    """Passages of every model in use, with the vectors that there are; how many documents wait for the first model."""
    if not drafts or not models:
        return 0
    for model in models:
        known = outcomes.get(model.pk, {})
        staging.stage_passages(
            passage
            for draft in drafts
            for passage in cut_passages(*draft.identity, draft.item.content, model=model, outcomes=known)
        )
    staging.replace_passages(now=now)
    return staging.count_pending(models[0].pk)


def _row(effect: Effect, draft: Draft, stamps: Stamps | None) -> tuple[Any, ...]:
    item = draft.item
    created_at, stored_at = stamps or (None, None)
    return (
        item.source,
        item.id,
        item.content,
        draft.content_hash,
        draft.facts_hash,
        item.tags,
        Jsonb(item.metadata),
        item.updated_at,
        item.expires_at,
        created_at,
        stored_at,
        effect.value,
    )
