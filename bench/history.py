"""A long history beside the documents of a store: providers, runs and what came of them, all by INSERT … SELECT."""

from dataclasses import dataclass
from typing import Any

import psycopg

from bench.compare.corpus import SOURCES

EACH_RUN = 100
"""Changes of a run that changed anything; the newest run alone changed a tenth of all."""


@dataclass(frozen=True, kw_only=True)
class Sizes:
    """Everything else is in proportion to these."""

    documents: int = 1_000_000
    providers: int = SOURCES
    runs: int = 1_000_000
    files: int = 100_000

    @property
    def numbers(self) -> dict[str, int]:
        return {
            "documents": self.documents,
            "providers": self.providers,
            "runs": self.runs,
            "changes": self.runs,
            "in_newest": self.runs // 10,
            "each_run": EACH_RUN,
            "audit": self.runs // 10,
            "alerts": self.runs // 10,
            "trash": self.documents // 50,
            "expiring": self.documents // 10,
            "quarantined": self.documents // 200,
            "held": max(1, self.providers // 20),
            "held_keys": self.documents // 10,
            "decided": self.providers * 2,
            "keys": self.providers,
        }


# Nothing is due for a month, so that the store's own work does not change what is measured.
PROVIDERS = """
INSERT INTO providers_provider (id, name, url, enabled, sync_schedule, timezone, sync_timeout_ms, secret_encrypted,
    max_age_s, next_run_at, schedule_error, max_attempts, retry_backoff_s, retry_timeouts, jitter_s,
    pause_after_failures, consecutive_failures, paused_at, paused_reason, prune, created_at, updated_at)
SELECT 'bench-' || n, 'Bench provider ' || n, 'http://127.0.0.1:9/' || n, n %% 50 > 0,
    (n %% 60) || ' */' || 1 + n %% 12 || ' * * *', (ARRAY['UTC', 'Europe/Riga', 'America/New_York'])[1 + n %% 3],
    120000, '', CASE WHEN n %% 4 = 0 THEN 86400 END, CASE WHEN n %% 50 > 0 AND n %% 97 > 0 THEN now() + '30 days' END,
    '', 3, 10, false, 0, 10, CASE WHEN n %% 20 = 7 THEN 1 + n %% 9 ELSE 0 END, CASE WHEN n %% 97 = 0 THEN now() END,
    CASE WHEN n %% 97 = 0 THEN 'It failed ten times in a row.' ELSE '' END, 'unseen', now() - '90 days'::interval,
    now()
FROM generate_series(0, %(providers)s - 1) n
"""

# The newest is number 0; every minute or so one more, each provider in its turn, one in twenty of them always failing.
RUNS = """
INSERT INTO providers_syncrun (id, provider_id, trigger, scheduled_for, state, attempt, queued_at, started_at,
    attempt_at, finished_at, created, updated, renewed, unchanged, stale, deleted, rejected, pending, held, reported,
    contract, http_status, error_code, error)
SELECT md5('run' || n)::uuid, 'bench-' || n %% %(providers)s, 'schedule', at, state, 1 + n %% 2, at, at, at,
    at + '1 second'::interval * (1 + n %% 90), 3, 2, 90, 905, 0, 0, 0, 0, 0, 1000, 1,
    CASE state WHEN 'succeeded' THEN 200 WHEN 'failed' THEN 500 END,
    CASE state WHEN 'succeeded' THEN '' ELSE 'http_5xx' END,
    CASE state WHEN 'succeeded' THEN '' ELSE 'The provider answered 500: nothing to see here, try again later.' END
FROM generate_series(0, %(runs)s - 1) n,
    LATERAL (SELECT now() - '20 days'::interval * n / %(runs)s AS at, CASE WHEN n %% 20 = 7 THEN 'failed'
        WHEN n %% 71 = 0 THEN 'timed_out' WHEN n %% 113 = 0 THEN 'skipped' ELSE 'succeeded' END AS state) made
"""

ATTEMPTS = """
INSERT INTO providers_runattempt (run_id, number, state, started_at, ended_at, retry_at, http_status, error_code, error)
SELECT md5('run' || n)::uuid, 1, 'failed', now(), now(), now(), 500, 'http_5xx', 'The provider answered 500.'
FROM generate_series(1, %(runs)s - 1, 2) n
"""

INTAKES = """
INSERT INTO knowledge_runcounts (run, source, opened_at, closed_at, created, updated, renewed, unchanged, stale,
    deleted, rejected, pending, held, late, tracks, trouble)
SELECT id, provider_id, started_at, finished_at, 3, 2, 90, 905, 0, 0, 0, 0, 0, 0, false, '' FROM providers_syncrun
"""

CHANGES = """
INSERT INTO knowledge_change (source, key, kind, at, run, actor, before)
SELECT 'bench-' || row %% %(providers)s, 'note:' || row,
    (ARRAY['created', 'updated', 'renewed', 'deleted'])[1 + n %% 4], now() - '20 days'::interval * n / %(changes)s,
    md5('run' || CASE WHEN n < %(in_newest)s THEN 0 ELSE (n / %(each_run)s) * %(each_run)s END)::uuid, 'bench',
    CASE WHEN n %% 4 = 1 AND n < %(in_newest)s THEN 'What stood here before, for long enough to be compared: ' || n END
FROM generate_series(0, %(changes)s - 1) n, LATERAL (SELECT n %% %(documents)s AS row) made
"""

AUDIT = """
INSERT INTO accounts_auditentry (at, by, actor, address, verb, object, before, after)
SELECT now() - '300 days'::interval * (%(audit)s - n) / %(audit)s, 'user', 'admin ' || n %% 40, '127.0.0.1',
    (ARRAY['provider.update', 'provider.create', 'key.create', 'key.revoke', 'document.delete', 'document.restore',
           'held.approve', 'alert.test'])[1 + n %% 8], 'bench-' || n %% %(providers)s, '{"jitter_s": 0}',
    '{"jitter_s": 30}'
FROM generate_series(1, %(audit)s) n
"""

CHANNELS = """
INSERT INTO alerts_alertchannel (id, name, kind, url, secret_encrypted, recipients, providers, after_failures,
    enabled, created_at)
SELECT md5('channel' || n)::uuid, 'channel ' || n, 'webhook', 'http://127.0.0.1:9/', '', '{}', '{}', 3, false, now()
FROM generate_series(1, 5) n
"""

ALERTS = """
INSERT INTO alerts_alert (id, channel_id, provider, event, detail, at, state, attempts, not_before,
    delivered_at, error)
SELECT md5('alert' || n)::uuid, md5('channel' || 1 + n %% 5)::uuid, 'bench-' || n %% %(providers)s, 'failing',
    'The provider answered 500.', at, 'delivered', 1, at, at, ''
FROM generate_series(0, %(alerts)s - 1) n, LATERAL (SELECT now() - '20 days'::interval * n / %(alerts)s AS at) made
"""

TRASH = """
INSERT INTO knowledge_document (source, key, content, content_hash, facts_hash, tags, metadata, created_at, stored_at,
    deleted_at, deleted_reason)
SELECT 'bench-' || n %% %(providers)s, 'gone:' || n, 'What was deleted, number ' || n || repeat(' and more of it', 20),
    sha256(n::text::bytea), sha256('facts'), '{bench}', '{}', now(), now(),
    now() - '6 days'::interval * n / %(trash)s, 'deleted by bench'
FROM generate_series(0, %(trash)s - 1) n
"""

QUARANTINED = """
WITH made AS (
    INSERT INTO knowledge_document (source, key, content, content_hash, facts_hash, tags, metadata, created_at,
        stored_at, deleted_reason)
    SELECT 'bench-' || n %% %(providers)s, 'bad:' || n, 'What no backend takes, number ' || n, sha256(n::text::bytea),
        sha256('facts'), '{bench}', '{}', now(), now(), ''
    FROM generate_series(0, %(quarantined)s - 1) n RETURNING id
)
INSERT INTO knowledge_passage (document_id, model_id, ordinal, "start", "end", text_hash, attempts, not_before, error)
SELECT made.id, m.id, 0, 0, 20, sha256(made.id::text::bytea), 5, now() + '30 days', 'The backend refused this text.'
FROM made, knowledge_embeddingmodel m WHERE m.state = 'active'
"""

EXPIRING = """
UPDATE knowledge_document SET expires_at = now() + '1 hour'::interval * (24 + id %% 1000)
WHERE id BETWEEN 1 AND %(expiring)s
"""

HELD = """
INSERT INTO knowledge_helddeletion (id, source, keys, count, live, reason, run, actor, held_at, state, decided_at,
    decided_by, deleted)
SELECT md5('held' || n)::uuid, 'bench-' || n %% %(providers)s,
    CASE WHEN n = 0 THEN (SELECT array_agg('note:' || k * %(providers)s) FROM generate_series(0, %(held_keys)s - 1) k)
         WHEN n < %(held)s THEN ARRAY['note:' || n] ELSE '{}' END,
    CASE WHEN n = 0 THEN %(held_keys)s ELSE 1 END, %(held_keys)s, 'not brought again by a sync that succeeded',
    md5('run' || n)::uuid, 'pruning', now() - n * '1 minute'::interval,
    CASE WHEN n < %(held)s THEN 'pending' ELSE 'approved' END, CASE WHEN n < %(held)s THEN NULL ELSE now() END,
    'ada', 0
FROM generate_series(0, %(held)s + %(decided)s - 1) n
"""

KEYS = """
INSERT INTO accounts_accesskey (id, name, prefix, digest, role, source, created_at, revoked_at, last_used_at)
SELECT md5('key' || n)::uuid, 'key of bench-' || n, 'bench' || n, sha256(n::text::bytea), 'provider', 'bench-' || n,
    now() - n * '1 minute'::interval, CASE WHEN n %% 5 = 0 THEN now() END, now()
FROM generate_series(0, %(keys)s - 1) n
"""

FILLS = (PROVIDERS, RUNS, ATTEMPTS, INTAKES, CHANGES, AUDIT, CHANNELS, ALERTS, TRASH, QUARANTINED, EXPIRING, HELD, KEYS)
SETTLE = (
    "VACUUM ANALYZE knowledge_document, knowledge_passage, knowledge_change, knowledge_runcounts, accounts_auditentry, "
    "providers_syncrun, providers_runattempt, providers_provider, alerts_alert, knowledge_helddeletion"
)


def has_history(connection: psycopg.Connection[Any]) -> bool:
    return connection.execute("SELECT 1 FROM providers_syncrun LIMIT 1").fetchone() is not None


def fill_history(connection: psycopg.Connection[Any], sizes: Sizes) -> None:
    """Beside documents that `bench.compare.store.fill` has stored."""
    for statement in FILLS:
        connection.execute(statement, sizes.numbers)
    connection.execute(SETTLE)
