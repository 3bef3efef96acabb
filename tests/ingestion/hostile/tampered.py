"""Whole files that were tampered with, by a seed: cut, spliced, flipped, repeated, and numbers turned to extremes."""

import io
import random
import re
import zipfile
from collections.abc import Callable, Iterator
from copy import deepcopy

from lxml import etree

from ingestion.kinds import KINDS, Kind
from tests.ingestion import files, other_files
from tests.ingestion.hostile.zips import repacked

Tamper = Callable[[bytes, random.Random], bytes]
EXTREMES = (
    b"0",
    b"-1",
    b"1",
    b"255",
    b"65536",
    b"2147483647",
    b"-2147483648",
    b"4294967296",
    b"9" * 40,
    b"1e308",
    b"NaN",
)
MATTERS = re.compile(r"document|slide\d|sheet\d|\.rels|workbook|presentation|Types|content|opf|xhtml")
WHOLE: dict[Kind, list[bytes]] = {
    KINDS["pdf"]: [files.pdf("one", "two", "three", title="A title"), files.pdf("locked", encrypted=True)],
    KINDS["docx"]: [files.word()],
    KINDS["pptx"]: [files.slides()],
    KINDS["xlsx"]: [files.sheets(), files.sheets(rows=60)],
    KINDS["html"]: [
        b"<!doctype html><html lang=en><head><meta charset=utf-8><title>Dogs</title></head><body><main><h1>Dogs at work"
        b"</h1><p>Dogs may come on Fridays, when they are calm and their people are, too.</p><ul><li>one<li>two</ul>"
        b"<table><tr><th>Day</th><th colspan=2>Dogs</th></tr><tr><td>Friday</td><td>3</td></tr></table></main>"
    ],
    KINDS["markdown"]: [
        b"---\ntitle: 'Trips'\n---\n\n# Trains\n\nFast.\n\n```\ncode\n```\n\n| a | b |\n|---|---|\n| 1 | 2 |\n"
    ],
    KINDS["csv"]: [b'name,age,"a, b"\nAnn,30,"two\nlines"\nBob,41,x\n' * 20, "näme;größe\nÄ;9\n".encode("cp1252") * 20],
    KINDS["json"]: [b'{"a": [1, 2.5e3, {"b": null, "c": "\\u00e9\\ud83d\\ude00"}], "d": true}'],
    KINDS["email"]: [files.mail(), files.mail(html=True)],
    KINDS["odt"]: [other_files.odt()],
    KINDS["ods"]: [other_files.ods()],
    KINDS["odp"]: [other_files.odp()],
    KINDS["epub"]: [other_files.epub()],
    KINDS["rtf"]: [other_files.rtf(other_files.RTF_BODY)],
    KINDS["xls"]: [other_files.xls()],
    KINDS["msg"]: [other_files.msg_file(attached=[("a.txt", b"words"), other_files.msg("inner", within=True)])],
    KINDS["ics"]: [other_files.calendar()],
    KINDS["ipynb"]: [other_files.notebook()],
    KINDS["text"]: ["Größe, naïve, 日本語, \U0001f600. ".encode() * 20, "Größe, naïve. ".encode("cp1252") * 20],
}


def broken(kind: Kind) -> Iterator[tuple[str, bytes]]:
    """A whole file in the ways of a bad disk or line, an Office file from outside, too."""
    chance, body = random.Random(kind.media_type), WHOLE[kind][0]
    yield "half", body[: len(body) // 2]
    yield "the-last-bytes-lost", body[:-3]
    yield "a-byte-in-fifty-wrong", bytes(byte ^ (chance.random() < 0.02) * chance.randrange(1, 256) for byte in body)
    yield "noise-behind-its-head", body[:20] + chance.randbytes(2_000)
    yield "twice-in-a-row", body + body
    yield "zeros-behind-its-head", body[:10] + bytes(5_000) + body[10:]


def tampered(kind: Kind, *, number: int) -> bytes:
    """The same bytes for the same number. One to three things are done to it, to an Office file within its parts."""
    chance = random.Random(f"{kind.media_type} {number}")
    body = chance.choice(WHOLE[kind])
    if body.startswith(b"PK"):
        return _within(body, chance)
    return tampered_bytes(body, chance)


def _within(body: bytes, chance: random.Random) -> bytes:
    with zipfile.ZipFile(io.BytesIO(body)) as whole:
        parts = {
            name: whole.read(name) for name in whole.namelist() if name.endswith((".xml", ".rels", ".xhtml", ".opf"))
        }
    weights = [4 if MATTERS.search(name) else 1 for name in parts]
    chosen = chance.choices(list(parts), weights=weights, k=chance.randrange(1, 4))
    return repacked(body, {name: chance.choice(WITHIN)(parts[name], chance) for name in chosen})


def _tampered_tree(body: bytes, chance: random.Random) -> bytes:
    """Markup that is still well-formed: elements left out, repeated, moved, emptied, with other attributes."""
    root = etree.fromstring(body)
    for _ in range(chance.randrange(1, 6)):
        one, other = chance.choices([each for each in root.iter() if isinstance(each.tag, str)], k=2)
        deed, above = chance.randrange(6), one.getparent()
        if deed == 0 and above is not None:
            above.remove(one)
        elif deed == 1 and above is not None:
            above.extend(deepcopy(one) for _ in range(chance.choice((1, 5, 50))))
        elif deed == 2:
            other.append(deepcopy(one))
        elif deed == 3 and one.attrib:
            one.attrib[chance.choice(list(one.attrib))] = chance.choice(EXTREMES).decode()
        elif deed == 4:
            one.tag, one.text = other.tag, chance.choice(EXTREMES).decode()
        else:
            one.attrib.clear()
    return etree.tostring(root)


def tampered_bytes(body: bytes, chance: random.Random) -> bytes:
    for _ in range(chance.randrange(1, 4)):
        body = chance.choice(TAMPERS)(body, chance)
    return body


def _cut(body: bytes, chance: random.Random) -> bytes:
    return body[: chance.randrange(len(body) + 1)]


def _drop(body: bytes, chance: random.Random) -> bytes:
    start, end = _span(body, chance)
    return body[:start] + body[end:]


def _splice(body: bytes, chance: random.Random) -> bytes:
    (start, end), at = _span(body, chance), chance.randrange(len(body) + 1)
    return body[:at] + body[start:end] + body[at:]


def _flip(body: bytes, chance: random.Random) -> bytes:
    flipped = bytearray(body)
    for _ in range(chance.choice((1, 3, 20)) if body else 0):
        flipped[chance.randrange(len(body))] ^= 1 << chance.randrange(8)
    return bytes(flipped)


def _repeat(body: bytes, chance: random.Random) -> bytes:
    start, end = _span(body, chance)
    often = chance.choice((2, 10, min(2_000, 200_000 // (end - start + 1))))
    return body[:start] + body[start:end] * often + body[end:]


def _overwrite(body: bytes, chance: random.Random) -> bytes:
    start, end = _span(body, chance)
    return body[:start] + chance.choice((b"\0", b"\xff", b" ", b"<", b"(")) * (end - start) + body[end:]


def _turn_numbers(body: bytes, chance: random.Random) -> bytes:
    """Some or one of the numbers in it, to the largest, the smallest, none at all."""
    share = chance.choice((0.02, 0.2))
    return re.sub(rb"\d+", lambda found: chance.choice(EXTREMES) if chance.random() < share else found[0], body)


def _turn_words(body: bytes, chance: random.Random) -> bytes:
    """One of the words in it in the place of another."""
    words = re.findall(rb"[A-Za-z]{2,}", body) or [b"x"]
    return body.replace(chance.choice(words), chance.choice(words), chance.choice((1, -1)))


def _span(body: bytes, chance: random.Random) -> tuple[int, int]:
    start = chance.randrange(len(body) + 1)
    return start, min(len(body), start + chance.choice((1, 8, 60, 500)))


WITHIN: list[Tamper] = [tampered_bytes, _turn_numbers, _tampered_tree, _tampered_tree, _tampered_tree]
TAMPERS: list[Tamper] = [_cut, _drop, _splice, _flip, _repeat, _overwrite, _turn_numbers, _turn_words]
