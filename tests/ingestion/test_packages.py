"""What all Office files come in, where an archive lies of what a part holds."""

import tracemalloc

import pytest

from ingestion.extract.base import Unreadable
from ingestion.extract.readers import reader_of
from tests.ingestion import files
from tests.ingestion.hostile.office import DECK, WORD
from tests.ingestion.hostile.zips import MIB, hostile_archives


@pytest.mark.parametrize(("kind", "whole", "part"), [("docx", files.word(), WORD), ("pptx", files.slides(), DECK)])
def test_a_part_is_unpacked_hardly_further_than_it_is_said_to_be(kind: str, whole: bytes, part: str) -> None:
    """A thousand mebibytes of zeros stand where a page of text is announced."""
    bomb = next(body for label, body in hostile_archives(whole, part) if label == "bomb-behind-a-small-size")
    read = reader_of(kind)
    tracemalloc.start()
    with pytest.raises(Unreadable):
        read(bomb)
    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(bomb) < 2 * MIB
    assert peak_bytes < 64 * MIB
