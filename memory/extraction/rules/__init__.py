"""Stage 1 of extraction: a small grammar of English, without a model and without a table.

What it promises: nothing wrong, and every clause that was not read is told (`Diff.unread`).
"""

from memory.extraction.rules.reading import read_by_rules

__all__ = ["read_by_rules"]
