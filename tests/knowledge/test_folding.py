"""Spellings that people read as the same word are one, in texts, in questions and in what is marked."""

from collections.abc import Callable
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.embedding.vector_space import Space
from knowledge.run_counts import Counts
from knowledge.search import Mode, Query, search
from knowledge.search.highlights import find_highlights
from knowledge.words.cutting import words_of
from knowledge.words.folding import fold, fold_with_places, plain
from knowledge.words.stems import stems_of


@pytest.fixture
def ask(space: Space, now: datetime) -> Callable[..., list[str]]:
    def run(text: str) -> list[str]:
        query = Query(text=text, mode=Mode.KEYWORD)
        return [hit.document.content for hit in search(query, now=now, space=space).hits]

    return run


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Café", "Cafe\u0301"),
        ("Straße", "STRASSE"),
        ("ﬁnance", "FINANCE"),
        ("ＡＢＣ１２", "abc12"),
        ("so\u00adft\u00adware", "software"),
        ("\ufeffword\u200f", "word"),
        ("می\u200cخواهم", "میخواهم"),
        ("İstanbul", "istanbul"),
        ("ΣΊΣΥΦΟΣ", "σίσυφος"),
        ("שָׁלוֹם", "שלום"),
        ("مُحَمَّد", "محمد"),
        ("محمـــد", "محمد"),
        ("٣٤", "34"),
        ("१२", "12"),
        ("m²", "m2"),
        ("㎏", "kg"),
        ("ｶﾞｲﾄﾞ", "ガイド"),
        ("한국", "한국"),
        ("क\u093c", "\u0958"),
        ("Acme™", "acme"),
        ("1️⃣", "1"),
        ("A\u2011B", "a-b"),
    ],
)
def test_one_word_for_people_is_one_word(one: str, other: str) -> None:
    assert fold(one).strip() == fold(other).strip()


@pytest.mark.parametrize("words", ["दिन दान दीन", "தமிழ் தமழ", "কাল কল কিল", "がき かき", "мой мои", "Ñandu Ñ"])
def test_marks_belong_to_their_letter(words: str) -> None:
    assert words_of(fold(words)) == fold(words).split() or "が" in words
    assert len(set(words_of(fold(words)))) > 1
    assert len({tuple(words_of(fold(each))) for each in words.split()}) == len(words.split())


@pytest.mark.parametrize(
    ("word", "bare"),
    [
        ("résumé", "resume"),
        ("ångström", "angstrom"),
        ("łódź", "lodz"),
        ("ёлка", "елка"),
        ("мой", "мой"),
        ("tiếng", "tieng"),
    ],
)
def test_accents_may_be_left_out(word: str, bare: str) -> None:
    assert plain(fold(word)) == bare
    assert plain("が") == "が"
    assert plain("दिन") == "दिन"
    assert plain("각") == "각"


@given(st.text(max_size=40))
def test_folding_twice_changes_nothing_and_places_stay_within_the_text(text: str) -> None:
    folded = fold(text)
    assert words_of(fold(folded)) == words_of(folded)
    other, places = fold_with_places(text)
    assert len(places) == len(other) + 1
    assert places == sorted(places)
    assert places[-1] == len(text)


@pytest.mark.django_db
def test_spellings_meet_and_the_exact_one_comes_first(
    push: Callable[..., Counts], ask: Callable[..., list[str]]
) -> None:
    push("my résumé here", "my resume here", "my re\u0301sume\u0301 there", "my resumé")
    assert set(ask("résumé")[:2]) == {"my résumé here", "my re\u0301sume\u0301 there"}
    assert ask("resume")[0] == "my resume here"
    assert len(ask("resume")) == len(ask("RÉSUMÉ")) == 4


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("question", "wanted", "others"),
    [
        ("दिन", "आज का दिन", ["दान करो", "दीन है"]),
        ("ตลาด", "ไปตลาดน้ำวันนี้", ["ไปทะเลวันนี้"]),
        ("학교", "오늘 학교에서 만나요", ["오늘 공원에서 만나요"]),
        ("책", "이 책을 읽다", ["이 차를 타다"]),
        ("上海", "我在上海工作", ["海上有船"]),
        ("カメラ", "新しいカメラです", ["ラメカ"]),
    ],
)
def test_words_are_found_in_scripts_of_their_own(
    question: str, wanted: str, others: list[str], push: Callable[..., Counts], ask: Callable[..., list[str]]
) -> None:
    push(*others, wanted)
    assert ask(question)[0] == wanted


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("question", "text", "marked"),
    [
        ("cafe", "un Cafe\u0301 noir", ["Cafe\u0301"]),
        ("finance", "the ﬁnance team", ["ﬁnance"]),
        ("software", "so\u00adft\u00adware is", ["so\u00adft\u00adware"]),
        ("学校", "a 学校 b", ["学", "校"]),
        ("ตลาด", "ไปตลาดน้ำ", ["ตลาด"]),
        ("strasse", "İ Straße ½", ["Straße"]),
    ],
)
def test_words_are_marked_as_they_are_written(question: str, text: str, marked: list[str]) -> None:
    [spans] = find_highlights([(text, 0, len(text))], stems=stems_of(question))
    assert [text[start:end] for start, end in spans] == marked
