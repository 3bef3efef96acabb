"""Cutting extracted text into chunks. Pure: spans in, spans out."""

from collections.abc import Iterator, Sequence

from ingestion.extract import Part
from ingestion.models import Splitter
from ingestion.splitting.structure import split_structure
from ingestion.splitting.windows import split_windows


def split_parts(text: str, parts: Sequence[Part], *, splitter: str, size: int, overlap: int) -> Iterator[Part]:
    """The chunks of a text in order, each on one page: one that lay on two could be cited with neither."""
    split = SPLITTERS[Splitter(splitter)]
    yield from split(text, parts, size=size, overlap=overlap)


SPLITTERS = {Splitter.WINDOWS: split_windows, Splitter.STRUCTURE: split_structure}
