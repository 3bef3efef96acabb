"""Files, URLs and texts that people and programs upload, and their way into the store.

Read `models`, then `uploads` (what is taken), `processing.lifecycle` (what becomes of it), `extract` (from bytes to
text).

See docs/decisions/0070.
"""
