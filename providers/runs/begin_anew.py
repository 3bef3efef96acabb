"""What becomes of active runs where the database's clock was set: their lease, deadline and wait begin anew.

Forward, each of them seems to have been silent for long, and would be given up while its worker is at it. Back, one
whose worker is gone would be waited for as long as the clock was ahead. To do it twice does no harm.

See docs/decisions/0210.
"""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import connection

from providers.runs.claim import LEASE
from providers.runs.retry import LONGEST_WAIT

# Plan: the index run_active. A run that somebody holds is about to end, or to begin.
BEGIN_ANEW = """
WITH active AS MATERIALIZED (
    SELECT id, provider_id, clock_timestamp() AS now FROM providers_syncrun
    WHERE state IN ('queued', 'running') FOR UPDATE SKIP LOCKED
), anew AS MATERIALIZED (
    SELECT r.id, active.now, p.sync_timeout_ms * interval '1 millisecond' AS timeout,
        CASE WHEN r.not_before > active.now + %(longest)s THEN active.now ELSE r.not_before END AS not_before
    FROM active JOIN providers_syncrun r USING (id) LEFT JOIN providers_provider p ON p.id = active.provider_id
)
UPDATE providers_syncrun r SET notified_at = NULL, not_before = anew.not_before,
    lease_until = CASE WHEN r.state = 'running' THEN anew.now + %(lease)s END,
    deadline_at = CASE WHEN r.state = 'running' THEN anew.now + coalesce(anew.timeout, interval '0') + 2 * %(lease)s
        ELSE greatest(anew.now, anew.not_before) + %(queue)s END
FROM anew WHERE r.id = anew.id"""


def begin_anew() -> int:
    """How many runs."""
    queue = timedelta(minutes=settings.RUN_QUEUE_MINUTES)
    limits: dict[str, Any] = {"lease": LEASE, "longest": LONGEST_WAIT, "queue": queue}
    with connection.cursor() as cursor:
        cursor.execute(BEGIN_ANEW, limits)
        return int(cursor.rowcount)
