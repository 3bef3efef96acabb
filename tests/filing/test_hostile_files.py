"""A hundred files that mean no good: each ends with text or a sentence, in bounded time and memory."""

import io
import json
import random
import resource
import time
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator

import pytest

from filing.errors import ExtractionFailed
from filing.extract.sandbox import end_children
from filing.kinds import Claim
from tests.filing import files
from tests.filing.reading import extract

WHOLE = {
    "a.pdf": files.pdf("one", "two", title="T"),
    "a.docx": files.word(),
    "a.pptx": files.slides(),
    "a.xlsx": files.sheets(),
    "a.html": b"<!doctype html><html><body><p>Some words that are long enough to be kept.</p></body></html>",
    "a.md": b"# Head\n\nText\n\n| a | b |\n",
    "a.csv": b"a,b\n1,2\n",
    "a.json": b'{"a": [1, 2, {"b": null}]}',
    "a.eml": files.mail(),
    "a.txt": "Größe, naïve, 日本語".encode(),
}
LAUGHS = b"".join(b'<!ENTITY l%d "%s">' % (n, b"&l%d;" % (n - 1) * 10) for n in range(1, 12))
BOMB = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY l0 "ha">' + LAUGHS + b"]><x>&l11;</x>"
OUTSIDE = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>'
RELS = (
    b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" '
    b'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="%s"/>'
    b"</Relationships>"
)


def office(part: str, data: bytes) -> bytes:
    return files.archive(**{"_rels__": RELS % part.encode(), part.replace("/", "__"): data})


def altered(body: bytes, part: str, old: bytes, new: bytes) -> bytes:
    """An Office file of which one part says something else."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(body)) as whole, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as other:
        for entry in whole.namelist():
            data = whole.read(entry)
            assert entry != part or old in data, data
            other.writestr(entry, data.replace(old, new, 1) if entry == part else data)
    return made.getvalue()


def hostile() -> Iterator[tuple[str, bytes]]:
    yield from broken()
    yield from hostile_offices()
    yield from hostile_pdfs()
    yield from hostile_markup()
    yield from hostile_texts()


def broken() -> Iterator[tuple[str, bytes]]:
    """Each kind in six ways."""
    chance = random.Random(7)
    for name, body in WHOLE.items():
        yield name, body[: len(body) // 2]
        yield name, body[: len(body) - 3]
        yield name, bytes(byte ^ (chance.random() < 0.02) * chance.randrange(1, 256) for byte in body)
        yield name, body[:20] + chance.randbytes(2_000)
        yield name, body + body
        yield name, body[:10] + bytes(5_000) + body[10:]


def hostile_offices() -> Iterator[tuple[str, bytes]]:
    for folder, suffix in (
        ("word/document.xml", "docx"),
        ("ppt/presentation.xml", "pptx"),
        ("xl/workbook.xml", "xlsx"),
    ):
        yield f"laughs.{suffix}", office(folder, BOMB)
        yield f"outside.{suffix}", office(folder, OUTSIDE)
        yield f"empty.{suffix}", office(folder, b"")
        yield f"packed.{suffix}", office(folder, b"<a>" + b" " * 80_000_000)
        yield f"crowded.{suffix}", files.archive(**{f"{folder.split('/')[0]}__{n}": b"" for n in range(10_500)})
    wide = b'<w:tc><w:tcPr><w:gridSpan w:val="2000000000"/></w:tcPr>'
    yield "wide.docx", altered(files.word(), "word/document.xml", b"<w:tc>", wide)
    deep = b"<w:p>" * 100_000 + b"</w:p>" * 100_000
    yield "deep.docx", altered(files.word(), "word/document.xml", b"<w:body>", b"<w:body>" + deep)
    groups = b"<p:grpSp><p:nvGrpSpPr/><p:grpSpPr/>" * 20_000 + b"</p:grpSp>" * 20_000
    yield "groups.pptx", altered(files.slides(), "ppt/slides/slide1.xml", b"<p:sp>", groups + b"<p:sp>")
    far = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    yield "far.xlsx", altered(files.sheets(), "xl/worksheets/sheet1.xml", b"</sheetData>", far)
    formats = b'<c r="A1" t="s"><v>2000000000</v></c>'
    yield "strings.xlsx", altered(files.sheets(), "xl/worksheets/sheet1.xml", b'<row r="1">', b'<row r="1">' + formats)


def hostile_pdfs() -> Iterator[tuple[str, bytes]]:
    yield "pages.pdf", files.pdf("x", count=2_000_000_000)
    yield "locked.pdf", files.pdf("x", encrypted=True)
    yield "loop.pdf", files.pdf("x").replace(b"/Kids [4 0 R]", b"/Kids [2 0 R]")
    packed = zlib.compress(b" " * 200_000_000)
    yield "packed.pdf", files.pdf("x").replace(b">>\nstream\n", b"/Filter /FlateDecode >>\nstream\n" + packed, 1)


def hostile_markup() -> Iterator[tuple[str, bytes]]:
    yield "deep.html", b"<html><body>" + b"<div>" * 300_000 + b"text"
    yield "attributes.html", b"<html><body><p " + b"a=b " * 500_000 + b">text</p></body></html>"
    yield "entities.html", b"<!doctype html [<!ENTITY a 'b'>]><html><body><p>" + b"&a;" * 500_000
    yield "markup.html", b"<html><body><p><script>alert(1)</script><img src=x onerror=alert(1)>" * 2_000
    yield "script.xhtml", OUTSIDE.replace(b"<x>", b"<html>").replace(b"</x>", b"</html>")


def hostile_texts() -> Iterator[tuple[str, bytes]]:
    yield "surrogate.json", b'{"\\ud800": ["\\udc00 and half a pair"]}'
    yield "deep.json", b"[" * 3_000_000
    yield "wide.json", json.dumps(["x"] * 1_000_000).encode()
    yield "number.json", b"9" * 1_000_000
    yield "cell.csv", b'"' + b"a" * 5_000_000
    yield "columns.csv", b"," * 2_000_000
    yield "rows.csv", b"a,b\n" * 500_000
    yield "quotes.csv", b'"' * 1_000_001
    yield "heads.md", b"# x\n" * 50_000
    yield "hashes.md", b"#" * 2_000_000
    yield "front.md", b"---\n" + b"title: x\n" * 200_000
    yield "bars.md", b"|" * 2_000_000
    yield "parts.eml", b"From: a\nSubject: b\nContent-Type: multipart/mixed; boundary=x\n\n" + b"--x\n\n" * 5_000
    yield "nested.eml", b"From: a\nSubject: b\nContent-Type: message/rfc822\n\n" * 3_000
    yield "head.eml", b"From: a\nSubject: " + b"=?utf-8?q?=41?= " * 5_000 + b"\n\nx"
    yield "charset.eml", b"From: a\nSubject: b\nContent-Type: text/plain; charset=none-such\n\nx"
    yield "surrogates.txt", "\ud800".encode("utf-8", "surrogatepass") * 1_000
    yield "escapes.txt", bytes(range(1, 256)) * 100


@pytest.fixture(scope="module", autouse=True)
def no_child_stays() -> Iterator[None]:
    yield
    end_children()


def ending(name: str, body: bytes) -> str:
    """What reading comes to: a text that can be stored, or a sentence that names the file."""
    try:
        text = extract(body, claim=Claim(name=name), name=name).text
    except ExtractionFailed as failed:
        return failed.detail
    text.encode()
    return f"{name}: {text[:1_000]}."


@pytest.mark.timeout(300)
def test_a_hundred_hostile_files_end_with_text_or_a_sentence_and_the_worker_lives_on() -> None:
    kinds: Counter[str] = Counter()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for name, body in hostile():
        began = time.monotonic()
        told = ending(name, body)
        assert told.startswith(f"{name}: "), told
        assert told.endswith("."), told
        assert "root:" not in told, name
        assert time.monotonic() - began < 60, name
        kinds[name.rpartition(".")[2]] += 1
    assert kinds.total() >= 100
    assert all(kinds[name.rpartition(".")[2]] >= 8 for name in WHOLE), kinds
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss < 1_600 * 1024
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 512 * 1024
    assert ending("a.txt", b"after all that") == "a.txt: after all that."
