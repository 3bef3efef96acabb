"""Whatever made a passage match is marked in it, however it is written there."""

from collections.abc import Callable

import pytest

from knowledge.run_counts import Counts
from knowledge.search import Answer, Mode

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("question", "text", "marked"),
    [
        ("wellknown", "a well-known fact", ["well-known"]),
        ("wellknown", "a fact well known here", ["well known"]),
        ("well known", "a wellknown fact", ["wellknown"]),
        ("well-known", "a wellknown fact", ["wellknown"]),
        ("greenhouses", "the green house stood", ["green house"]),
        ("an ecommerce platform for shops", "of e-commerce alone", ["e-commerce"]),
        ("wéllknówn", "eine wéll-knówn Sache", ["wéll-knówn"]),
        ("walked", "she walks", ["walks"]),
        ("6ES72141AG40XB", "part 6ES7 214-1AG40/XB here", ["6ES7 214-1AG40/XB"]),
        ("6ES7-214_1AG40/XB", "part 6ES72141AG40XB here", ["6ES72141AG40XB"]),
        ("price of 6ES72141AG40XB", "part 6ES7-214_1AG40/XB für", ["6ES7-214_1AG40/XB"]),
        ("DE89370400440532013000", "to DE89 3704 0044 0532 0130 00.", ["DE89 3704 0044 0532 0130 00"]),
        ("1234567", "of 1,234,567 people", ["1,234,567"]),
        ("책", "이 책을 읽다", ["책"]),
        ("학교", "오늘 학교에서 만나요", ["학교"]),
        ("ตลาด", "ไปตลาดน้ำวันนี้", ["ตลาด"]),
        ("resume", "my résumé here", ["résumé"]),
        ("résumé", "my resume here", ["resume"]),
        ("strasse", "die Straße hier", ["Straße"]),
        ("finance", "the ﬁnance team", ["ﬁnance"]),
        ("f" * 80, f"hash {'F' * 80} here", ["F" * 80]),
        ("U.S.A.", "in the USA now", ["USA"]),
        ("USA", "in the U.S.A. now", ["U.S.A"]),
        ("1,234", "number 1234 here", ["1234"]),
    ],
)
@pytest.mark.parametrize("mode", [Mode.KEYWORD, Mode.HYBRID])
def test_what_matched_is_marked(
    mode: Mode, question: str, text: str, marked: list[str], push: Callable[..., Counts], ask: Callable[..., Answer]
) -> None:
    push(text, "nothing to be found in it")
    [hit, *_] = ask(question, mode=mode).hits
    assert hit.document.content == text
    assert [text[start:end] for start, end in hit.highlights] == marked
