"""A hundred files of each kind that mean no good: each ends with a text that can be kept, or with a sentence."""

import resource
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest

from ingestion.errors import ExtractionFailed
from ingestion.extract import Extraction
from ingestion.extract.base import MAX_PARTS, MAX_SECTION_CHARS, MAX_TEXT_CHARS
from ingestion.kinds import DeclaredType, Kind, kinds_in_order
from tests.ingestion.hostile import A_KIND, hostile_files
from tests.ingestion.reading import extract

MOST_S = 80.0
"""For a file, on a machine that does much else; alone the slowest takes three seconds. A reader has 90."""
ENDS_ITS_READER = {
    "a-form-that-draws-itself.pdf",
    "a-gigabyte-of-nothing.pdf",
    "marks-without-end.pdf",
}
"""Their libraries have no bounds of their own there, so that the process is ended; another one reads the next file."""


@dataclass(frozen=True, kw_only=True)
class Ending:
    name: str
    seconds: float
    found: Extraction | None = None
    failed: ExtractionFailed | None = None


def read(named: tuple[str, bytes]) -> Ending:
    name, body = named
    began = time.monotonic()
    try:
        found = extract(body, declared=DeclaredType(name=name), name=name)
    except ExtractionFailed as failed:
        return Ending(name=name, seconds=time.monotonic() - began, failed=failed)
    return Ending(name=name, seconds=time.monotonic() - began, found=found)


@pytest.mark.timeout(300)
@pytest.mark.parametrize("kind", [kind for kind in kinds_in_order() if not kind.is_picture], ids=lambda kind: kind.name)
def test_a_hundred_hostile_files_of_a_kind_end_with_text_or_a_sentence(kind: Kind) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with ThreadPoolExecutor(2) as readers:
        endings = list(readers.map(read, hostile_files(kind)))
    assert len({ending.name for ending in endings}) == len(endings) >= A_KIND
    for ending in endings:
        assert ending.seconds < MOST_S, ending.name
        if ending.found:
            assert_kept(ending.found, ending.name)
        if ending.failed:
            assert_told(ending.failed, ending.name)
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss < 1_600 * 1024
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 512 * 1024
    assert sum(ending.found is not None for ending in endings) >= A_KIND // 5, "too few get as far as being read"


def assert_kept(found: Extraction, name: str) -> None:
    """What the database takes, within bounds, and nothing of this machine."""
    (found.text + found.title).encode()
    assert len(found.text) <= MAX_TEXT_CHARS, name
    assert len(found.parts) <= MAX_PARTS, name
    assert "\0" not in "".join((found.text, found.title, *(part.section for part in found.parts))), name
    assert "root:" not in found.text, name
    at = 0
    for part in found.parts:
        assert at <= part.start < part.end <= len(found.text), name
        assert len(part.section) <= MAX_SECTION_CHARS, name
        at = part.end


def assert_told(failed: ExtractionFailed, name: str) -> None:
    assert failed.detail.startswith(f"{name}: "), failed.detail
    assert failed.detail.endswith("."), failed.detail
    assert failed.detail.isprintable(), failed.detail
    assert len(failed.detail) < 300, failed.detail
    assert not failed.temporary, failed.detail
    assert (failed.code == "too_costly") == (name in ENDS_ITS_READER), failed.detail
