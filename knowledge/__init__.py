"""The store: documents, tags, TTLs, passages, vectors, search.

Read `models`, then `writing.upsert` (how a push is stored) and `search` (how a query is answered). The subpackages
import one way: api -> browsing -> search -> embedding; api, transfer -> writing -> deleting, embedding; all of them ->
models, staging, locks.
"""
