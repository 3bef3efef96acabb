"""How far the embedding models are, cheaply enough to look at every other second: a handful of statements, no counting.

The numbers are the triggers' counts, documents in the trash included; `model_change.progress_of` counts instead, and
says what a switch would leave out to the passage.

See docs/decisions/0061.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.redis import recall, remember
from core.sql import fetch
from knowledge.embedding.index_build import IndexState
from knowledge.embedding.vector_space import has_graph, index_name
from knowledge.models import EmbeddingModel

State = EmbeddingModel.State
PACE_OVER = timedelta(minutes=5)
PACE_LEAST = timedelta(seconds=2)
MOST_SAMPLES = 30

PASSAGES = """
SELECT kind, name, sum(documents)::bigint FROM (
    SELECT kind, name, documents FROM knowledge_storedcount WHERE kind IN ('passage', 'waiting', 'document')
    UNION ALL SELECT kind, name, documents FROM knowledge_countdelta WHERE kind IN ('passage', 'waiting', 'document')
) AS every GROUP BY kind, name
"""

# Plan: along passage_quarantine, for each model. The youngest passage tells what is wrong now.
REFUSED = """
SELECT m.id,
    (SELECT count(*) FROM knowledge_passage p WHERE p.error <> '' AND p.model_id = m.id),
    (SELECT p.error FROM knowledge_passage p WHERE p.error <> '' AND p.model_id = m.id ORDER BY p.id DESC LIMIT 1)
FROM knowledge_embeddingmodel m
"""

INDEXES = """
SELECT c.relname, i.indisvalid, p.index_relid IS NOT NULL, p.tuples_done::float8 / nullif(p.tuples_total, 0),
    pg_relation_size(c.oid)
FROM pg_class c JOIN pg_index i ON i.indexrelid = c.oid
LEFT JOIN pg_stat_progress_create_index p ON p.index_relid = c.oid
WHERE c.relname = ANY(%(names)s)
"""
LAST_DOCUMENT = "SELECT coalesce(max(id), 0) FROM knowledge_document"


@dataclass(frozen=True, kw_only=True)
class Index:
    """A model's vector index. `share` from 0 to 1 while it is built, where PostgreSQL can tell."""

    state: IndexState
    share: float | None = None
    size_bytes: int = 0


@dataclass(frozen=True, kw_only=True)
class Building:
    """A model as far as it is. `total` includes `unplanned` passages, an estimate; `refused` hold up nothing.

    `per_s` is the pace of late, None where nobody looked before or nothing moves; `error` is the last refusal's.
    """

    model: EmbeddingModel
    total: int
    done: int
    refused: int
    unplanned: int
    index: Index
    per_s: float | None = None
    error: str = ""

    @property
    def left(self) -> int:
        return max(0, self.total - self.done - self.refused)

    @property
    def share(self) -> float:
        return 1 - self.left / self.total if self.total else 1.0

    @property
    def remaining(self) -> timedelta | None:
        return timedelta(seconds=self.left / self.per_s) if self.per_s and self.left else None

    @property
    def is_whole(self) -> bool:
        return self.model.state != State.RETIRED and not self.left and self.index.state is IndexState.READY

    @property
    def moves(self) -> bool:
        """Whether looking again in a moment is worth while."""
        active = self.model.state == State.ACTIVE
        return self.model.state in (State.BUILDING, State.DROPPING) or (active and bool(self.left))


def read_building(*, now: datetime) -> list[Building]:
    """Every model: the active one, those in building, retired ones, and those on their way out."""
    models = sorted(EmbeddingModel.objects.all(), key=lambda each: (_ORDER.index(State(each.state)), each.name))
    counts = {(kind, name): int(count) for kind, name, count in fetch(PASSAGES, {})}
    refused = {pk: (count, error) for pk, count, error in fetch(REFUSED, {})}
    indexes = _indexes(models)
    [(last,)] = fetch(LAST_DOCUMENT, {})
    found = []
    for model in models:
        passages, waiting = counts.get(("passage", str(model.pk)), 0), counts.get(("waiting", str(model.pk)), 0)
        unplanned = _unplanned(model, counts, passages=passages, last=last)
        count, error = refused.get(model.pk, (0, ""))
        left = max(0, waiting - count) + unplanned
        found.append(
            Building(
                model=model,
                total=passages + unplanned,
                done=passages - waiting,
                refused=count,
                unplanned=unplanned,
                index=indexes[model.pk],
                per_s=note_pace(model, left=left, now=now) if left else None,
                error=error or "",
            )
        )
    return found


def note_pace(model: EmbeddingModel, *, left: int, now: datetime) -> float | None:
    """Passages a second since the first look of the last minutes, remembered in Redis beside this one."""
    key = f"larder:pace:{model.pk}"
    samples = [
        each for each in _samples(recall([key])[0]) if 0 <= now.timestamp() - each[0] < PACE_OVER.total_seconds()
    ]
    if not samples or now.timestamp() - samples[-1][0] >= PACE_LEAST.total_seconds():
        samples = [*samples, (now.timestamp(), left)][-MOST_SAMPLES:]
        remember(key, json.dumps(samples).encode(), live_s=int(PACE_OVER.total_seconds()))
    at, had = samples[0]
    seconds, finished = now.timestamp() - at, had - left
    return finished / seconds if seconds >= PACE_LEAST.total_seconds() and finished > 0 else None


def _unplanned(model: EmbeddingModel, counts: dict[tuple[str, str], int], *, passages: int, last: int) -> int:
    """About how many passages the documents ahead of the walk will have: their share of the rows, as long as others."""
    if model.planned_to is None or model.state == State.DROPPING or not last:
        return 0
    documents = sum(count for (kind, _), count in counts.items() if kind == "document")
    ahead = documents * max(0, last - model.planned_to) // last
    behind = documents - ahead
    return ahead * max(1, round(passages / behind)) if behind else ahead


def _indexes(models: Sequence[EmbeddingModel]) -> dict[int, Index]:
    rows = fetch(INDEXES, {"names": [index_name(model) for model in models]})
    known = {name: _index(*facts) for name, *facts in rows}
    return {model.pk: known.get(index_name(model)) or _none(model) for model in models}


def _none(model: EmbeddingModel) -> Index:
    return Index(state=IndexState.MISSING if has_graph(model) else IndexState.READY)


def _index(valid: bool, in_work: bool, share: float | None, size_bytes: int) -> Index:
    state = IndexState.READY if valid else IndexState.BUILDING if in_work else IndexState.BROKEN
    return Index(state=state, share=share if in_work else None, size_bytes=size_bytes)


def _samples(kept: bytes | None) -> list[tuple[float, int]]:
    """What is no list of pairs of numbers was not written by us."""
    try:
        return [(float(at), int(left)) for at, left in json.loads(kept or b"[]")]
    except (ValueError, TypeError):
        return []


_ORDER = [State.ACTIVE, State.BUILDING, State.RETIRED, State.DROPPING]
