"""From a text to the parts of a clause: `tokens`, `sentences`, `clauses`, then `phrases` and `verbs` within one.

`lexicon` holds the closed words, `nouns`, `names` and `occupations` the open ones that the grammar knows.
"""
