"""Plain clauses that neither the grammar nor everyday talk reads: read last, by a verb and what must stand behind it.

Each reader is a verb (or the copula), of whom, and what a literal tail behind it tells; the key is the verb's own.
"""

from memory.extraction.rules.plain.reading import read_verbal

__all__ = ["read_verbal"]
