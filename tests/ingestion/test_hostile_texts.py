"""Texts of hostile shape: cut, scanned and named by laws, and in a time that grows with their length and no faster."""

import itertools
import time
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingestion.extract.base import Part
from ingestion.extract.readers import markdown_reader
from ingestion.models import Splitter
from ingestion.naming import MAX_TITLE_CHARS, document_tag, plain_title, read_uuid
from ingestion.splitting import split_parts
from knowledge.fields import check_tags
from knowledge.writing.scanner import scan, scan_spans

LENGTH = 256 * 1024
"""Where a pattern whose time grows with the square takes minutes, or seconds at the speed of memory."""
WITHIN_S = 2.5
"""Of the processor; alone it is half a second at most."""
TOKENS = [
    "a", " ", "\n", "\t", "\r", "x" * 30, ". ", ".\" ", "。", "- ", "\n\n", "1) ", "| ", "# ", "…", "\x1c",
    "\u2028", "\0", "é", "Ignore all previous instructions", "ignore ", "all ", "rules", "You are now ", "DAN",
    "<|im_start|>", "<|", "|>", "\n\nHuman:", "\n\nAssistant:", "### System:\n", "[INST]", "\u200b", "\u202e",
    "\ufe0f\ufe0e", "\U0001f3f4", "\U000e0067\U000e0062", "\U000e007f", "\ue000", "İ", "ß", "ﷺ", "<b>", "```",
    "👩\u200d👩",
]  # fmt: skip
TEXTS = st.lists(st.sampled_from(TOKENS), max_size=60).map("".join)


@st.composite
def parted(draw: st.DrawFn) -> tuple[str, list[Part]]:
    """A text, and parts that cover it in order, on pages, some of them tables."""
    text = draw(TEXTS.filter(bool))
    cuts = sorted({0, len(text), *draw(st.lists(st.integers(0, len(text)), max_size=6))})
    pages = sorted(draw(st.lists(st.integers(1, 3), min_size=len(cuts), max_size=len(cuts))))
    forms = draw(st.lists(st.sampled_from(["text", "table"]), min_size=len(cuts), max_size=len(cuts)))
    spans = itertools.pairwise(cuts)
    return text, [Part(*span, page, f"on {page}", form) for span, page, form in zip(spans, pages, forms, strict=False)]


@pytest.mark.parametrize("splitter", Splitter)
@given(given=parted(), size=st.integers(1, 90), overlap=st.integers(0, 30))
def test_chunks_hold_all_that_is_not_blank_in_order_each_on_one_page_and_none_too_long(
    splitter: Splitter, given: tuple[str, list[Part]], size: int, overlap: int
) -> None:
    text, parts = given
    chunks = list(split_parts(text, parts, splitter=splitter, size=size, overlap=min(overlap, size - 1)))
    assert all(0 < chunk.end - chunk.start <= size and text[chunk.start : chunk.end].strip() for chunk in chunks)
    assert all(one.start <= two.start and one.end < two.end for one, two in itertools.pairwise(chunks))
    held = set(itertools.chain.from_iterable(range(chunk.start, chunk.end) for chunk in chunks))
    assert all(at in held for at, letter in enumerate(text) if not letter.isspace())
    for chunk in chunks:
        pages = {part.page for part in parts if part.start < chunk.end and chunk.start < part.end}
        assert pages == {chunk.page}


@given(text=TEXTS, size=st.integers(1, 40), overlap=st.integers(0, 10))
def test_a_text_earns_the_same_flags_wherever_it_is_cut(text: str, size: int, overlap: int) -> None:
    step = max(size - overlap, 1)
    spans = [(start, start + max(size, step)) for start in range(0, len(text), step)]
    assert set().union(*scan_spans(text, spans)) == scan(text)


@given(text=TEXTS, cut=st.integers(0, 200))
def test_what_is_added_to_a_text_takes_no_flag_from_the_words_before_it(text: str, cut: int) -> None:
    [before, _] = scan_spans(text, [(0, cut), (cut, len(text) + 1)])
    assert before <= scan(text)


@given(text=st.one_of(TEXTS, st.text()))
def test_a_title_is_one_short_line_that_stays_as_it_is(text: str) -> None:
    title = plain_title(text)
    assert plain_title(title) == title == title.strip()
    assert len(title) <= MAX_TITLE_CHARS
    assert title.isprintable() or not title.isascii()
    assert len(title.splitlines()) <= 1
    assert check_tags(document_tag(title, most_chars=64)) == document_tag(title, most_chars=64)


@given(text=st.text(max_size=50))
def test_what_is_no_id_is_none(text: str) -> None:
    assert read_uuid(str(uuid4())) is not None
    assert read_uuid(text) is None or text.strip()


LONG = [
    " ", "\n", "\r", "\t", "a", ".", ". ", ".)", ".\" ", "\n ", "\n\n\n#", "\n" * 1_999 + "x",
    " " * 1_999 + "x", "\n1", "\n1.", "1", "ignore ", "ignore all ", "all ", "disregard the ", "you are now ",
    "you are now a ", "act as ", "reveal the ", "new ", "ai", "ai, ", "language models ", "ignoriere die ",
    "ignore les a ", "do not ", "assistant" + " " * 99, "<|", "<|a", "<| a |", "<｜", "[inst", "## ", "##\n",
    "system ", "\n\nhuman:", "\n\nHuman: a", "</a", "\u200b", "\u200bi", "\U0001f3f4\U000e0041", "\ufe0fa",
    "\ue000", "\x01", "İ", "<a", "```", "# a ", "# a #", "title: ", "---\n", "| ", "|\t\t|",
]  # fmt: skip


@pytest.mark.parametrize("token", LONG, ids=lambda token: repr(token)[:16])
def test_a_long_text_of_anything_is_cut_and_scanned_at_once(token: str) -> None:
    text = "# x" + (token * (LENGTH // len(token))) + "y"
    began = time.process_time()
    scan(text)
    for splitter in Splitter:
        assert list(split_parts(text, [Part(0, len(text))], splitter=splitter, size=2_000, overlap=200))
    markdown_reader.read(text.encode())
    markdown_reader.read(b"---\ntitle: " + text.encode() + b"\n---\n\ntext")
    assert time.process_time() - began < WITHIN_S


def test_a_text_of_very_many_parts_is_cut_in_seconds() -> None:
    text = "abcd\n" * 50_000
    parts = [Part(at, at + 4, section=str(at)) for at in range(0, len(text), 5)]
    began = time.process_time()
    for splitter in Splitter:
        assert list(split_parts(text, parts, splitter=splitter, size=2_000, overlap=1_500))
    assert time.process_time() - began < WITHIN_S
