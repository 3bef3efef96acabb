"""The worker's half of embedding: finishing what pushes left waiting."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from pgvector import HalfVector

from core.clock import FARTHEST
from core.sql import raw_cursor
from knowledge.embedding.backfill import plan_passages
from knowledge.embedding.embedders.base import EmbedderUnavailable, EmbeddingRefused, Vector
from knowledge.embedding.embedders.within import embed_within
from knowledge.embedding.vector_space import Space, models_in_use, space_of
from knowledge.models import EmbeddingModel, Passage

CLAIM_FOR = timedelta(minutes=2)

FIRST_RETRY = timedelta(minutes=1)

LONGEST_RETRY = timedelta(hours=6)

# Oldest first. Others leave a claimed passage alone until its claim runs out: a killed worker costs two minutes.
# One that has not failed waits for nothing else, so a claim that lasts longer is of a clock that was set back.
CLAIM = """
UPDATE knowledge_passage p SET not_before = %(until)s
FROM knowledge_document d
WHERE d.id = p.document_id AND p.id IN (
    SELECT id FROM knowledge_passage
    WHERE model_id = %(model)s AND vector IS NULL AND (
        not_before IS NULL OR not_before <= %(now)s OR (attempts = 0 AND not_before > %(farthest)s))
    ORDER BY id LIMIT %(limit)s FOR UPDATE SKIP LOCKED
)
RETURNING p.id, substring(d.content FROM p.start + 1 FOR p."end" - p.start) AS text, p.attempts
"""

# A passage that a push replaced meanwhile is gone or held: it is skipped, never waited for.
FINISH = """
UPDATE knowledge_passage p
SET vector = v.vector, written_by = pg_current_xact_id(), not_before = NULL, error = ''
FROM (
    SELECT held.id, given.vector
    FROM unnest(%(ids)s::bigint[], %(vectors)b::halfvec[]) AS given(id, vector)
    JOIN LATERAL (SELECT id FROM knowledge_passage WHERE id = given.id FOR UPDATE SKIP LOCKED) held ON true
) v
WHERE p.id = v.id
"""


@dataclass(frozen=True, kw_only=True)
class ClaimedPassage:
    id: int
    text: str
    attempts: int


def embed_pending(*, now: datetime, limit: int = 256, budget_s: float = 5) -> int:
    """One round: embed waiting passages of the active model or, while it has none, of one in building; how many.

    Raises EmbedderUnavailable where nothing was finished and a backend could not be reached.
    """
    failure: EmbedderUnavailable | None = None
    for model in models_in_use():
        plan_passages(model, now=now)
        try:
            if finished := finish_waiting(space_of(model), now=now, limit=limit, budget_s=budget_s):
                return finished
        except EmbedderUnavailable as error:
            failure = failure or error
    if failure:
        raise failure
    return 0


def finish_waiting(space: Space, *, now: datetime, limit: int = 256, budget_s: float = 5) -> int:
    """Embed passages that wait under the space's model, oldest first; how many got their vector.

    A text that the backend refuses alone is kept waiting with its error and tried again ever later (quarantine).
    Raises EmbedderUnavailable; what was claimed is free again at once.
    """
    claimed = _claim(space.model, now=now, limit=limit)
    if not claimed:
        return 0
    try:
        outcomes = embed_within(space.embedder, [each.text for each in claimed], budget_s=budget_s, pace=space.pace)
    except EmbedderUnavailable:
        _release(claimed)
        raise
    done = [(each, outcome) for each, outcome in zip(claimed, outcomes, strict=True)]
    finished = _finish([(each.id, outcome) for each, outcome in done if _is_vector(outcome)])
    _release([each for each, outcome in done if outcome is None])
    for each, outcome in done:
        if isinstance(outcome, EmbeddingRefused):
            _quarantine(each, outcome, now=now)
    return finished


def _claim(model: EmbeddingModel, *, now: datetime, limit: int) -> list[ClaimedPassage]:
    named: dict[str, Any] = {"model": model.pk, "now": now, "until": now + CLAIM_FOR, "limit": limit}
    named["farthest"] = now + FARTHEST
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, named)
        return [ClaimedPassage(id=row[0], text=row[1], attempts=row[2]) for row in cursor.fetchall()]


def _finish(vectors: Sequence[tuple[int, Any]]) -> int:
    if not vectors:
        return 0
    named = {"ids": [each for each, _ in vectors], "vectors": [HalfVector(vector) for _, vector in vectors]}
    with raw_cursor() as cursor:
        cursor.execute(FINISH, named)
        return cursor.rowcount


def _release(claimed: Sequence[ClaimedPassage]) -> None:
    Passage.objects.filter(pk__in=[each.id for each in claimed], vector=None).update(not_before=None)


def _quarantine(claimed: ClaimedPassage, refused: EmbeddingRefused, *, now: datetime) -> None:
    wait = min(FIRST_RETRY * 2 ** min(claimed.attempts, 12), LONGEST_RETRY)
    Passage.objects.filter(pk=claimed.id, vector=None).update(
        attempts=claimed.attempts + 1, not_before=now + wait, error=refused.detail
    )


def _is_vector(outcome: Vector | EmbeddingRefused | None) -> bool:
    return outcome is not None and not isinstance(outcome, EmbeddingRefused)
