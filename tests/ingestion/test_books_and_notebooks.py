"""E-books in the order of reading, and notebooks with what their code said."""

import json
from typing import Any

import pytest

from ingestion.errors import ExtractionFailed
from tests.ingestion.other_files import epub, notebook
from tests.ingestion.reading import places, read


def test_pages_of_a_book_are_read_in_order_below_their_headings() -> None:
    found = read(epub(), "a.epub")
    assert found.title == "A book"
    assert places(found) == [("One\n\nFirst words.", None, "One", "text"), ("Two\n\nOther words.", None, "Two", "text")]


def test_a_page_of_a_book_is_read_whole() -> None:
    page = (
        "<header><h1>Trips</h1></header><nav>Contents</nav><table><tr><th>City</th><th>Limit</th></tr><tr><td>Riga</td><td>90</td></tr>"
        "</table><ol><li>one</li></ol><p hidden='hidden'>unseen</p><aside><p>A note.</p></aside>"
    )
    found = read(epub(page), "a.epub")
    assert "City | Limit\nRiga | 90" in found.text
    assert "1. one" in found.text
    assert "A note." in found.text
    assert [found.text[part.start : part.end] for part in found.parts if part.hidden] == ["unseen"]


def test_an_empty_element_does_not_swallow_what_follows() -> None:
    assert read(epub("<p>a<script src='x'/>b</p><p/><a id='c'/>d<br/>e"), "a.epub").text == "ab\n\nd\ne"


def test_a_page_that_is_missing_leaves_the_others() -> None:
    listed = '<item id="x" href="x.xhtml" media-type="application/xhtml+xml"/>'
    assert read(epub("<p>words</p>", listed=listed), "a.epub").text == "words"


def test_protection_against_copying_is_told() -> None:
    with pytest.raises(ExtractionFailed, match="protected against copying"):
        read(epub(more={"META-INF/rights.xml": "<rights/>"}), "a.epub")


def encryption(path: str) -> dict[str, str | bytes]:
    told = (
        '<encryption xmlns="urn:oasis:names:tc:opendocument:xmlns:container" xmlns:enc="http://www.w3.org/2001/04/xmlenc#">'
        f'<enc:EncryptedData><enc:CipherData><enc:CipherReference URI="{path}"/></enc:CipherData></enc:EncryptedData>'
        "</encryption>"
    )
    return {"META-INF/encryption.xml": told}


def test_encrypted_pages_are_told_and_encrypted_fonts_are_passed_over() -> None:
    with pytest.raises(ExtractionFailed, match="protected against copying"):
        read(epub(more=encryption("OEBPS/p1.xhtml")), "a.epub")
    assert "First words." in read(epub(more=encryption("OEBPS/font.otf")), "a.epub").text


def code(source: str, *outputs: Any, **about: Any) -> dict[str, Any]:
    return {"cell_type": "code", "metadata": about, "source": source, "outputs": list(outputs)}


def test_cells_stand_in_order_below_the_headings_of_their_notebook() -> None:
    found = read(notebook(), "a.ipynb")
    assert found.title == "Dogs"
    assert places(found) == [
        ("# Dogs\n\nThey may come.", None, "Dogs", "text"),
        ("print(count)", None, "Dogs", "text"),
        ("3 dogs", None, "Dogs", "text"),
    ]


def test_tables_that_code_showed_keep_their_columns_and_pictures_leave_nothing() -> None:
    frame = {"text/html": "<table><tr><th></th><th>x</th></tr><tr><td>0</td><td>5</td></tr></table>", "text/plain": "x"}
    figure = {"image/png": "iVBORw0KGgo" * 99, "text/plain": ["<Figure size 640x480 with 1 Axes>"]}
    outputs = [{"output_type": "execute_result", "data": frame}, {"output_type": "display_data", "data": figure}]
    found = read(notebook(code("# no heading", *outputs)), "a.ipynb")
    assert [(text, form) for text, _, _, form in places(found)] == [("# no heading", "text"), (" | x\n0 | 5", "table")]


def test_an_error_is_told_without_colours() -> None:
    error = {"output_type": "error", "ename": "ValueError", "evalue": "\x1b[31mbad\x1b[0m", "traceback": ["x"]}
    assert read(notebook(code("f()", error)), "a.ipynb").text == "f()\n\nValueError: bad"


def test_what_is_folded_away_is_read_apart() -> None:
    told = {"output_type": "stream", "text": "said"}
    found = read(notebook(code("f()", told, jupyter={"source_hidden": True, "outputs_hidden": True})), "a.ipynb")
    assert [part.hidden for part in found.parts] == [True, True]


def test_a_notebook_of_the_format_before_is_read() -> None:
    cells = [
        {"cell_type": "heading", "level": 2, "source": "Old"},
        {"cell_type": "code", "input": "1 + 1", "outputs": [{"output_type": "pyout", "text": "2"}]},
    ]
    body = json.dumps({"nbformat": 3, "worksheets": [{"cells": cells}]}).encode()
    assert places(read(body, "a.ipynb")) == [
        ("## Old", None, "Old", "text"),
        ("1 + 1", None, "Old", "text"),
        ("2", None, "Old", "text"),
    ]


def test_what_is_no_notebook_is_read_as_json() -> None:
    assert read(b'{"a": 1}', "a.ipynb").text == '{\n "a": 1\n}'
