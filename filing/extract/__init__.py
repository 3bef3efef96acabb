"""From bytes to text: what a body says, with its pages, sections and tables."""

from filing.extract.base import Extraction, Part
from filing.extract.door import extract

__all__ = ["Extraction", "Part", "extract"]
