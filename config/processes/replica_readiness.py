"""The rows of readiness about read replicas."""

from django.db import DatabaseError

from core.replicas import ReplicaState, read_states
from providers.system.readiness import ReadinessRow

FIX = "Look at that server: whether it runs, replays the log of DATABASE_URL's, and may still be called its replica."


def replica_rows() -> list[ReadinessRow]:
    """One each; nothing to say without READ_DATABASE_URLS, nor while the primary is away, which has a row itself."""
    try:
        return [_row(state) for state in read_states()]
    except DatabaseError:
        return []


def _row(state: ReplicaState) -> ReadinessRow:
    name = f"replica {state.name}"
    if state.serves:
        return ReadinessRow(name=name, state="ok", detail=f"It answers, {state.behind_bytes:,} bytes behind.")
    return ReadinessRow(name=name, state="warn", detail=f"Not read from, {state.trouble}", fix=FIX)
