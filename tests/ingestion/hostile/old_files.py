"""Rich text, old spreadsheets and mails of Outlook that mean no good."""

import struct
from collections.abc import Iterator

from ingestion.kinds import KINDS
from tests.ingestion import files, other_files
from tests.ingestion.compound import compound_file

PERSON = "__recip_version1.0_#"
Named = Iterator[tuple[str, bytes]]


def hostile_rich_texts() -> Named:
    bodies = {
        "groups-in-groups": b"{" * 4_000 + b"deep" + b"}" * 4_000,
        "groups-beyond-depth": b"{" * 200_000 + b"deep",
        "braces-that-close": b"}" * 100_000 + b"words",
        "binary-beyond-its-end": rb"\bin999999999 abc",
        "binary-below-zero": rb"\bin-5 abc",
        "a-number-beyond-all": rb"\u99999999999999999999 \fs-99999999999999 a",
        "letters-beyond-all": rb"\u-70000?\u65536?\u-1?" * 1_000,
        "halves-of-letters": rb"\u-10179?" * 1_000,
        "skips-without-end": rb"\uc999999999 \u8364 aaaa" * 500,
        "no-hexadecimal": rb"\'zz\'",
        "a-backslash-alone": b"words\\",
        "a-page-that-is-none": rb"\ansicpg99999 \'e9",
        "fonts-without-end": b"{\\fonttbl" + b"{\\f1\\fcharset128 x;}" * 20_000 + b"}",
        "styles-without-end": b"{\\stylesheet" + b"{\\s1\\outlinelevel0 x;}" * 20_000 + b"}\\s1 a\\par",
        "rows-without-cells": rb"\row" * 20_000,
        "cells-without-rows": rb"\intbl a\cell" * 20_000,
        "cells-defined": rb"\trowd" + rb"\clvmrg\cellx1" * 50_000 + rb"\intbl a\cell\row",
        "nested-cells": rb"\itap9999 \intbl a\nestcell\nestrow" * 2_000,
        "notes-in-notes": rb"{\footnote a" * 1_000 + b"}" * 1_000,
        "many-notes": rb"a{\footnote b}\par" * 3_000,
        "titles-in-titles": rb"{\info{\title{\title{\title a}}}}",
        "headings": rb"\outlinelevel9\par\outlinelevel-1 a\par" * 2_000,
        "a-long-word": rb"\%b a" % (b"x" * 100_000),
        "hidden-without-end": rb"\v secret" * 5_000,
        "struck-without-end": rb"\deleted gone" * 5_000,
        "bytes-of-two": rb"\f2 \'83" * 5_000,
        "nuls": b"a\0b" * 5_000,
        "an-object": rb"{\object{\*\objdata " + b"41" * 50_000 + b"}{\\result words}}",
        "a-picture": rb"{\pict\pngblip " + b"89504e47" * 50_000 + b"}words",
        "destinations": rb"{\*\none " * 3_000 + b"}" * 3_000,
        "stars": rb"{\*\*\*\* a}" * 3_000,
        "a-long-paragraph": b"long " * 500_000,
        "many-paragraphs": rb"a\par" * 50_000,
    }
    for label, body in bodies.items():
        yield label, other_files.rtf(body)
    yield "a-head-alone", b"{\\rtf1"
    yield "a-long-title", other_files.rtf(title=b"title " * 100_000)


def hostile_old_sheets() -> Named:
    whole = other_files.xls()
    records = {
        "a-row-beyond-all": struct.pack("<HHHHHHHHI", 0x208, 16, 0xFFFF, 0, 0xFFFF, 0, 0, 0, 0),
        "a-size-beyond-all": struct.pack("<HHIIHHH", 0x200, 14, 0, 0xFFFFFFFF, 0, 0xFFFF, 0),
        "a-record-beyond-the-end": struct.pack("<HH", 0x203, 0xFFFF),
        "a-string-that-is-not": struct.pack("<HHHHHI", 0xFD, 10, 9, 9, 0, 0xFFFFFFFF),
        "a-style-that-is-not": struct.pack("<HHHHHd", 0x203, 14, 9, 9, 0xFFFF, 1e308),
        "no-number": struct.pack("<HHHHHd", 0x203, 14, 9, 9, 0, float("nan")),
        "many-numbers": struct.pack("<HHHH", 0xBD, 6, 9, 0) + bytes(2),
        "merged-over-everything": struct.pack("<HHHHHHH", 0xE5, 10, 1, 0, 0xFFFF, 0, 0xFF),
        "columns-hidden": struct.pack("<HHHHHHHH", 0x7D, 12, 0, 0xFFFF, 9, 0, 1, 0),
        "an-end-too-early": struct.pack("<HH", 0x0A, 0),
        "a-lock": struct.pack("<HHHHH", 0x2F, 6, 0, 1, 2),
        "an-error-that-is-none": struct.pack("<HHHHHBB", 0x205, 8, 9, 9, 0, 99, 1),
    }
    start = whole.index(struct.pack("<HHIIHH", 0x200, 14, 0, 3, 0, 2)[:4])
    for label, record in records.items():
        yield label, whole[:start] + record + whole[start + len(record) :]
    for label, body in {
        "no-book": b"",
        "a-book-of-zeros": bytes(8_000),
        "a-book-of-ones": b"\xff" * 8_000,
        "a-head-alone": struct.pack("<HHHHHHII", 0x809, 16, 0x600, 5, 0, 0, 0, 0),
        "heads-without-end": struct.pack("<HHHHHHII", 0x809, 16, 0x600, 5, 0, 0, 0, 0) * 500,
        "another-age": struct.pack("<HHHH", 9, 4, 2, 0x10) * 700,
        "sheets-at-nowhere": struct.pack("<HHHHHHII", 0x809, 16, 0x600, 5, 0, 0, 0, 0)
        + struct.pack("<HHIBBBB", 0x85, 8, 0xFFFFFF, 0, 0, 1, 0) * 500,
    }.items():
        yield label, compound_file({"Workbook": body.ljust(5_000, b"\0") if body else b"x"})
    yield from _compounds(whole)


def hostile_outlook() -> Named:
    properties = "__properties_version1.0"
    usual = dict(other_files.msg())
    mails = {
        "no-properties": {**usual, properties: b"x"},
        "properties-of-nothing": {**usual, properties: bytes(32)},
        "many-properties": {**usual, properties: bytes(32) + struct.pack("<IIII", 0x1000001F, 6, 8, 0) * 50_000},
        "a-date-beyond-all": {**usual, properties: bytes(32) + struct.pack("<IIQ", 0x00390040, 6, 2**64 - 1)},
        "half-a-letter": {**usual, "__substg1.0_1000001F": b"\x00\xd8a\x00b"},
        "no-text": {name: body for name, body in usual.items() if "1000001F" not in name},
        "many-people": usual | {f"{PERSON}{n:08X}": usual[f"{PERSON}00000000"] for n in range(1_500)},
        "people-of-nothing": usual | {f"{PERSON}{n:08X}": {"a": b"x"} for n in range(50)},
        "attachments-of-nothing": usual | {f"__attach_version1.0_#{n:08X}": {"a": b"x"} for n in range(50)},
    }  # fmt: skip
    for label, mail in mails.items():
        yield label, compound_file(mail)
    packed = {
        "a-packed-text-without-end": struct.pack("<II4sI", 20, 2**31, b"LZFu", 0) + b"\xff\x00\x0f" * 3_000,
        "a-packed-text-that-is-torn": struct.pack("<II4sI", 20, 500, b"LZFu", 0) + b"\x00",
        "a-packed-text-of-no-kind": struct.pack("<II4sI", 20, 500, b"what", 0) + b"words" * 900,
        "a-plain-packed-text": struct.pack("<II4sI", 20, 2**31, b"MELA", 0) + b"{\\rtf1 " + b"{" * 6_000,
    }
    for label, told in packed.items():
        yield label, other_files.msg_file("", x10090102=told)
    pages = {"a-page-of-no-encoding": b"<p>\xff\xfe" * 900, "a-deep-page": b"<div>" * 9_000 + b"words"}
    for label, told in pages.items():
        yield label, other_files.msg_file("", x10130102=told)
    within = other_files.msg("inner", within=True)
    for _ in range(20):
        within = other_files.msg("deeper", within=True, attached=[within])
    yield "mails-in-mails", other_files.msg_file(attached=[within])
    file = other_files.msg_file()
    for _ in range(8):
        file = other_files.msg_file(attached=[("a.msg", file)])
    yield "mails-as-files", file
    yield "many-attachments", other_files.msg_file(attached=[(f"{n}.txt", b"words") for n in range(400)])
    yield "an-attachment-of-no-name", other_files.msg_file(attached=[("", b"words"), ("\0\0", b"words")])
    yield "a-name-without-end", other_files.msg_file(attached=[("x" * 30_000 + ".txt", b"words")])
    yield (
        "broken-attachments",
        other_files.msg_file(attached=[("a.pdf", files.pdf("x")[:300]), ("b.docx", files.word()[:900])]),
    )
    yield from _compounds(other_files.msg_file(attached=[("a.txt", b"words")]))


def _compounds(whole: bytes) -> Named:
    """What any compound file may say of itself: each number of its head and its directory at its extremes."""
    for place in (0x18, 0x1E, 0x20, 0x2C, 0x30, 0x38, 0x3C, 0x40, 0x44, 0x48, 0x4C):
        for number in (0, 0xFFFFFFFE, 0x7FFFFFFF):
            yield f"head-{place:x}-{number:x}", whole[:place] + struct.pack("<I", number) + whole[place + 4 :]
    directory = (struct.unpack_from("<I", whole, 0x30)[0] + 1) * 512
    for entry in (0, 1, 2):
        for place in (0x44, 0x48, 0x4C, 0x74, 0x78):
            at = directory + entry * 128 + place
            for number in sorted({0, entry, 0x7FFFFFFF}):
                yield f"entry-{entry}-{place:x}-{number:x}", whole[:at] + struct.pack("<I", number) + whole[at + 4 :]


BY_HAND = {KINDS["rtf"]: hostile_rich_texts, KINDS["xls"]: hostile_old_sheets, KINDS["msg"]: hostile_outlook}
