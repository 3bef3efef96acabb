"""One clause that states something: its subject, its verb or literal, its slots, and what was left over of it."""

from memory.extraction.rules.statements.dividing import divided, is_gapped, is_whole
from memory.extraction.rules.statements.predication import Predication
from memory.extraction.rules.statements.reading import read_statement

__all__ = ["Predication", "divided", "is_gapped", "is_whole", "read_statement"]
