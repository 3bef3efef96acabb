"""Text off pictures (OCR): what is read, on which pages, in which languages, and within which bounds."""

import random
import signal
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from PIL import Image

from core.linux.kernel import ON_LINUX
from ingestion.errors import ExtractionFailed
from ingestion.extract import Extraction, Unread, extract_all, sandbox
from ingestion.extract.ocr.detecting import Box
from ingestion.extract.ocr.door import CHILD, Ocr
from ingestion.extract.ocr.models import letters
from ingestion.extract.ocr.reading_order import in_order
from ingestion.extract.ocr.recognising import RecognisedLine
from ingestion.kinds import DeclaredType
from ingestion.ocr_languages import LANGUAGES, is_letter_of
from tests.ingestion.reading import places
from tests.ingestion.scans import CLAUSES, drawn, photo, saved, scanned

ENGLISH = Ocr(languages=("en",), most_pages=5)
TEXT = "\n".join(CLAUSES)
Tell = Callable[[float], None]


def look(body: bytes, name: str, ocr: Ocr = ENGLISH, tell: Tell = lambda share: None) -> Extraction:
    unread = Unread(body=body, declared=DeclaredType(name=name), name=name)
    [found] = extract_all([unread], ocr=ocr, tell=tell)
    if isinstance(found, ExtractionFailed):
        raise found
    return found


def test_pages_without_text_are_read_off_their_pictures_and_keep_their_numbers() -> None:
    found = look(scanned("typed words", drawn(*CLAUSES), photo(), "more words"), "scan.pdf")
    assert places(found) == [
        ("typed words", 1, "", "text"),
        (TEXT, 2, "", "recognised"),
        ("more words", 4, "", "text"),
    ]
    assert (found.pages, found.textless_pages, found.recognised_pages) == (4, 2, 1)


@pytest.mark.parametrize(("form", "name"), [("PNG", "a.png"), ("JPEG", "a.jpg"), ("TIFF", "a.tif"), ("WEBP", "a.webp")])
def test_pictures_are_read(form: str, name: str) -> None:
    found = look(saved(drawn(*CLAUSES), form), name)
    assert places(found) == [(TEXT, 1, "", "recognised")]
    assert (found.pages, found.textless_pages, found.recognised_pages) == (1, 1, 1)


def test_a_picture_of_several_pages_is_read_page_by_page() -> None:
    found = look(saved(drawn(*CLAUSES), "TIFF", photo(), drawn("The last page")), "fax.tiff")
    assert [(part.page, part.form) for part in found.parts] == [(1, "recognised"), (3, "recognised")]
    assert found.text.endswith("The last page")


@pytest.mark.parametrize("degrees", [-6, 2, 90, 180, 270])
def test_a_page_that_was_laid_askew_is_read(degrees: int) -> None:
    turned = drawn(*CLAUSES).rotate(degrees, Image.Resampling.BICUBIC, expand=True, fillcolor="white")
    assert look(saved(turned, "PNG"), "a.png").text == TEXT


@pytest.mark.parametrize("mode", ["L", "1", "P", "RGBA", "LA", "CMYK", "I;16"])
def test_pictures_of_few_colours_and_of_many_are_read(mode: str) -> None:
    grey = drawn(*CLAUSES).convert("L")
    picture = grey.point(lambda value: value * 257, "I").convert("I;16") if mode == "I;16" else grey.convert(mode)
    assert (
        look(saved(picture, "TIFF" if mode == "CMYK" else "PNG"), "a.tif" if mode == "CMYK" else "a.png").text == TEXT
    )


def test_columns_are_read_one_after_the_other_below_what_stands_across_them() -> None:
    left = [f"left {number} has the words of a column" for number in range(5)]
    right = [f"right {number} has others beside them" for number in range(5)]
    page = Image.new("RGB", (1_300, 700), "white")
    drawn("A title that goes on across the columns, from the one side of the page to the other", at=(20, 20), on=page)
    drawn(*left, at=(20, 100), on=page)
    drawn(*right, at=(680, 100), on=page)
    told = look(saved(page, "PNG"), "a.png").text.split()
    assert [word for word in told if word in ("title", "left", "right")] == ["title", *["left"] * 5, *["right"] * 5]


def test_rows_of_a_table_stay_rows() -> None:
    cells = [("Item", 0), ("Price", 300), ("Apples", 0), ("3.50", 300), ("Pears", 0), ("4.20", 300)]
    lines = [RecognisedLine(text, Box(x + 50, 40 * (number // 2), 80, 30, 0)) for number, (text, x) in enumerate(cells)]
    assert in_order(lines) == "Item  Price\nApples  3.50\nPears  4.20"


def test_of_more_pages_than_are_read_the_first_ones_are() -> None:
    page = drawn("A page of a long scan")
    found = look(scanned(page, page, page), "long.pdf", Ocr(languages=("en",), most_pages=2))
    assert (found.pages, found.textless_pages, found.recognised_pages, found.unread_pages) == (3, 3, 2, 1)


def test_a_photo_without_words_fails_with_a_sentence() -> None:
    with pytest.raises(ExtractionFailed, match="on the pictures of its pages none was recognised") as failed:
        look(saved(photo(), "JPEG"), "hill.jpg")
    assert not failed.value.temporary


@pytest.fixture
def child() -> sandbox.Child:
    """The one that will be asked next."""
    sandbox.end_children()
    look(saved(drawn("words"), "PNG"), "a.png")
    return next(each for each in sandbox._idle if each.module == CHILD)


def test_a_page_that_takes_too_much_costs_itself_alone(child: sandbox.Child) -> None:
    body = scanned(*(drawn(f"This is page {number}") for number in (1, 2, 3)))
    over_limit = partial(child._process.send_signal, signal.SIGXCPU)  # as the kernel does it
    found = look(body, "scan.pdf", tell=lambda share: over_limit() if share < 0.5 else None)
    assert [part.page for part in found.parts] == [1, 3]
    assert found.unread_pages == 1


def test_a_reader_that_is_killed_from_outside_is_tried_again(child: sandbox.Child) -> None:
    body = scanned(drawn("page one"), drawn("page two"))
    with pytest.raises(ExtractionFailed, match="broken off from outside") as failed:
        look(body, "scan.pdf", tell=lambda share: child._process.kill())
    assert failed.value.temporary


@pytest.mark.skipif(not ON_LINUX, reason="seccomp is Linux's")
def test_its_reader_is_confined_and_none_of_the_wheels_code_runs_in_it(child: sandbox.Child) -> None:
    if sandbox.doors_left_open():
        pytest.skip("this system refuses some of the measures")
    status = Path(f"/proc/{child._process.pid}/status").read_text()
    assert "Seccomp:\t2" in status
    assert "NoNewPrivs:\t1" in status
    source = "".join(each.read_text() for each in Path("ingestion/extract/ocr").glob("*.py"))
    assert "import rapidocr" not in source
    assert "from rapidocr" not in source


LETTERS = {
    "az": "əğıöşü", "ca": "àçèéíïòóúü", "cs": "áčďéěíňóřšťúůýž", "cy": "âêîôûŵŷ", "da": "æøå", "de": "äöüß",
    "es": "áéíñóúü¿", "et": "äöõüšž", "fr": "àâæçéèêëîïôœùûüÿ", "hr": "čćđšž", "hu": "áéíóöőúüű",
    "is": "áðéíóúýþæö", "ja": "あいうアイウ日本語", "lt": "ąčęėįšųūž", "lv": "āčēģīķļņšūž", "mi": "āēīōū",
    "mt": "ċġħż", "no": "æøå", "pl": "ąćęłńóśźż", "pt": "áâãàçéêíóôõú", "ro": "ăâîșț",
    "sk": "áäčďéíĺľňóôŕšťúýž", "sq": "ëç", "tr": "çğıİöşü", "zh": "的一是不了人我在有他",
}  # fmt: skip


@pytest.mark.parametrize("language", LETTERS)
def test_the_models_have_the_letters_of_each_language(language: str) -> None:
    assert language in LANGUAGES
    missing = {letter for letter in LETTERS[language] if letter not in letters()}
    assert not missing
    assert all(is_letter_of(letter, [language]) for letter in LETTERS[language])


def test_a_language_is_not_named_whose_letters_the_models_lack() -> None:
    assert {"vi", "ru", "el", "ar", "ko"}.isdisjoint(LANGUAGES)
    assert not {"ạ", "ж", "ع", "한"} & set(letters())


def test_letters_of_other_scripts_come_with_their_languages_only() -> None:
    assert [is_letter_of("語", [language]) for language in ("en", "zh", "ja")] == [False, True, True]
    assert [is_letter_of("あ", [language]) for language in ("en", "zh", "ja")] == [False, False, True]


@pytest.mark.parametrize(("form", "name"), [("PNG", "a.png"), ("JPEG", "a.jpg"), ("TIFF", "a.tif"), ("WEBP", "a.webp")])
def test_pictures_that_were_tampered_with_end_with_text_or_a_sentence(form: str, name: str) -> None:
    whole, chance = saved(drawn("words", at=(20, 20)).crop((0, 0, 200, 80)), form), random.Random(form)
    for _ in range(25):
        body = bytearray(whole)
        for _ in range(chance.randint(1, 8)):
            body[chance.randrange(12, len(body))] = chance.randrange(256)
        unread = Unread(body=bytes(body[: chance.randint(80, len(body))]), declared=DeclaredType(name=name), name=name)
        [found] = extract_all([unread], ocr=ENGLISH)
        if isinstance(found, ExtractionFailed):
            assert found.detail.startswith(f"{name}: ")
            assert found.code in ("unreadable", "kind_refused")
        else:
            assert found.recognised_pages == 1


def test_a_picture_of_too_many_pixels_is_not_drawn() -> None:
    with pytest.raises(ExtractionFailed):
        look(saved(Image.new("1", (20_000, 20_000)), "PNG"), "vast.png")
