import pytest
from hypothesis import given
from hypothesis import strategies as st
from larder_sdk import chunk_text, content_hash


def test_short_text_is_one_piece() -> None:
    assert chunk_text("  one line ") == ["one line"]


@pytest.mark.parametrize("blank", ["", " \n\t "])
def test_blank_text_gives_no_pieces(blank: str) -> None:
    assert chunk_text(blank) == []


def test_unbroken_text_is_cut_at_the_size_with_the_overlap() -> None:
    text = "".join(chr(0x4E00 + number) for number in range(5000))
    assert chunk_text(text) == [text[0:2000], text[1800:3800], text[3600:5000]]


def test_cuts_fall_between_words() -> None:
    words = {f"word{number}" for number in range(400)}
    pieces = chunk_text(" ".join(sorted(words)), max_chars=100, overlap=0)
    assert {word for piece in pieces for word in piece.split()} == words


@pytest.mark.parametrize("overlap", [-1, 10, 11])
def test_an_overlap_that_does_not_fit_is_refused(overlap: int) -> None:
    with pytest.raises(ValueError, match="overlap"):
        chunk_text("text", max_chars=10, overlap=overlap)


@given(st.text(alphabet="ab \n", max_size=200), st.integers(1, 20))
def test_pieces_are_small_enough_and_lose_no_word(text: str, max_chars: int) -> None:
    pieces = chunk_text(text, max_chars=max_chars, overlap=0)
    assert all(0 < len(piece) <= max_chars for piece in pieces)
    assert "".join("".join(pieces).split()) == "".join(text.split())


@given(st.text(alphabet="ab ", min_size=60, max_size=200), st.integers(1, 19))
def test_an_overlap_always_ends(text: str, overlap: int) -> None:
    assert all(piece in text for piece in chunk_text(text, max_chars=20, overlap=overlap))


def test_the_hash_is_sha256_of_utf8() -> None:
    assert content_hash("é") == "4a99557e4033c3539de2eb65472017cad5f9557f7a0625a09f1c3f6e2ba69c4c"
