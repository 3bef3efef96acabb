"""Finding the few documents that matter: by meaning, by words, or by both.

`query` says what is asked and answered, `asking` is the verb, `ranking` ranks with `meaning` and `words`, `loading`
brings the documents.
"""

from knowledge.search.asking import search, space_for
from knowledge.search.query import Answer, Explanation, Hit, Mode, Plan, Query

__all__ = ["Answer", "Explanation", "Hit", "Mode", "Plan", "Query", "search", "space_for"]
