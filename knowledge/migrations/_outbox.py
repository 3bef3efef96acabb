"""What fills the outbox of a cluster (`knowledge.models.outbox`), in the transaction of the change itself.

Where no cluster is fed, a statement that writes pays for one look at an empty table. `ClusterFeed` is inserted under a
lock that waits for whoever is writing (`knowledge.search.qdrant.rebuild`): nobody who did not see it is still at work.

A document's change names all of its passages, also those without a vector: one that gets it meanwhile, in another
transaction, may be sent before this one ends. Emptying the tables ends the feed, which then begins anew.
"""

PASSAGES = """
CREATE FUNCTION knowledge_note_passages() RETURNS trigger LANGUAGE plpgsql SET enable_nestloop = off AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM knowledge_clusterfeed) THEN RETURN NULL; END IF;
    IF TG_OP = 'INSERT' THEN
        INSERT INTO knowledge_clusterchange (passage, model, extent, noted_at)
        SELECT id, model_id, 3, statement_timestamp() FROM after_rows WHERE vector IS NOT NULL;
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO knowledge_clusterchange (passage, model, extent, noted_at)
        SELECT id, model_id, 3, statement_timestamp() FROM before_rows WHERE vector IS NOT NULL;
    ELSE
        INSERT INTO knowledge_clusterchange (passage, model, extent, noted_at)
        SELECT a.id, a.model_id, 3, statement_timestamp() FROM after_rows a JOIN before_rows b USING (id)
        WHERE a.vector IS DISTINCT FROM b.vector;
    END IF;
    RETURN NULL;
END $$;
"""

# What was and what is are brought together by grouping: nothing is known of how many rows a statement changes, and a
# join of the two may be planned as a loop in a loop.
DOCUMENTS = """
CREATE FUNCTION knowledge_note_documents() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM knowledge_clusterfeed) THEN RETURN NULL; END IF;
    INSERT INTO knowledge_clusterchange (passage, model, extent, noted_at)
    SELECT p.id, p.model_id, c.extent, statement_timestamp() FROM (
        SELECT id, CASE WHEN min(is_live) <> max(is_live) THEN 3
                        WHEN min(is_live) = 0 THEN 0
                        WHEN min(tags) <> max(tags) OR min(source) <> max(source) THEN 2
                        WHEN min(expires_at) <> max(expires_at) THEN 1
                        ELSE 0 END AS extent
        FROM (
            SELECT id, (deleted_at IS NULL)::int AS is_live, tags, source,
                   coalesce(expires_at, 'infinity') AS expires_at
            FROM (SELECT * FROM after_rows UNION ALL SELECT * FROM before_rows) both_rows
        ) r GROUP BY id
    ) c JOIN knowledge_passage p ON p.document_id = c.id
    WHERE c.extent > 0;
    RETURN NULL;
END $$;
"""

EMPTIED = """
CREATE FUNCTION knowledge_end_feed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM knowledge_clusterfeed;
    DELETE FROM knowledge_clustercollection;
    DELETE FROM knowledge_clusterchange;
    RETURN NULL;
END $$;
"""

TRIGGERS = """
CREATE TRIGGER note_inserted AFTER INSERT ON knowledge_passage
REFERENCING NEW TABLE AS after_rows FOR EACH STATEMENT EXECUTE FUNCTION knowledge_note_passages();
CREATE TRIGGER note_updated AFTER UPDATE ON knowledge_passage
REFERENCING OLD TABLE AS before_rows NEW TABLE AS after_rows
FOR EACH STATEMENT EXECUTE FUNCTION knowledge_note_passages();
CREATE TRIGGER note_deleted AFTER DELETE ON knowledge_passage
REFERENCING OLD TABLE AS before_rows FOR EACH STATEMENT EXECUTE FUNCTION knowledge_note_passages();
CREATE TRIGGER note_truncated AFTER TRUNCATE ON knowledge_passage
FOR EACH STATEMENT EXECUTE FUNCTION knowledge_end_feed();

CREATE TRIGGER note_updated AFTER UPDATE ON knowledge_document
REFERENCING OLD TABLE AS before_rows NEW TABLE AS after_rows
FOR EACH STATEMENT EXECUTE FUNCTION knowledge_note_documents();

-- What is sent leaves dead rows at the front, which each reading would walk over.
ALTER TABLE knowledge_clusterchange SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);
"""

OUTBOX = PASSAGES + DOCUMENTS + EMPTIED + TRIGGERS
