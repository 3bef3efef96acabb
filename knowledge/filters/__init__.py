"""Filters: what a document's metadata and its own fields have to say for a query or a list to be about it.

`tree` is what a filter is, `parsing` reads it from JSON, `evaluation` says what it means of a document, in Python, and
`conditions` says the same in SQL: docs/reference/filters.md has the table, and a test holds both together. `sampling`
tells about how many documents one leaves.

See docs/decisions/0277.
"""
