"""PostgreSQL, by its catalogues and counters."""

from dataclasses import dataclass, field
from datetime import datetime

from django.db import connection

MOST_SHOWN = 8

TABLES = """
SELECT c.relname, greatest(c.reltuples, 0)::bigint, pg_table_size(c.oid), pg_indexes_size(c.oid),
    coalesce(s.n_dead_tup, 0), greatest(s.last_autovacuum, s.last_vacuum)
FROM pg_class c LEFT JOIN pg_stat_user_tables s ON s.relid = c.oid
WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace
ORDER BY pg_table_size(c.oid) + pg_indexes_size(c.oid) DESC LIMIT %s
"""
INDEXES = """
SELECT c.relname, t.relname, pg_relation_size(c.oid), coalesce(s.idx_scan, 0), i.indisvalid
FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_class t ON t.oid = i.indrelid
LEFT JOIN pg_stat_user_indexes s ON s.indexrelid = c.oid
WHERE c.relnamespace = 'public'::regnamespace
ORDER BY pg_relation_size(c.oid) DESC LIMIT %s
"""
DATABASE = """
SELECT current_setting('server_version'), (SELECT extversion FROM pg_extension WHERE extname = 'vector'),
    pg_database_size(current_database()), current_setting('max_connections')::int,
    (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'),
    (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' AND state = 'active'),
    d.blks_hit::float8 / nullif(d.blks_hit + d.blks_read, 0), d.deadlocks, pg_postmaster_start_time()
FROM pg_stat_database d WHERE d.datname = current_database()
"""


@dataclass(frozen=True, kw_only=True)
class Table:
    """`rows` is the planner's estimate; `dead` rows wait to be vacuumed."""

    name: str
    rows: int
    bytes: int
    index_bytes: int
    dead: int
    vacuumed_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class IndexSize:
    name: str
    table: str
    bytes: int
    scans: int
    valid: bool


@dataclass(frozen=True, kw_only=True)
class Database:
    """`hit_rate`: of all pages that were read, how many PostgreSQL had in memory."""

    version: str
    pgvector: str | None
    bytes: int
    max_connections: int
    connections: int
    active: int
    hit_rate: float | None
    deadlocks: int
    started_at: datetime
    tables: list[Table] = field(default_factory=list)
    indexes: list[IndexSize] = field(default_factory=list)


def read_database() -> Database:
    with connection.cursor() as cursor:
        cursor.execute(DATABASE)
        version, pgvector, size, most, connections, active, hit_rate, deadlocks, started_at = cursor.fetchone()
        cursor.execute(TABLES, [MOST_SHOWN])
        tables = cursor.fetchall()
        cursor.execute(INDEXES, [MOST_SHOWN])
        indexes = cursor.fetchall()
    return Database(
        version=version.partition(" ")[0],
        pgvector=pgvector,
        bytes=size,
        max_connections=most,
        connections=connections,
        active=active,
        hit_rate=hit_rate,
        deadlocks=deadlocks,
        started_at=started_at,
        tables=[
            Table(name=name, rows=rows, bytes=size, index_bytes=index_size, dead=dead, vacuumed_at=vacuumed_at)
            for name, rows, size, index_size, dead, vacuumed_at in tables
        ],
        indexes=[
            IndexSize(name=name, table=table, bytes=size, scans=scans, valid=valid)
            for name, table, size, scans, valid in indexes
        ],
    )
