"""From bytes to text: what a body says, with its pages, sections and tables."""

from ingestion.extract.base import Extraction, Part
from ingestion.extract.door import SMALL_BYTES, TOGETHER, Unread, extract_all

__all__ = ["SMALL_BYTES", "TOGETHER", "Extraction", "Part", "Unread", "extract_all"]
