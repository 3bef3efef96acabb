"""What a body is, asked where the request is: whatever comes, a kind or a sentence, and at once."""

import random
import struct
from functools import partial

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ingestion.errors import KindRefused
from ingestion.kinds import (
    DeclaredType,
    Kind,
    kinds_by_media_type,
    kinds_by_suffix,
    kinds_in_order,
    recognise,
)
from tests.ingestion import files, other_files
from tests.ingestion.hostile import hostile_files
from tests.ingestion.hostile.tampered import tampered_bytes
from tests.ingestion.hostile.zips import entry, written
from tests.timing import in_time

BEGINNINGS = [
    b"",
    b"%PDF-",
    b"PK\3\4",
    b"PK\5\6",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b"<html",
    b"{",
    b"From: a\nSubject: b\n",
    b"\0",
]
BODIES = st.builds(bytes.__add__, st.sampled_from(BEGINNINGS), st.binary(max_size=300))
NAMES = st.builds(str.__add__, st.text(max_size=20), st.sampled_from(["", *kinds_by_suffix(), ".PDF", ".", "..docx"]))
TYPES = st.one_of(st.text(max_size=30), st.sampled_from(sorted(kinds_by_media_type())))


def answer(body: bytes, declared: DeclaredType) -> Kind | str:
    try:
        return recognise(body, declared)
    except KindRefused as refused:
        return refused.detail


@given(body=BODIES, name=NAMES, content_type=TYPES)
@example(body=b"", name="", content_type="")
def test_any_body_is_of_a_kind_or_refused_in_a_sentence(body: bytes, name: str, content_type: str) -> None:
    found = answer(body, DeclaredType(name=name, content_type=content_type))
    assert isinstance(found, Kind) or (found.startswith("This ") and found.endswith("."))


@pytest.mark.parametrize("whole", [files.word(), files.slides(), files.sheets(), files.pdf("x"), files.mail()])
def test_a_whole_file_that_was_tampered_with_is_of_a_kind_or_refused(whole: bytes) -> None:
    chance = random.Random(len(whole))
    for _ in range(500):
        assert answer(tampered_bytes(whole, chance), DeclaredType(name="x.docx"))


@pytest.mark.parametrize("kind", [kind for kind in kinds_in_order() if not kind.is_picture], ids=lambda kind: kind.name)
def test_hostile_files_are_recognised_at_once(kind: Kind) -> None:
    for name, body in hostile_files(kind):
        in_time(partial(answer, body, DeclaredType(name=name)), within_s=2)


def test_a_directory_of_very_many_entries_is_not_read() -> None:
    crowd = written([entry("word/document.xml", b"<a/>")] * 60_000)
    assert "unpacks to far more" in str(in_time(lambda: answer(crowd, DeclaredType(name="x.docx")), within_s=0.5))


@pytest.mark.parametrize("size", [2**31, 2**32 - 1])
def test_a_directory_larger_than_its_file_is_broken(size: int) -> None:
    body = bytearray(files.word())
    body[-10:-6] = struct.pack("<I", size)
    assert "it is broken" in str(answer(bytes(body), DeclaredType(name="x.docx")))


@pytest.mark.parametrize(
    ("body", "name", "sentence"),
    [
        (files.pdf("x"), "x.csv", "This claims to be comma-separated values, but it is a PDF. Rename it."),
        (files.word(), "x.pptx", "This claims to be a presentation, but it is a Word document. Rename it."),
        (
            b"text",
            "x.xlsx",
            "This claims to be a spreadsheet, but it does not begin like one. Save it anew.",
        ),
        (b" \r\n", "x.odt", "This claims to be a text of OpenDocument, but it is empty. Save it anew."),
        (
            other_files.xls()[:2_048],
            "x.xls",
            "This begins like a spreadsheet of before 2007, but it is broken or cut off. Save it anew.",
        ),
    ],
)
def test_a_claim_that_is_wrong_is_told_in_words_that_people_use(body: bytes, name: str, sentence: str) -> None:
    assert answer(body, DeclaredType(name=name)) == sentence
