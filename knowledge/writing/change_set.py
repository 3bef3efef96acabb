"""What a push would change: its documents, compared with what the store holds of them; pure.

See docs/decisions/0003.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from knowledge.embedding.own_vectors import OwnVectors
from knowledge.embedding.passages import hash_text
from knowledge.errors import DocumentsRefused
from knowledge.fields import own_tags
from knowledge.run_counts import Counts
from knowledge.schemas import DocumentIn
from knowledge.staging import Identity, Stored


class ChangeKind(StrEnum):
    """What a push does to one document. Renewed: only its stamps differ. Stale: nothing, as what is stored is newer."""

    CREATED = "created"
    UPDATED = "updated"
    RENEWED = "renewed"
    UNCHANGED = "unchanged"
    STALE = "stale"


FACTS = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":"))

NONE_OWN: Mapping[Identity, OwnVectors] = MappingProxyType({})

AHEAD = timedelta(minutes=2)
"""How far ahead of the clock an `updated_at` may be: clocks differ a little. One that is further counts as now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IncomingDocument:
    """A document on its way in, with the hashes that tell whether it is news.

    `stamped`: it carries an `updated_at` of its own that can be; one far ahead of the clock is no news by itself.
    """

    item: DocumentIn
    content_hash: bytes
    facts_hash: bytes
    stamped: bool
    own: OwnVectors | None = None

    @property
    def vectors_hash(self) -> bytes | None:
        return self.own.digest if self.own else None

    @property
    def identity(self) -> Identity:
        return self.item.source, self.item.id

    def change_kind(self, stored: Stored | None, *, now: datetime) -> ChangeKind:
        if stored is None or stored.deleted_at is not None:
            return ChangeKind.CREATED
        if self._is_older_than(stored, now=now):
            return ChangeKind.STALE
        if self.rewrites_passages_of(stored) or self.facts_hash != stored.facts_hash:
            return ChangeKind.UPDATED
        if self.item.expires_at != stored.expires_at or (self.stamped and self.item.updated_at != stored.updated_at):
            return ChangeKind.RENEWED
        return ChangeKind.UNCHANGED

    def rewrites_passages_of(self, stored: Stored | None) -> bool:
        """A text with other vectors of its own, or without those that it had, has the same words."""
        return self._rewrites_content_of(stored) or (stored is not None and self.vectors_hash != stored.vectors_hash)

    def rewrites_words_of(self, stored: Stored | None) -> bool:
        """A text in another language has other words, and the same vectors."""
        return self._rewrites_content_of(stored) or (stored is not None and self.item.language != stored.language)

    def _rewrites_content_of(self, stored: Stored | None) -> bool:
        """A new text, or one that comes back from the trash."""
        return stored is None or stored.deleted_at is not None or self.content_hash != stored.content_hash

    def _is_older_than(self, stored: Stored, *, now: datetime) -> bool:
        """A stamp that was stored while a clock was wrong keeps nothing out."""
        if self.item.updated_at is None or stored.updated_at is None:
            return False
        return self.item.updated_at < stored.updated_at <= now + AHEAD


@dataclass(frozen=True, kw_only=True)
class ChangeSet:
    """Documents by what becomes of them; those that change nothing are only counted. `rows` are those there already.

    `rewritten` are those whose passages are written, `reworded` those whose words are.
    """

    incoming: dict[ChangeKind, list[IncomingDocument]]
    rewritten: list[IncomingDocument] = field(default_factory=list)
    reworded: list[IncomingDocument] = field(default_factory=list)
    rows: Mapping[Identity, int] = field(default_factory=dict)

    @property
    def changing(self) -> list[tuple[ChangeKind, IncomingDocument]]:
        kinds = (ChangeKind.CREATED, ChangeKind.UPDATED, ChangeKind.RENEWED)
        return [(kind, document) for kind in kinds for document in self.incoming[kind]]

    @property
    def written(self) -> list[IncomingDocument]:
        """Those whose row is written whole."""
        return [*self.incoming[ChangeKind.CREATED], *self.incoming[ChangeKind.UPDATED]]

    def keys(self, source: str) -> list[str]:
        return [
            document.item.id
            for incoming in self.incoming.values()
            for document in incoming
            if document.item.source == source
        ]

    def counts(self, source: str | None = None, *, rest: Counts) -> Counts:
        """Of one source or of all, beside the `rest`."""
        sizes = {
            kind.value: sum(source in (None, document.item.source) for document in incoming)
            for kind, incoming in self.incoming.items()
        }
        return replace(rest, **sizes)


def read_incoming(
    items: Iterable[DocumentIn], *, now: datetime, own: Mapping[Identity, OwnVectors] = NONE_OWN
) -> list[IncomingDocument]:
    """Hash every item, ordered by identity; refuse an id that stands twice, since one of the two would be lost.

    `own` are the vectors that documents bring.
    """
    latest = now + AHEAD
    positions: dict[Identity, int] = {}
    errors: list[dict[str, Any]] = []
    incoming: list[IncomingDocument] = []
    for index, item in enumerate(items):
        is_ahead = item.updated_at is not None and item.updated_at > latest
        if is_ahead:
            item.updated_at = now
        document = IncomingDocument(
            item=item,
            content_hash=hash_text(item.content),
            facts_hash=_hash_facts(item),
            stamped=item.updated_at is not None and not is_ahead,
            own=own.get((item.source, item.id)),
        )
        first = positions.setdefault(document.identity, index)
        if first != index:
            reason = f"stands twice in this batch, first at index {first}"
            errors.append({"index": index, "id": item.id, "field": "id", "reason": reason})
        incoming.append(document)
    if errors:
        raise DocumentsRefused(
            f"{len(errors)} of {len(incoming)} documents repeat an id; nothing was stored.", errors=errors
        )
    return sorted(incoming, key=lambda document: document.identity)


def _hash_facts(item: DocumentIn) -> bytes:
    """Flags are no news of whoever pushes: they follow from the content, and from the scanner's rules.

    What names no language is hashed as it was before there were any.
    """
    facts = [own_tags(item.tags), item.metadata, *([item.language] if item.language else [])]
    return hashlib.sha256(FACTS.encode(facts).encode()).digest()


def build_change_set(
    incoming: Sequence[IncomingDocument], stored: Mapping[Identity, Stored], *, now: datetime
) -> ChangeSet:
    parts: dict[ChangeKind, list[IncomingDocument]] = {kind: [] for kind in ChangeKind}
    rewritten: list[IncomingDocument] = []
    reworded: list[IncomingDocument] = []
    for document in incoming:
        before = stored.get(document.identity)
        kind = document.change_kind(before, now=now)
        parts[kind].append(document)
        if kind in (ChangeKind.CREATED, ChangeKind.UPDATED):
            rewritten += [document] if document.rewrites_passages_of(before) else []
            reworded += [document] if document.rewrites_words_of(before) else []
    rows = {identity: before.id for identity, before in stored.items()}
    return ChangeSet(incoming=parts, rewritten=rewritten, reworded=reworded, rows=rows)
