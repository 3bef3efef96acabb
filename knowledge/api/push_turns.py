"""Pushes take turns, so that readers find a place however many providers push at a time.

What a push waited for its turn counts as time that it was embedding: the more wait, the more is left to a worker.

See docs/decisions/0186.
"""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

from django.conf import settings

from core.waiting.turns import NoTurn, Turns
from knowledge.errors import PushesWaiting

FEW = 10
"""Documents that are stored in some milliseconds: they wait for nobody."""

MOST_WAITING = 32
"""Fewer than may wait without their slot (`core.waiting.slots`)."""

_turns = Turns(settings.PUSHES_AT_ONCE, most_waiting=MOST_WAITING)


@contextmanager
def push_turn(*, many: bool) -> Iterator[float]:
    """Yields the seconds that the push has waited. Raises PushesWaiting after `PUSH_PATIENCE_S`."""
    try:
        with _turns.turn(patience_s=settings.PUSH_PATIENCE_S) if many else nullcontext(0.0) as waited_s:
            yield waited_s
    except NoTurn:
        detail = "Larder is storing other pushes; nothing of this one was stored. Send it again in a few seconds."
        raise PushesWaiting(detail) from None
