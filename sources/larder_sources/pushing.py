"""Documents on their way to the store, each noted in the ledger before it is pushed."""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

from larder_sdk import Counts, Invalid, KnowledgeDocument, Refused, TooLarge

from larder_sources.ledger import Entry, Ledger

logger = logging.getLogger("larder_sources")

MOST_BYTES = 8 * 1024 * 1024
"""Of texts that wait to be pushed together."""

Send = Callable[[list[KnowledgeDocument]], Counts]


@dataclass(frozen=True, kw_only=True)
class Outgoing:
    """A document, how it is noted, and how its item was noted before."""

    document: KnowledgeDocument
    entry: Entry
    before: Entry | None


class Pushes:
    """The pushes of one reading. `unread` are the items that were passed over, with the reason of each."""

    def __init__(self, name: str, ledger: Ledger, send: Send) -> None:
        self.pushed = 0
        self.unread: dict[str, str] = {}
        self._name, self._ledger, self._send = name, ledger, send
        self._sender = ThreadPoolExecutor(max_workers=1, thread_name_prefix="larder-push")
        self._under_way: tuple[list[Outgoing], Future[Counts]] | None = None
        self._waiting: list[Outgoing] = []
        self._waiting_bytes = 0

    def add(self, outgoing: Outgoing) -> None:
        self._waiting.append(outgoing)
        self._waiting_bytes += len(outgoing.document.content)
        if self._waiting_bytes > MOST_BYTES:
            self.flush()

    def pass_over(self, key: str, reason: str) -> None:
        """What is stored of it stays."""
        logger.warning("%s: %s is passed over: %s", self._name, key, reason)
        self.unread[key] = reason

    def flush(self) -> None:
        """Begin to push what waits, once the push before has ended: the next items are read meanwhile."""
        self.settle()
        waiting, self._waiting, self._waiting_bytes = self._waiting, [], 0
        self._ledger.write(each.entry for each in waiting)
        self._begin(waiting)

    def settle(self) -> None:
        """Until the push that is under way has ended. A document that Larder refuses is passed over, and the others are
        pushed all the same."""
        while self._under_way:
            (waiting, push), self._under_way = self._under_way, None
            try:
                self.pushed += push.result().upserted
            except (Invalid, TooLarge) as refusal:
                refused = _refused(refusal, len(waiting))
                self._note_refused([(waiting[at], reason) for at, reason in refused.items()])
                self._begin([each for at, each in enumerate(waiting) if at not in refused])

    def _begin(self, outgoing: list[Outgoing]) -> None:
        if outgoing:
            documents = [each.document for each in outgoing]
            self._under_way = outgoing, self._sender.submit(self._send_ours, documents)

    def close(self) -> None:
        """Nothing more is pushed. What is under way ends."""
        self._sender.shutdown()

    def _note_refused(self, refused: list[tuple[Outgoing, str]]) -> None:
        for each, reason in refused:
            self.pass_over(each.entry.key, reason)
            stored = each.before.id if each.before else None
            self._ledger.write([Entry(key=each.entry.key, id=stored, fingerprint="")])

    def _send_ours(self, documents: list[KnowledgeDocument]) -> Counts:
        """A source says what is so: where what is stored bears a later stamp, it is pushed without one."""
        counts = self._send(documents)
        if counts.stale:
            self._send([each.model_copy(update={"updated_at": None}) for each in documents])
        return counts


def _refused(refusal: Refused, count: int) -> dict[int, str]:
    """Which of the documents, by their places. Raises the refusal where it names none."""
    named = {
        each["index"]: " ".join(str(each.get(part) or "") for part in ("field", "reason")).strip()
        for each in refusal.errors
        if isinstance(each.get("index"), int) and 0 <= each["index"] < count
    }
    if named:
        return named
    if count == 1:
        return {0: refusal.detail}
    raise refusal
