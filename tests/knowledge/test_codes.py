"""Part numbers, accounts and telephone numbers are found however they are separated."""

import random
import time
from collections.abc import Callable

import pytest

from knowledge.run_counts import Counts
from knowledge.search import Answer, Mode
from knowledge.search.asked import parse_question
from knowledge.search.asked.codes import find_spellings, written_together
from knowledge.search.frequencies import forget_frequencies, read_frequencies

pytestmark = pytest.mark.django_db

CODES = {
    "part number": ["6ES7", "214", "1AG40", "XB"],
    "longer part number": ["6ES7", "214", "1AG40", "0XB0"],
    "account": ["DE89", "3704", "0044", "0532", "0130", "00"],
    "telephone number": ["49", "30", "1234", "567"],
    "book": ["978", "3", "16", "148410", "0"],
    "number plate": ["B", "MW", "1234"],
    "hardware address": ["1a", "2b", "ff", "00", "a0", "01"],
    "with a word too common to be kept": ["AB", "12", "A", "34"],
    "parts that have other stems": ["X9", "boxes", "77"],
}


@pytest.fixture
def store(push: Callable[..., Counts]) -> Callable[..., None]:
    def run(*texts: str) -> None:
        chance = random.Random(7)
        digits = [
            f"{chance.randint(1, 99)} {chance.randint(100, 999)} and DE{chance.randint(10, 99)}" for _ in range(40)
        ]
        push(*(f"{text} it is" for text in texts), *(f"another of {each}" for each in digits))
        forget_frequencies()

    return run


@pytest.mark.parametrize("parts", CODES.values(), ids=list(CODES))
@pytest.mark.parametrize("mode", [Mode.KEYWORD, Mode.HYBRID])
def test_a_code_is_found_however_it_is_separated(
    mode: Mode, parts: list[str], store: Callable[..., None], ask: Callable[..., Answer]
) -> None:
    together, blanks, hyphens, lines = (separator.join(parts) for separator in ("", " ", "-", "_"))
    mixed = "/".join([parts[0], "-".join(parts[1:])])
    every = [together, blanks, hyphens, lines, mixed]
    store(*every)
    for question in (together, hyphens, lines, blanks):
        found = [hit.document.content.removesuffix(" it is") for hit in ask(question, mode=mode).hits]
        assert found[0] == question or question == blanks
        assert set(found[:5]) == set(every), question


def test_a_code_is_found_where_it_is_cut_elsewhere(store: Callable[..., None], ask: Callable[..., Answer]) -> None:
    texts = ["6ES7214-1AG40 XB", "6ES7 214-1AG40/XB", "6E S7214 1AG40XB"]
    store(*texts)
    for question in ("6ES72141AG40XB", "6ES7-2141AG40-XB", "price of 6ES72141AG40XB"):
        found = [hit.document.content.removesuffix(" it is") for hit in ask(question, mode=Mode.HYBRID).hits]
        assert set(found[:3]) == set(texts)


def test_what_only_has_the_same_digits_is_not_meant(store: Callable[..., None], ask: Callable[..., Answer]) -> None:
    store("host 10.0.0.12", "host 1.0.00.12", "host 100.0.12", "release 1.2.3", "release 12.3")
    for question, meant in (("10.0.0.12", "host 10.0.0.12 it is"), ("1.2.3", "release 1.2.3 it is")):
        explained = ask(question, mode=Mode.KEYWORD, explain=True)
        assert explained.hits[0].document.content == meant
        assert not [term for term in explained.explanation.terms if " " in term.stem and term.stem.count(" ") < 2]


def test_a_folder_is_found_in_the_paths_below_it_first(push: Callable[..., Counts], ask: Callable[..., Answer]) -> None:
    below = r"see C:\Users\ann\notes.txt and write"
    push("the users of ann have a C", "ann users c ann users c", below, "C and the users, ann")
    assert ask(r"C:\Users\ann", mode=Mode.KEYWORD).hits[0].document.content == below
    assert ask(r"C:\Users\ann", mode=Mode.HYBRID).hits[0].document.content == below


def test_prose_asks_for_no_spellings() -> None:
    for text in (
        "how do I book a trip abroad",
        "what happened on 5 March in 2024 and who knew of it then",
        "wellknown",
    ):
        assert not parse_question(text, language="english", most_words=100).codes
    assert written_together("how do I book a trip abroad") == []


def test_a_code_whose_ends_are_everywhere_is_not_looked_for(push: Callable[..., Counts]) -> None:
    push("DE89 3704 0044")
    known = read_frequencies()
    held = dict.fromkeys(["de89", "0044"], 5_001)
    many = type(known)(**{**vars(known), "counted": {f"'{stem}'": count for stem, count in held.items()}})
    assert find_spellings("de8937040044", language="english", frequencies=known) == [("de89", "3704", "0044")]
    assert find_spellings("de8937040044", language="english", frequencies=many) == []


def test_no_question_takes_long_to_be_cut_into_parts(push: Callable[..., Counts]) -> None:
    texts = [" ".join("1" * 300), " ".join("1a" * 100), "-".join(["11"] * 200)]
    push(*({"id": str(at), "content": text} for at, text in enumerate(texts)))
    forget_frequencies()
    began = time.perf_counter()
    for code in ("1" * 40, "1a" * 20, "a1" * 20):
        find_spellings(code, language="english", frequencies=read_frequencies())
    assert time.perf_counter() - began < 5
