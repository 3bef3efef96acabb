"""What a push would change: its documents as drafts, beside what the store holds of them; pure."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from knowledge.embedding.passages import hash_text
from knowledge.errors import DocumentsRefused
from knowledge.run_counts import Counts
from knowledge.schemas import DocumentIn
from knowledge.staging import Identity, Stored


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


def draft_items(items: Iterable[DocumentIn]) -> list[Draft]:
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


def partition_drafts(drafts: Sequence[Draft], stored: Mapping[Identity, Stored]) -> Partition:
    parts: dict[Effect, list[Draft]] = {effect: [] for effect in Effect}
    rewritten = []
    for draft in drafts:
        before = stored.get(draft.identity)
        effect = draft.effect_on(before)
        parts[effect].append(draft)
        if effect in (Effect.CREATED, Effect.UPDATED) and draft.rewrites_content_of(before):
            rewritten.append(draft)
    return Partition(drafts=parts, rewritten=rewritten)
