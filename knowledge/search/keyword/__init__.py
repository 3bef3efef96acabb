"""Ranking by words, as BM25 does: over passages, a document's score being that of its best one.

PostgreSQL's own `ts_rank` knows neither how rare a word is nor how long a text; it only serves to count here. A rank of
one word that has no label is a tenth of the sum of 1/1² + 1/2² + … 1/n² over π²/6, and that tells n, how often the word
occurs. A passage's score is worked out thousands of times a question, so each step of that formula counts.

A score is the share of what a passage could have that repeats every word of the question without end: below 1,
comparable between questions, and the same order as BM25's own number.

How rare words are and how long passages is told by the scope alone, where every match in it is scored: so neither the
order nor the scores of what a filter leaves depend on what lies beside it. Elsewhere the whole store tells.

What the question names exactly adds a bonus, whatever the length.

`searching` chooses the passages and ranks them, `scoring` says how. See docs/decisions/0010, 0246 and 0262.
"""

from knowledge.search.keyword.searching import KeywordRanking, KeywordSearch, holding_required

__all__ = ["KeywordRanking", "KeywordSearch", "holding_required"]
