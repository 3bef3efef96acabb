"""Plain clauses that no family of verbs reads: a subject, a verb that is known to tell something, and its complements.

What comes out is named by the verb (`oversees`, `flew_to`, `stored_in`) and holds what was said. Read in this order:
`verbs` (which, with what behind them), `lexicon` (other words), `phrases`, `doer` and `doers` (of whom it is told),
`things`, `complements`, `shapes`, `states`, `events`, `acts`, `sense` (who may do what), `posts`, `copulas`, `reading`.
"""

from memory.extraction.rules.general.reading import read_general

__all__ = ["read_general"]
