"""What an index names, and the statement that judges it."""

from dataclasses import dataclass

from knowledge.search.index.mark import MOST_UNSEEN, UNSEEN, Mark


@dataclass(frozen=True, kw_only=True)
class Named:
    """Passages that may be the nearest, for the rows to judge, beside those that the `mark` did not see.

    `complete`: no other that it saw can be in the scope. `ran_out`: there is no use in asking for more.
    """

    ids: list[int]
    mark: Mark
    complete: bool = False
    ran_out: bool = False


ROW = 'p.document_id, p.ordinal, p."start", p."end", {expression} <=> %(vector)s::halfvec({dimensions}) AS distance'

# Expects: what is unseen by passage_written; each hint by its key; the document of either by its key; of those in the
# scope the nearest by a heap of the limit's size, and their documents again by key. The inner limits keep the planner
# from joining whole tables. One row at least, empty but for the number of unseen rows.
CANDIDATES = f"""
WITH unseen AS MATERIALIZED ({UNSEEN.format(columns=ROW, model="{model}", most=MOST_UNSEEN)})
SELECT p.document_id, p.ordinal, p."start", p."end", p.distance, p.expires_at, NULL, always.unseen{{columns}}
FROM (SELECT count(*) AS unseen FROM unseen) always LEFT JOIN (
    SELECT p.*, d.expires_at FROM (
        SELECT * FROM unseen
        UNION ALL
        SELECT p.* FROM unnest(%(hints)s::bigint[]) AS hint(id) CROSS JOIN LATERAL (
            SELECT {ROW} FROM knowledge_passage p
            WHERE p.id = hint.id AND p.model_id = {{model}} AND p.vector IS NOT NULL LIMIT 1
        ) p
    ) p CROSS JOIN LATERAL (
        SELECT d.expires_at FROM knowledge_document d WHERE d.id = p.document_id AND {{matching}} LIMIT 1
    ) d
    ORDER BY p.distance, p.document_id, p.ordinal LIMIT {{limit}}
) p ON true LEFT JOIN LATERAL (SELECT * FROM knowledge_document d WHERE d.id = p.document_id LIMIT 1) d ON true
ORDER BY p.distance, p.document_id, p.ordinal
"""  # noqa: S608 -- every part stands in this package
