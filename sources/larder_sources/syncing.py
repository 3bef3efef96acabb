"""One sync of one source: what it says against what the store has, pushes, and deletions.

A sync brings changes alone where the ledger knows what the store has, and else everything, as a replacement of the
whole set, so that Larder judges what it would delete. What would delete much goes that way, too.
"""

from __future__ import annotations

import hashlib
import json
import logging
import threading
import uuid
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from larder_sdk import Counts, KnowledgeDocument, SyncKnowledgeClient

from larder_sources import __version__
from larder_sources.changes import (
    Change,
    Conditional,
    Gone,
    Item,
    ItemGone,
    ItemUnreadable,
    Reading,
    Seen,
    Unreadable,
)
from larder_sources.config import Configured
from larder_sources.documents import ends_at, make_document
from larder_sources.ledger import Entry, Ledger
from larder_sources.pushing import Outgoing, Pushes, Send

logger = logging.getLogger("larder_sources")

CHUNK = 500
MOST_DELETIONS = 10_000
FEW_DELETIONS = 10
"""So many go without a judgement, whatever their share."""
MOST_TOLD = 10
LONGEST_TOLD = 200


class SyncStopped(Exception):
    """The program is to end."""


class NothingReadable(Exception):
    """Everything that was to be read was passed over; the message says why of the first."""


class _TooManyGone(Exception):
    """More than may be deleted without Larder's judgement."""


@dataclass(frozen=True, kw_only=True)
class Synced:
    """What a sync came to. `state` is what the next one goes on from; `unread` items were passed over."""

    full: bool
    pushed: int
    unchanged: int
    deleted: int
    held: int
    unread: int
    state: dict[str, Any]


def run_sync(
    configured: Configured,
    client: SyncKnowledgeClient,
    ledger: Ledger,
    *,
    state: dict[str, Any],
    now: datetime,
    stop: threading.Event,
    anew: bool = False,
) -> Synced:
    """Go on from `state`, or bring everything `anew`. The client knows the source's name.

    Raises SourceUnavailable, SyncStopped, NothingReadable, and what the client raises.
    """
    sync = Sync(configured, client, ledger, now=now, stop=stop)
    try:
        if not anew and sync.goes_on_from(state.get("ledger")):
            with suppress(_TooManyGone):
                return sync.bring_changes(dict(state.get("source") or {}))
            logger.info("%s: much is gone; everything is brought, so that Larder judges it", configured.name)
        return sync.bring_everything()
    finally:
        configured.source.close()


class Sync:
    """One sync. `digest` tells configurations and versions apart: with another one any document may be another."""

    def __init__(
        self,
        configured: Configured,
        client: SyncKnowledgeClient,
        ledger: Ledger,
        *,
        now: datetime,
        stop: threading.Event,
    ) -> None:
        self._configured, self._client, self._ledger, self._now, self._stop = configured, client, ledger, now, stop
        self._unchanged = self._unknown = 0
        self._before: dict[str, Any] = {}
        written = json.dumps([__version__, configured.raw], sort_keys=True, default=str)
        self.digest = hashlib.sha256(written.encode()).hexdigest()[:16]

    def goes_on_from(self, token: Any) -> bool:
        """Whether the ledger knows what the store has by this token."""
        return isinstance(token, str) and token.startswith(f"{self.digest}.") and self._ledger.begin(token)

    def bring_changes(self, state: dict[str, Any]) -> Synced:
        """Changes alone; what is gone is deleted by its ids."""
        self._before = dict(state)
        reading = Reading(state=state)
        pushes = self._read(reading, lambda those: self._client.bulk_upsert(those, wait_s=0))
        self._ledger.mark_ended(self._now)
        if reading.complete:
            self._ledger.mark_unseen_gone()
        return self._synced(reading, pushes, full=False, ends=True, judged=Counts(deleted=self._delete_gone()))

    def bring_everything(self) -> Synced:
        """The whole set; Larder deletes what is not in it, or holds that where it is much."""
        self._ledger.begin(None)
        self._before, self._unchanged, self._unknown = {}, 0, 0
        replacement = self._client.begin_replacement()

        def send(documents: list[KnowledgeDocument]) -> Counts:
            return self._client.replace_part(documents, replacement, wait_s=0)

        reading = Reading(full=True)
        pushes = self._read(reading, send)
        _check_any_was_read(pushes)
        if not self._configured.source.lists_everything:
            return self._synced(reading, pushes, full=True, ends=True)
        if not reading.complete or not self._name_unread(pushes, replacement):
            logger.warning("%s: not everything could be read, so nothing was deleted", self._configured.name)
            return self._synced(reading, pushes, full=True, ends=False)
        judged = self._client.finish_replacement(replacement)
        return self._synced(reading, pushes, full=True, ends=not judged.held, judged=judged)

    def _read(self, reading: Reading, send: Send) -> Pushes:
        pushes = Pushes(self._configured.name, self._ledger, send)
        changes = self._configured.source.changes(reading)
        try:
            while chunk := list(islice(changes, CHUNK)):
                self._check_stop()
                self._compare(chunk, pushes)
                pushes.flush()
            pushes.settle()
        finally:
            pushes.close()
        return pushes

    def _compare(self, chunk: list[Change], pushes: Pushes) -> None:
        twice = self._several_of(chunk)
        self._ledger.mark_seen(each.key for each in chunk if not isinstance(each, Gone))
        self._ledger.mark_gone(each.key for each in chunk if isinstance(each, Gone))
        known = self._ledger.look_up([each.key for each in chunk if isinstance(each, Item | Conditional)])
        self._unknown += self._ledger.count_unknown(each.key for each in chunk if isinstance(each, Seen))
        for each in chunk:
            if isinstance(each, Unreadable):
                pushes.pass_over(each.key, each.reason)
            elif id(each) in twice:
                pushes.pass_over(each.key, "an item before it has the same key")
            elif isinstance(each, Conditional):
                self._fetch(each, known.get(each.key), pushes)
            elif isinstance(each, Item):
                before = known.get(each.key)
                if before and each.fingerprint and before.fingerprint == each.fingerprint:
                    self._unchanged += 1
                else:
                    self._take(each, before, pushes)

    def _several_of(self, chunk: list[Change]) -> set[int]:
        """Which items have the key of one before, by `id()`: of several the first counts."""
        items = [each for each in chunk if isinstance(each, Item)]
        met, several = self._ledger.seen_among([each.key for each in items]), set()
        for each in items:
            if each.key in met:
                several.add(id(each))
            met.add(each.key)
        return several

    def _fetch(self, asked: Conditional, before: Entry | None, pushes: Pushes) -> None:
        self._check_stop()
        try:
            fetched = asked.fetch(before.fingerprint if before else "")
        except ItemUnreadable as error:
            return pushes.pass_over(asked.key, str(error))
        except ItemGone:
            return self._ledger.mark_gone([asked.key])
        if fetched is None:
            self._unchanged += 1
            return None
        item = Item(key=asked.key, fingerprint=fetched.fingerprint, read=lambda: fetched.values)
        return self._take(item, before, pushes)

    def _check_stop(self) -> None:
        if self._stop.is_set():
            raise SyncStopped("The sync was cut off: the program is shutting down.")

    def _take(self, item: Item, before: Entry | None, pushes: Pushes) -> None:
        try:
            document = make_document(item.key, item.read(), self._configured.options, now=self._now)
        except ItemUnreadable as error:
            return pushes.pass_over(item.key, str(error))
        end = ends_at(document, self._configured.options)
        if end is not None and end <= self._now.timestamp():
            return self._leave_out(item, before)
        if before and before.id not in (None, document.id):
            self._ledger.write_former(before.id)
        entry = Entry(key=item.key, id=document.id, fingerprint=item.fingerprint, ends_at=end)
        return pushes.add(Outgoing(document=document, entry=entry, before=before))

    def _leave_out(self, item: Item, before: Entry | None) -> None:
        """Its date has passed: it is to have no document until it changes."""
        stored = before.id if before else None
        self._ledger.write([Entry(key=item.key, id=stored, fingerprint=item.fingerprint)])
        if stored:
            self._ledger.mark_gone([item.key], ended=True)

    def _delete_gone(self) -> int:
        most = self._most_deletions()
        ids = self._ledger.gone_ids(most=most + 1)
        if len(ids) > most:
            raise _TooManyGone
        deleted = self._client.delete_many(ids)  # of what is not there any more an attempt before may have done it
        self._ledger.forget_gone()
        return deleted

    def _most_deletions(self) -> int:
        """Of a source that never names everything only what has come to its date is deleted, which Larder cannot judge
        better."""
        if not self._configured.source.lists_everything:
            return self._ledger.count()
        allowed = self._ledger.count() * self._configured.options.delete_percent // 100
        return min(MOST_DELETIONS, max(FEW_DELETIONS, allowed))

    def _name_unread(self, pushes: Pushes, replacement: str) -> bool:
        """What could not be read stays as it is stored. Whether it could be told which documents these are."""
        if not pushes.unread:
            return True
        if set(self._configured.options.id.names) != {"key"}:
            return False
        ids = {self._configured.options.id.render({"key": key}).strip(): key for key in pushes.unread}
        stored = self._client.get_many(list(ids))
        self._client.replace_part(stored, replacement, wait_s=0)
        self._ledger.write(Entry(key=ids[each.id], id=each.id, fingerprint="") for each in stored)
        return True

    def _synced(self, reading: Reading, pushes: Pushes, *, full: bool, ends: bool, judged: Counts = Counts()) -> Synced:  # noqa: B008 - frozen
        """`ends`: what the ledger says now is what the store has, so that the next sync may go on from it."""
        self._tell_shared_ids(pushes)
        state: dict[str, Any] = {"source": self._next_state(reading, pushes), "passed_over": _told(pushes.unread)}
        if ends:
            state["ledger"] = f"{self.digest}.{uuid.uuid4().hex}"
            self._ledger.end(state["ledger"])
        synced = Synced(
            full=full,
            pushed=pushes.pushed,
            unchanged=self._unchanged,
            deleted=judged.deleted,
            held=judged.held,
            unread=len(pushes.unread),
            state={name: value for name, value in state.items() if value},
        )
        logger.info("%s: %s", self._configured.name, _sentence(synced))
        return synced

    def _next_state(self, reading: Reading, pushes: Pushes) -> dict[str, Any]:
        """Where something was passed over the source goes on from where it did; where it named something of which
        nobody knows, from the beginning."""
        if self._unknown:
            return {}
        return self._before if pushes.unread else reading.state

    def _tell_shared_ids(self, pushes: Pushes) -> None:
        if set(self._configured.options.id.names) != {"key"}:
            for first, second in self._ledger.shared_ids(most=MOST_TOLD):
                pushes.pass_over(first, f"it has the id of {second}, and one of them replaces the other")


def _check_any_was_read(pushes: Pushes) -> None:
    if pushes.unread and not pushes.pushed:
        key, reason = next(iter(pushes.unread.items()))
        raise NothingReadable(f"Of {len(pushes.unread)} items none could be read; {key}: {reason}")


def _told(unread: dict[str, str]) -> dict[str, Any]:
    """As the provider's page shows it with the state: how many, and the first of them."""
    first = {key[:LONGEST_TOLD]: reason[:LONGEST_TOLD] for key, reason in islice(unread.items(), MOST_TOLD)}
    return {"count": len(unread), "first": first} if unread else {}


def _sentence(synced: Synced) -> str:
    counts = {"pushed": synced.pushed, "unchanged": synced.unchanged, "deleted": synced.deleted}
    more = {"held": synced.held, "passed over": synced.unread}
    told = {**counts, **{what: count for what, count in more.items() if count}}
    return ("everything" if synced.full else "changes") + ": " + ", ".join(f"{n} {what}" for what, n in told.items())
