"""Finding the few documents that matter: by meaning, by words, or by both.

The ordinary path of a query, in the order of its steps:

1. `knowledge.api.reading.query` judges the key, the tags and the text's length, and applies the limits of the key's
   stage. A refusal leaves here.
2. `pipeline.space_for` names the model to search in: none for words alone. Without a backend: `EmbedderUnavailable`.
3. `pipeline.search` reads the generation of the store and asks Redis (`cache`) for the ranking and the query's vector.
   A ranking that no write has overtaken is only loaded, and the answer leaves here if all of its documents are live.
4. It embeds the text, where the mode needs a vector and Redis has none, within `QUERY_EMBED_BUDGET_MS`. Without a
   backend: `EmbedderUnavailable`; `pipeline.ask` then answers a hybrid query by its words.
5. `scope` puts what a query may find into one SQL condition: live documents, the source, the tags, what is excluded.
6. `ranking.find` ranks, with `vector` (exact or by the index), `keyword` (BM25) or both and their `fusion`.
7. `ranking.conclude` applies `min_score`, diversity and `top_k`; `pipeline.search` remembers the ranking.
8. `loading` brings the documents that are still live, `highlights` marks the query's words in them.
9. `answers` writes the JSON; where the query asks for it, `explaining` says what the answer came of.

The fast path stands before all that, in front of Django:

1. `config.web.fast_path` takes the credential, a bearer token or an internal key, and the body.
2. `fast_path.read_fast_query` goes on with a usable key and a simple query: semantic, without `explain`, diversity or
   exclusions.
3. `fast_path.answer_fast_query` asks Redis for the ranking and the vector, in one round trip; without the vector it
   gives up.
4. In a second one, and mostly one statement, PostgreSQL says in which version the key and the model stand, and the
   generation, and brings the documents of the ranking or, where there is none, of one step of `vector`. The answer
   leaves here, as the ordinary path would give it.

Wherever the fast path is in doubt it answers nothing, and the query begins at step 1 of the ordinary path, which also
says what is wrong. Only a database that cannot be reached is answered at once, with 503.

Where PostgreSQL has read replicas, both paths read there; `core.replicas` says how none of them answers with less than
was written before.

Read `query` (what is asked and answered) first, then the files in the order of the steps.
"""

from knowledge.search.pipeline import ask, search, space_for
from knowledge.search.query import Answer, Explanation, Hit, Mode, Plan, Query

__all__ = ["Answer", "Explanation", "Hit", "Mode", "Plan", "Query", "ask", "search", "space_for"]
