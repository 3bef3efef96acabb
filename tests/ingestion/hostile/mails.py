"""Mail that means no good."""

import base64
from collections.abc import Iterator

HEAD = b"From: ann@example.org\nTo: bob@example.org\nSubject: Lunch\n"
MIXED = HEAD + b"MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=%s\n\n"


def mail(body: bytes = b"words", *, told: bytes = b"") -> bytes:
    return HEAD + told + b"\n" + body


def hostile() -> Iterator[tuple[str, bytes]]:
    yield from _heads()
    yield from _words()
    yield from _parts()
    yield from _bodies()
    yield from _names()


def _heads() -> Iterator[tuple[str, bytes]]:
    yield "many-heads", b"".join(b"X-%d: y\n" % n for n in range(50_000)) + mail()
    yield "the-same-head", b"Subject: a\n" * 20_000 + mail()
    yield "a-head-without-end", b"Subject: " + b"a" * 2_000_000 + b"\nFrom: a\n\nx"
    yield "a-head-folded-often", b"From: a\nSubject: a\n" + b" b\n" * 50_000 + b"\nx"
    yield "a-head-of-blanks", b"From: a\nSubject: " + b" " * 500_000 + b"x\n\nx"
    yield "a-name-without-end", mail(told=b"X" * 500_000 + b": y\n")
    yield "heads-without-colons", b"From: a\nSubject: b\n" + b"no colon\n" * 9_999
    yield "heads-alone", HEAD
    yield "heads-of-bytes", mail(told=b"Cc: " + bytes(range(128, 256)) * 100 + b"\n")
    yield "heads-with-nuls", mail(told=b"Cc: " + b"x" * 4_100 + b"\0\n")
    yield "heads-with-returns", mail(told=b"Cc: a\rBcc: b\r\rDate: c\n")
    for label, told in (
        ("people", b"To: " + b"a@b.c, " * 5_000 + b"\n"),
        ("names", b"To: " + b'"a, b" <a@b.c>, ' * 2_000 + b"\n"),
        ("remarks", b"To: " + b"(" * 900 + b")" * 900 + b" a@b.c\n"),
        ("remarks-never-closed", b"To: " + b"(" * 900 + b"\n"),
        ("quotes", b'To: "' + b'\\"' * 5_000 + b"\n"),
        ("groups", b"To: " + b"a:" * 500 + b";" * 500 + b"\n"),
        ("angles", b"To: " + b"<" * 2_000 + b"\n"),
        ("commas", b"To: " + b"," * 5_000 + b"\n"),
        ("dots", b"To: " + b"." * 3_000 + b"@" + b"." * 3_000 + b"\n"),
        ("routes", b"To: <" + b"@a," * 2_000 + b":b@c>\n"),
        ("brackets", b"To: a@[" + b"[" * 2_000 + b"\n"),
        ("no-address", b"To: \nCc: @\nDate: \n"),
    ):
        yield f"heads-of-{label}", b"From: a@b.c\nSubject: s\n" + told + b"\nx"
    for number, date in enumerate(
        (b"never", b"99 Foo 99999 99:99:99 +9999", b"1" * 9_999, b"Thu, 1 Jan 0000 00:00:00 -0000")
    ):
        yield f"a-date-that-is-none-{number}", mail(told=b"Date: %s\n" % date)


def _words() -> Iterator[tuple[str, bytes]]:
    for label, word in (
        ("encoded", b"=?utf-8?q?=41?= "),
        ("without-blanks", b"=?utf-8?q?=41?="),
        ("never-closed", b"=?utf-8?q?="),
        ("of-no-charset", b"=?none-such?b?AAAA?= "),
        ("of-garbage", b"=?utf-8?b?" + b"A=" * 500 + b"?= "),
        ("of-another-way", b"=?utf-8?z?x?= "),
        ("of-lines", b"=?utf-8?q?=0A=0D=0ABcc:_x?= "),
        ("of-half-pairs", b"=?utf-8?b?7aCA?= =?utf-16?b?2AA=?= "),
        ("of-nuls", b"=?utf-8?q?=00?= "),
        ("of-a-language", b"=?utf-8*" + b"en-" * 500 + b"?q?x?= "),
        ("of-question-marks", b"=?" + b"?" * 500 + b"= "),
    ):
        yield f"words-{label}", b"From: a\nSubject: " + word * 500 + b"\n\nx"
        yield f"people-{label}", b"Subject: a\nFrom: " + word * 100 + b"<a@b.c>\n\nx"
    long = base64.b64encode("größe ".encode() * 50_000)
    yield "a-word-without-end", b"From: a\nSubject: =?utf-8?b?" + long + b"?=\n\nx"


def _parts() -> Iterator[tuple[str, bytes]]:
    yield "parts", MIXED % b"x" + b"--x\n\nwords\n" * 5_000 + b"--x--"
    yield "parts-within-parts", b"".join(MIXED % (b"x%d" % n) + b"--x%d\n" % n for n in range(150)) + b"\nwords"
    yield "parts-beyond-depth", b"".join(MIXED % (b"x%d" % n) + b"--x%d\n" % n for n in range(1_200)) + b"\nwords"
    yield "the-same-boundary", (MIXED % b"x" + b"--x\n") * 300 + b"\nwords"
    yield "mail-within-mail", (HEAD + b"Content-Type: message/rfc822\n\n") * 700 + mail()
    yield "a-boundary-never-found", MIXED % b"x" + b"--y\n\nwords\n" * 9_999
    yield "no-boundary", MIXED.replace(b"; boundary=%s", b"") + b"--\n\nwords"
    yield "an-empty-boundary", MIXED % b'""' + b"--\n\nwords\n----\n"
    yield "a-boundary-of-blanks", MIXED % b'"   "' + b"--   \n\nwords\n"
    yield "a-boundary-without-end", MIXED % (b"x" * 500_000) + b"--x\n\nwords"
    yield "a-boundary-of-patterns", MIXED % b'"(a+)+$"' + b"--" + b"a" * 9_999 + b"\n\nwords"
    yield "boundaries-that-begin-alike", MIXED % b"x" + b"--xx\n\nwords\n" * 5_000 + b"--x \t\n\nwords\n"
    yield "never-ending", MIXED % b"x" + b"--x\n\n" + b"words\n" * 50_000
    yield "an-end-alone", MIXED % b"x" + b"--x--" * 5_000
    yield "before-and-behind", MIXED % b"x" + b"before\n" * 20_000 + b"--x\n\nwords\n--x--\n" + b"behind\n" * 20_000
    related = (MIXED % b"x").replace(b"mixed", b'related; start="<x>"')
    yield "related-to-nothing", related + b"--x\nContent-ID: <y>\n\nwords\n--x--"
    either = (MIXED % b"x").replace(b"mixed", b"alternative")
    yield "no-choice", either + b"--x\nContent-Type: image/png\n\nwords\n--x--"
    yield "many-choices", either + b"--x\nContent-Type: text/html\n\n<p>words\n" * 1_000 + b"--x--"
    yield "a-digest", (MIXED % b"x").replace(b"mixed", b"digest") + b"--x\n\n" * 2_000
    yield "signed", (MIXED % b"x").replace(b"mixed", b"signed") + b"--x\n\nwords\n--x\n\n"
    yield (
        "a-report",
        (MIXED % b"x").replace(b"mixed", b"report") + b"--x\nContent-Type: message/delivery-status\n\n\n\n",
    )
    yield "a-part-of-a-whole", mail(told=b"Content-Type: message/partial; number=1; total=99; id=x\n")
    yield (
        "a-body-elsewhere",
        mail(told=b"Content-Type: message/external-body; access-type=local-file; name=/etc/passwd\n"),
    )


def _bodies() -> Iterator[tuple[str, bytes]]:
    for way in (b"base64", b"quoted-printable", b"x-uuencode", b"7bit", b"none-such"):
        told = b"Content-Transfer-Encoding: %s\n" % way
        for label, body in (
            ("garbage", bytes(range(1, 256)) * 200),
            ("equals", b"=" * 200_000),
            ("torn", b"begin 666 x\nM#0"),
        ):
            yield f"{label}-in-{way.decode()}", mail(body, told=told)
    for charset in (
        b"none-such",
        b"utf-7",
        b"utf-16",
        b"idna",
        b"rot13",
        b"zlib",
        b"undefined",
        b"unknown-8bit",
        b'"\xff"',
    ):
        told = b"Content-Type: text/plain; charset=%s\n" % charset
        yield (
            f"in-{charset.strip(bytes([34, 255])).decode() or 'bytes'}",
            mail(b"gr\xc3\xb6\xdfe +AGE- \xff\xfe", told=told),
        )
    page = b"<html><body><p>" + b"<div>" * 5_000 + b"words"
    yield "a-deep-page", mail(page, told=b"Content-Type: text/html\n")
    yield "a-page-of-no-charset", mail(b"<p>words</p>", told=b"Content-Type: text/html; charset=none-such\n")
    yield "an-empty-page", mail(b"", told=b"Content-Type: text/html\n")
    yield "flowed", mail(b"> " * 50_000 + b" \n", told=b"Content-Type: text/plain; format=flowed\n")
    yield "a-line-without-end", mail(b"a" * 3_000_000)
    yield "nuls-behind", mail(b"a" * 5_000 + b"\0" * 5_000)
    yield "returns", mail(b"a\rb\r\n\rc" * 20_000)


def _names() -> Iterator[tuple[str, bytes]]:
    part = b"--x\nContent-Type: application/pdf\nContent-Disposition: attachment; %s\n\nAAAA\n"
    for label, told, often in (
        ("many", b"filename=a.pdf", 2_000),
        ("long", b"filename=" + b"a" * 50_000, 1),
        ("leading-out", b'filename="../../../etc/passwd"', 1),
        ("in-pieces", b"; ".join(b"filename*%d=a" % n for n in range(2_000)), 1),
        ("in-pieces-out-of-order", b"filename*99999999999=a; filename*0=b; filename*-1=c", 1),
        ("of-no-charset", b"filename*=none-such'en'%41", 1),
        ("of-bytes", b"filename*=utf-8''" + b"%FF%00%0A" * 999, 1),
        ("of-apostrophes", b"filename*=" + b"'" * 2_000, 1),
        ("never-closed", b'filename="' + b'\\"' * 2_000, 1),
        ("of-semicolons", b";" * 5_000, 1),
        ("encoded", b'filename="' + b"=?utf-8?q?=41?=" * 200 + b'"', 1),
        ("told-often", b"filename=a; " * 1_000, 1),
        ("of-half-pairs", b"filename*=utf-8''%ED%A0%80", 1),
    ):
        yield f"names-{label}", MIXED % b"x" + part % told * often + b"--x--"
