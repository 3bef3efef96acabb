"""Turns, batches and triples: read first, outside any transaction, then decided upon and written in one.

Read on in this order: `given` (what a caller gives), `searchable` (what becomes documents of the store), `turns` (one
turn from its words to its facts), `batch` (a conversation), `triples` (what is known for certain), `rereading` (a turn
that no model could read), `answers` (what is told).
"""
