"""Who or what a clause is about: I, `my wife Anna`, `Dana`, `our CFO Dana`, she, `the price of Widget A`."""

from memory.extraction.rules.subjects.appositions import read_apposition
from memory.extraction.rules.subjects.reading import read_subject
from memory.extraction.rules.subjects.shape import Subject

__all__ = ["Subject", "read_apposition", "read_subject"]
