"""The recall that users really get: now and then a question is asked again, by the index and exactly.

Questions are only noted where they are answered. A thread of the same process asks them again when nobody waits, both
ways at one moment, and what came of the last of them is kept in Redis for all processes.
"""

import json
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import count

from django.conf import settings

from core.redis import recall, remember
from core.sql import without_limits
from knowledge.search.query import Candidate

KEY = "larder:recall"
KEPT = 200
LIVE_S = 7 * 24 * 3_600
NEXT_AFTER_S = 30.0
"""An exact answer of a million passages takes seconds of the database: no more than one in so long."""

Ask = Callable[[], Sequence[Candidate] | None]

_numbers = count(1)
_noted: deque[tuple[Ask, Ask]] = deque(maxlen=1)
_asked_at = -NEXT_AFTER_S


@dataclass(frozen=True, kw_only=True)
class Recall:
    """Of the last `questions`: which share of the documents that exact search names the index named, too."""

    questions: int
    share: float


def note_question(by_index: Ask, exactly: Ask) -> None:
    """Every `SEARCH_RECALL_SAMPLE`-th is kept until a thread asks it again."""
    every = settings.SEARCH_RECALL_SAMPLE
    if every and next(_numbers) % every == 0:
        _noted.append((by_index, exactly))


def measure_noted() -> None:
    """Ask what was noted again, and keep what came of it."""
    global _asked_at
    if not _noted or time.monotonic() - _asked_at < NEXT_AFTER_S:
        return
    _asked_at = time.monotonic()
    by_index, exactly = _noted.pop()
    with without_limits():
        found, true = by_index(), exactly()
    if found is None or not true:
        return
    same = len({each.document_id for each in found} & {each.document_id for each in true})
    remember(KEY, json.dumps([*_kept(), [same, len(true)]][-KEPT:]).encode(), live_s=LIVE_S)


def read_recall() -> Recall | None:
    """None before anything was measured."""
    kept = _kept()
    wanted = sum(true for _, true in kept)
    return Recall(questions=len(kept), share=sum(same for same, _ in kept) / wanted) if wanted else None


def _kept() -> list[tuple[int, int]]:
    try:
        return [(int(same), int(true)) for same, true in json.loads(recall([KEY])[0] or b"[]")]
    except (ValueError, TypeError):
        return []
