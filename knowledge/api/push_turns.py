"""Pushes take turns, so that readers find a place however many providers push at a time.

A push has a turn to embed, then one to store: the next one is embedded while this one is stored, and no embedder waits
for PostgreSQL. What a push waited for its first turn counts as time that it was embedding: the more wait, the more is
left to a worker.

See docs/decisions/0186 and docs/decisions/0222.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

from django.conf import settings

from core.waiting.turns import NoTurn, Turns
from knowledge.errors import PushesWaiting

FEW = 10
"""Documents that are stored in some milliseconds: they wait for nobody."""

MOST_WAITING = 32
"""Fewer than may wait without their slot (`core.waiting.slots`)."""

_embedding = Turns(settings.PUSHES_AT_ONCE, most_waiting=MOST_WAITING)
_storing = Turns(settings.PUSHES_AT_ONCE, most_waiting=MOST_WAITING)


@dataclass(frozen=True, kw_only=True)
class PushTurn:
    """`waited_s`: the seconds that the push has waited to embed; `embedding`: what ends that turn."""

    many: bool
    waited_s: float = 0.0
    embedding: ExitStack = field(default_factory=ExitStack)

    @contextmanager
    def storing(self) -> Iterator[None]:
        """The turn to store; from its beginning on, somebody else may embed. Raises PushesWaiting."""
        with ExitStack() as storing:
            if self.many:
                _take(_storing, storing)
            self.embedding.close()
            yield


@contextmanager
def push_turn(*, many: bool) -> Iterator[PushTurn]:
    """Raises PushesWaiting after `PUSH_PATIENCE_S`."""
    with ExitStack() as embedding:
        waited_s = _take(_embedding, embedding) if many else 0.0
        yield PushTurn(many=many, waited_s=waited_s, embedding=embedding)


def _take(turns: Turns, until: ExitStack) -> float:
    try:
        return until.enter_context(turns.turn(patience_s=settings.PUSH_PATIENCE_S))
    except NoTurn:
        detail = "Larder is storing other pushes; nothing of this one was stored. Send it again in a few seconds."
        raise PushesWaiting(detail) from None
