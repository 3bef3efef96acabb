"""What is told of a thing by a literal: a day, a clock time, a price, a number, an address, a name."""

from memory.extraction.rules.literals.reading import read_literal

__all__ = ["read_literal"]
