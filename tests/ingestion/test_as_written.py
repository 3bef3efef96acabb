"""Values as they are written, encodings as programs save them, and payloads that are no text."""

import base64
import json
from random import Random
from typing import Any

import pytest

from ingestion.models import File
from tests.ingestion.conftest import ProcessAll, upload
from tests.ingestion.reading import read

PICTURE = base64.b64encode(Random(1).randbytes(3_000)).decode()
LINES = "\n".join(PICTURE[at : at + 76] for at in range(0, len(PICTURE), 76))
ROWS = "Straße;Größe\nAm Öd;1,5\n"


@pytest.mark.parametrize(
    "told",
    ["1.20", "1E5", "1e400", "-0", "0.10", "1e16", "12345678901234567890.0", "9" * 5_000, "1.7976931348623157e309"],
)
def test_a_number_of_json_is_shown_as_it_is_written(told: str) -> None:
    assert read(f'{{"a": [{told}]}}'.encode(), "a.json").text == f'{{\n "a": [\n  {told}\n ]\n}}'


def test_keys_that_recur_are_all_shown() -> None:
    found = read(b'{"to": "Ann", "to": "Bob", "x": {"to": 1.0, "to": 2.50}}', "a.json").text
    assert found == '{\n "to": "Ann",\n "to": "Bob",\n "x": {\n  "to": 1.0,\n  "to": 2.50\n }\n}'


def test_a_text_of_json_that_looks_like_our_own_signs_stays() -> None:
    assert '"\\u0000#x"' in read(b'{"a": "\\u0000#x"}', "a.json").text


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("a.md", f"# Oven\n\n![Oven](data:image/png;base64,{PICTURE})\n\nIt is hot."),
        ("a.html", f"<html><body><h1>Oven</h1><p>data:image/png;base64,{PICTURE} It is hot.</p></body></html>"),
        ("a.txt", f"Oven\n\n{LINES}\n\nIt is hot."),
        ("a.txt", f"Oven -----BEGIN CERTIFICATE-----\n{LINES}\n-----END CERTIFICATE-----\nIt is hot."),
        ("a.csv", f"Oven,picture\n1,{PICTURE}\n2,It is hot."),
        ("a.json", json.dumps({"Oven": PICTURE, "said": "It is hot."})),
        ("a.ipynb", json.dumps({"cells": [{"outputs": [{"image/png": LINES + "\n"}]}], "Oven": "It is hot."})),
    ],
)
def test_pictures_and_certificates_are_no_text(name: str, body: str) -> None:
    found = read(body.encode(), name).text
    assert len(found) < 300
    assert "Oven" in found
    assert "It is hot." in found
    assert PICTURE[200:216] not in found


@pytest.mark.parametrize(
    "text",
    [
        "a" * 5_000,
        "ACGT" * 2_000,
        "/".join(f"folder{number}" for number in range(100)),
        "https://example.org/" + "way-to-it/" * 60 + "Page1",
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855 " * 20 + ".",
        "data:text/plain,short",
        "\n".join(f"AnEntryOfAListThatIsNumbered{number}" for number in range(50)),
    ],
)
def test_long_words_paths_and_hashes_are_text(text: str) -> None:
    assert read(text.encode(), "a.txt").text == text


@pytest.mark.parametrize("encoding", ["utf-16", "cp1252"])
def test_rows_as_excel_saves_them_are_taken_and_a_guess_is_told(
    reports: Any, process_all: ProcessAll, encoding: str
) -> None:
    assert upload(reports, ("a.csv", ROWS.encode(encoding))).status_code == 202
    process_all()
    file = File.objects.get()
    assert file.text == "Straße | Größe\nAm Öd | 1,5"
    assert ("charset=windows-1252" in file.content_type) == (encoding == "cp1252")


@pytest.mark.parametrize(
    "body",
    [
        "Цена;Город\n1;Рига\n".encode("cp1251"),
        "miasto;ważność\nŁódź;żółć\n".encode("cp1250"),
        "都市;値段\n大阪;1\n".encode("shift_jis"),
        b"a;b\n\x80;1\n",
        b"\xff\xfeh\0i",
    ],
)
def test_rows_whose_encoding_cannot_be_known_are_refused(reports: Any, body: bytes) -> None:
    response = upload(reports, ("a.csv", body))
    assert response.status_code == 415
    assert "not valid UTF-8" in response.json()["detail"]
