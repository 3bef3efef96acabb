"""Everyday clauses that neither a family nor the grammar read: told in their own words where a word anchors them.

What comes out is named by its verb, and holds the rest of the clause as it was said (`charges` 55 an hour, 80 at
weekends). Read in this order: `verbs` (which, of whom), `again` (times that come again as one token), `tails` (the rest
of a clause), `who`, `meant`, `acts`, `states`, `denials`, `wishes`, `there`, `appositions`, `introduced`, `reading`.
"""

from memory.extraction.rules.everyday.appositions import named_beside
from memory.extraction.rules.everyday.reading import read_everyday

__all__ = ["named_beside", "read_everyday"]
