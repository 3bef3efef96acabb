"""Which store a cluster was fed from: the server, its timeline, the database and its tables.

Whatever brings other rows under the same numbers changes one of them: a restored dump, a copy, a recovery to an earlier
time, a standby that took over. What the cluster knows then is of another store: nobody asks it for candidates, and
nothing is sent to it, since it may still serve the store that it was fed from.

A replica is of the timeline that it receives; one that must not tell, or receives nothing, is of no store.
"""

LINEAGE = """(
    SELECT concat_ws('/', s.system_identifier, t.timeline, d.oid, 'knowledge_clusterfeed'::regclass::oid)
    FROM pg_control_system() s, pg_database d, LATERAL (
        SELECT CASE WHEN pg_is_in_recovery()
                    THEN (SELECT lpad(upper(to_hex(received_tli)), 8, '0') FROM pg_stat_wal_receiver)
                    ELSE left(pg_walfile_name(pg_current_wal_insert_lsn()), 8) END AS timeline
    ) t
    WHERE d.datname = current_database()
)"""
