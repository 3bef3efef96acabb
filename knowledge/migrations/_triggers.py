"""What PostgreSQL keeps by itself: the store's generation and its counters, by triggers that no writer can forget.

The generation: every committed write to what searches read advances it, whoever writes. Each time it leaves a
row, a step, and the generation is their sum, so that writers never wait for one another; now and then a writer folds
the rows that it sees into one. Steps are random: a store that is restored from a backup does not come by the same
numbers again.

The counters: statistics take no longer with a million documents than with none. Each writing statement leaves its
deltas, one row for everything that it changed; what is counted is the sum of a stored count and its
deltas. No two writers touch one row, so none waits for another. Now and then a writer folds the deltas that it sees
into the counts, one writer at a time; the chance grows with the number of rows it wrote itself.
"""

ADVANCE = """
CREATE FUNCTION knowledge_advance() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE made bigint;
BEGIN
    INSERT INTO knowledge_generationstep (step) VALUES (1 + floor(random() * 2147483647)::bigint)
    RETURNING id INTO made;
    IF made % 64 = 0 THEN
        WITH folded AS (
            DELETE FROM knowledge_generationstep
            WHERE id IN (SELECT id FROM knowledge_generationstep FOR UPDATE SKIP LOCKED) RETURNING step
        )
        INSERT INTO knowledge_generationstep (step) SELECT sum(step) FROM folded HAVING count(*) > 0;
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER advance AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON knowledge_document
FOR EACH STATEMENT EXECUTE FUNCTION knowledge_advance();

CREATE TRIGGER advance AFTER INSERT OR UPDATE OF vector OR DELETE OR TRUNCATE ON knowledge_passage
FOR EACH STATEMENT EXECUTE FUNCTION knowledge_advance();

CREATE TRIGGER advance AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON knowledge_fulltextrow
FOR EACH STATEMENT EXECUTE FUNCTION knowledge_advance();

INSERT INTO knowledge_generationstep (step) VALUES (1 + floor(random() * 2147483647)::bigint);
"""

# One writer folds at a time: the counts are its own until it commits, so their order cannot matter.
FOLD = """
CREATE FUNCTION knowledge_fold_counts() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF NOT pg_try_advisory_xact_lock(1279345234, 0) THEN RETURN; END IF;
    WITH gone AS (
        DELETE FROM knowledge_countdelta
        WHERE id IN (SELECT id FROM knowledge_countdelta ORDER BY id LIMIT 20000 FOR UPDATE SKIP LOCKED)
        RETURNING kind, scope, name, documents, chars
    )
    INSERT INTO knowledge_storedcount AS t (kind, scope, name, documents, chars)
    SELECT kind, scope, name, sum(documents), sum(chars) FROM gone GROUP BY kind, scope, name
    HAVING sum(documents) <> 0 OR sum(chars) <> 0
    ON CONFLICT (kind, scope, name) DO UPDATE
    SET documents = t.documents + excluded.documents, chars = t.chars + excluded.chars;
    DELETE FROM knowledge_storedcount WHERE documents = 0 AND chars = 0;
END $$;
"""

# What rows of documents, each with its sign, count as. A tag counts for its source, and under '' for all of them.
OF_DOCUMENTS = """
    SELECT c.kind, o.scope, c.name, sum(c.documents), sum(c.chars) FROM (
        SELECT CASE WHEN deleted_at IS NULL THEN 'document' ELSE 'trash' END AS kind, source, '' AS name,
               sum(sign) AS documents, sum(sign * length(content)) AS chars
        FROM {rows} GROUP BY deleted_at IS NULL, source
        UNION ALL
        SELECT 'tag', source, tag, sum(sign), 0
        FROM {rows}, unnest(tags) AS tag WHERE deleted_at IS NULL GROUP BY source, tag
    ) c, LATERAL (SELECT c.source AS scope UNION ALL SELECT '' WHERE c.kind = 'tag') o
    GROUP BY c.kind, o.scope, c.name HAVING sum(c.documents) <> 0 OR sum(c.chars) <> 0
"""

# The same of passages.
OF_PASSAGES = """
    SELECT k.kind, d.source, r.model_id::text, sum(r.sign), 0
    FROM {rows} JOIN knowledge_document d ON d.id = r.document_id,
         LATERAL (SELECT 'passage' AS kind UNION ALL SELECT 'waiting' WHERE r.vector IS NULL) k
    GROUP BY k.kind, d.source, r.model_id HAVING sum(r.sign) <> 0
"""

NEW = "(SELECT 1 AS sign, * FROM after_rows) r"
OLD = "(SELECT -1 AS sign, * FROM before_rows) r"
BOTH = "(SELECT 1 AS sign, * FROM after_rows UNION ALL SELECT -1, * FROM before_rows) r"


def _trigger_function(name: str, *, counts: str, changed: str) -> str:
    """Leaves the deltas of one statement; an update that changes nothing counted is told by one hash over its rows."""
    return f"""
CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE written bigint;
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO knowledge_countdelta (kind, scope, name, documents, chars) {counts.format(rows=NEW)};
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO knowledge_countdelta (kind, scope, name, documents, chars) {counts.format(rows=OLD)};
    ELSIF (SELECT {changed} FROM before_rows) IS DISTINCT FROM (SELECT {changed} FROM after_rows) THEN
        INSERT INTO knowledge_countdelta (kind, scope, name, documents, chars) {counts.format(rows=BOTH)};
    ELSE
        RETURN NULL;
    END IF;
    GET DIAGNOSTICS written = ROW_COUNT;
    IF random() * 2048 < written THEN PERFORM knowledge_fold_counts(); END IF;
    RETURN NULL;
END $$;
"""  # noqa: S608 -- every part stands in this file


DOCUMENTS = _trigger_function(
    "knowledge_count_documents",
    counts=OF_DOCUMENTS,
    changed="bit_xor(hashtextextended(concat(id, source, facts_hash, content_hash, tags, deleted_at IS NULL), 0))",
)
PASSAGES = _trigger_function(
    "knowledge_count_passages",
    counts=OF_PASSAGES,
    changed="bit_xor(hashint8extended(id, 0)) FILTER (WHERE vector IS NULL)",
)

TRIGGERS = """
CREATE TRIGGER count_inserted AFTER INSERT ON knowledge_document
REFERENCING NEW TABLE AS after_rows FOR EACH STATEMENT EXECUTE FUNCTION knowledge_count_documents();
CREATE TRIGGER count_updated AFTER UPDATE ON knowledge_document
REFERENCING OLD TABLE AS before_rows NEW TABLE AS after_rows
FOR EACH STATEMENT EXECUTE FUNCTION knowledge_count_documents();
CREATE TRIGGER count_deleted AFTER DELETE ON knowledge_document
REFERENCING OLD TABLE AS before_rows FOR EACH STATEMENT EXECUTE FUNCTION knowledge_count_documents();

CREATE TRIGGER count_inserted AFTER INSERT ON knowledge_passage
REFERENCING NEW TABLE AS after_rows FOR EACH STATEMENT EXECUTE FUNCTION knowledge_count_passages();
CREATE TRIGGER count_updated AFTER UPDATE ON knowledge_passage
REFERENCING OLD TABLE AS before_rows NEW TABLE AS after_rows
FOR EACH STATEMENT EXECUTE FUNCTION knowledge_count_passages();
CREATE TRIGGER count_deleted AFTER DELETE ON knowledge_passage
REFERENCING OLD TABLE AS before_rows FOR EACH STATEMENT EXECUTE FUNCTION knowledge_count_passages();
"""

# From nothing, while no writer is at work: for a store that was there before, and for whoever doubts.
RECOUNT = f"""
CREATE FUNCTION knowledge_recount() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(1279345234, 0);
    LOCK TABLE knowledge_document, knowledge_passage IN SHARE MODE;
    DELETE FROM knowledge_countdelta;
    DELETE FROM knowledge_storedcount;
    INSERT INTO knowledge_storedcount (kind, scope, name, documents, chars)
    {OF_DOCUMENTS.format(rows="(SELECT 1 AS sign, * FROM knowledge_document) r")};
    INSERT INTO knowledge_storedcount (kind, scope, name, documents, chars)
    {OF_PASSAGES.format(rows="(SELECT 1 AS sign, * FROM knowledge_passage) r")};
END $$;

CREATE FUNCTION knowledge_forget_counts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM knowledge_recount();
    RETURN NULL;
END $$;
CREATE TRIGGER count_truncated AFTER TRUNCATE ON knowledge_document
FOR EACH STATEMENT EXECUTE FUNCTION knowledge_forget_counts();
CREATE TRIGGER count_truncated AFTER TRUNCATE ON knowledge_passage
FOR EACH STATEMENT EXECUTE FUNCTION knowledge_forget_counts();

SELECT knowledge_recount();

-- Every fold leaves dead deltas behind, which each reading would walk over.
ALTER TABLE knowledge_countdelta SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);
"""  # noqa: S608 -- every part stands in this file

# Vectors and lexemes stay in the row: exact search reads every vector, and ranking by words looks into every candidate
# once a term; a detour through TOAST would double the time. Frequencies of words come from the statistics: three
# thousand of them instead of a thousand.
STORAGE = """
ALTER TABLE knowledge_passage ALTER COLUMN vector SET STORAGE MAIN;
ALTER TABLE knowledge_passage SET (toast_tuple_target = 8160);
ALTER TABLE knowledge_fulltextrow ALTER COLUMN lexemes SET STORAGE MAIN;
ALTER TABLE knowledge_fulltextrow SET (toast_tuple_target = 8160);
ALTER TABLE knowledge_fulltextrow ALTER COLUMN lexemes SET STATISTICS 300;
"""

# An index knows a passage by its vector and its document's tags. A content that changes brings passages of its own.
# What was and what is are brought together by grouping, as in `_outbox`: a join may be planned as a loop in a loop.
STAMP = """
CREATE FUNCTION knowledge_stamp_passages() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE retagged bigint[];
BEGIN
    SELECT array_agg(id) INTO retagged FROM (
        SELECT id FROM (
            SELECT id, content_hash, tags FROM after_rows UNION ALL SELECT id, content_hash, tags FROM before_rows
        ) both_rows
        GROUP BY id HAVING count(DISTINCT content_hash) = 1 AND min(tags) <> max(tags)
    ) r;
    IF retagged IS NOT NULL THEN
        UPDATE knowledge_passage SET written_by = pg_current_xact_id() WHERE document_id = ANY(retagged);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER stamp_passages AFTER UPDATE ON knowledge_document
REFERENCING OLD TABLE AS before_rows NEW TABLE AS after_rows
FOR EACH STATEMENT EXECUTE FUNCTION knowledge_stamp_passages();
"""

EVERYTHING = STORAGE + ADVANCE + FOLD + DOCUMENTS + PASSAGES + TRIGGERS + RECOUNT
