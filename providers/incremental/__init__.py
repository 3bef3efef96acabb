"""Syncs that bring only what has changed: where they go on from, and what that means for the documents they leave out.

`wire` says what is told to a provider and read of its answer, `sync_state` keeps its state between runs, `lifetimes`
renews the expiry of documents that an incremental run had no reason to repeat.

See docs/decisions/0233.
"""
