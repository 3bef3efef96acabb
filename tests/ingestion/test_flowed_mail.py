"""Mail whose lines go on in the next one, by the examples and the rules of RFC 3676."""

import pytest

from ingestion.extract.readers.mails.flowed import unflowed
from tests.ingestion.reading import read

HEAD = b"From: a@example.org\nSubject: s\n"
STUFFED = "It begins \n\n   an indented line\n From here on \nit goes on"
QUOTED = ">>Thou villainous ill-breeding \n>> spongy dizzy-eyed.\n>Thou artless \n>tosspot.\nI?"


@pytest.mark.parametrize(
    ("text", "delsp", "read_as"),
    [
        ("One line \r\nof two.\r\n\r\n-- \r\nAnn", False, "One line of two.\n\n-- \nAnn"),
        ("See https://example.org/a/ \nlong/way to it.", True, "See https://example.org/a/long/way to it."),
        ("日本語は空白 \nを使わない。", True, "日本語は空白を使わない。"),
        ("two words  \nstay two", True, "two words stay two"),
        ("it begins here \n and a stuffed line goes on", False, "it begins here and a stuffed line goes on"),
        (STUFFED, False, "It begins\n\n  an indented line\nFrom here on it goes on"),
        (QUOTED, False, ">> Thou villainous ill-breeding spongy dizzy-eyed.\n> Thou artless tosspot.\nI?"),
        ("> asked \nanswered", False, "> asked\nanswered"),
        ("before the mark \n-- \nAnn", False, "before the mark\n-- \nAnn"),
        ("fixed\nlines\n", False, "fixed\nlines\n"),
        ("goes on \n", False, "goes on\n"),
    ],
)
def test_lines_that_go_on_are_one(text: str, delsp: bool, read_as: str) -> None:
    assert unflowed(text, delsp=delsp) == read_as


@pytest.mark.parametrize("told", ["format=flowed", "Format=Flowed", 'FORMAT="FLOWED"; DelSp=No'])
def test_a_mail_says_that_its_lines_go_on_in_any_case(told: str) -> None:
    body = HEAD + f"Content-Type: text/plain; {told}\n\nOne line \nof two.".encode()
    assert read(body, "m.eml").text.endswith("\n\nOne line of two.")


def test_a_mail_that_takes_blanks_away_is_heeded_and_another_is_left_as_it_is() -> None:
    flowed = HEAD + "Content-Type: text/plain; charset=utf-8; format=flowed; delsp=YES\n\n空白 \nを使".encode()
    assert read(flowed, "m.eml").text.endswith("空白を使")
    fixed = HEAD + b"Content-Type: text/plain; format=fixed\n\nOne line \nof two."
    assert read(fixed, "m.eml").text.endswith("One line \nof two.")
