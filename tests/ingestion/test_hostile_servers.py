"""Servers that mean no good: what each of them does to a fetch ends as a sentence, or a page, within the deadline."""

import asyncio
import gzip
import time

import pytest
from django.conf import LazySettings

from ingestion.errors import ExtractionFailed
from ingestion.kinds import DeclaredType
from ingestion.processing import fetching
from ingestion.processing.fetching import Fetched, Validators, fetch
from providers.outbound.addresses import Policy
from tests.ingestion.reading import extract
from tests.providers.scripted import Connection, Script, drip_body, drip_headers, endless, gigabyte, hang, provider

DEADLINE_MS = 1_500
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
PAGE = b"<html><body><p>Some words that are long enough to be kept.</p></body></html>"


@pytest.fixture(autouse=True)
def short_deadline(monkeypatch: pytest.MonkeyPatch, settings: LazySettings) -> None:
    monkeypatch.setattr(fetching, "TIMEOUT_MS", DEADLINE_MS)
    settings.MAX_FILING_BYTES = 100_000


def saying(data: bytes, *, then: bytes = b"", close: bool = True) -> Script:
    """Some bytes, then others over and over; the connection is closed or left open."""

    async def script(connection: Connection) -> None:
        await connection.raw(data)
        while then:
            await connection.raw(then)
            await asyncio.sleep(0)
        if not close:
            await connection.hang()
        connection.writer.close()

    return script


async def drip_status(connection: Connection) -> None:
    for letter in HEAD:
        await connection.raw(bytes([letter]))
        await asyncio.sleep(1)


def go(script: Script) -> Fetched | ExtractionFailed | None:
    began = time.monotonic()
    with provider(script) as server:
        try:
            return fetch(server.url, Validators(), policy=Policy.PROVIDER)
        except ExtractionFailed as failed:
            return failed
        finally:
            assert time.monotonic() - began < DEADLINE_MS / 1000 + 2


FAILING: dict[str, tuple[Script, set[str]]] = {
    "hangs": (hang, {"timed_out"}),
    "drips its headers": (drip_headers, {"timed_out", "connection_lost"}),
    "drips its body": (drip_body, {"timed_out"}),
    "says a letter a second": (drip_status, {"timed_out"}),
    "never ends": (endless, {"body_too_large"}),
    "sends a gigabyte": (gigabyte, {"body_too_large"}),
    "promises more than it sends": (saying(HEAD + b"Content-Length: 5000\r\n\r\nhalf"), {"connection_lost"}),
    "promises more and waits": (saying(HEAD + b"Content-Length: 5000\r\n\r\nhalf", close=False), {"timed_out"}),
    "has two lengths": (saying(HEAD + b"Content-Length: 5\r\nContent-Length: 7\r\n\r\nwords"), {"connection_lost"}),
    "has a length below zero": (saying(HEAD + b"Content-Length: -5\r\n\r\nwords"), {"connection_lost"}),
    "has a length of letters": (saying(HEAD + b"Content-Length: many\r\n\r\nwords"), {"connection_lost"}),
    "sends headers without end": (saying(HEAD, then=b"X-Drip: yes\r\n" * 100), {"connection_lost"}),
    "sends a header without end": (saying(HEAD + b"X: ", then=b"y" * 9_999), {"connection_lost"}),
    "sends a header with a NUL": (saying(HEAD + b"X: a\0b\r\n\r\n"), {"connection_lost"}),
    "goes on and on": (saying(b"", then=b"HTTP/1.1 100 Continue\r\n\r\n" * 50), {"timed_out"}),
    "switches its protocol": (
        saying(b"HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n"),
        {"connection_lost"},
    ),
    "says nothing": (saying(b""), {"connection_lost"}),
    "speaks no HTTP": (saying(b"220 mail.example.org ESMTP\r\n"), {"connection_lost"}),
    "speaks an old HTTP": (saying(PAGE), {"connection_lost"}),
    "speaks a new HTTP": (saying(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), {"connection_lost"}),
    "speaks TLS": (saying(b"\x15\x03\x03\x00\x02\x02\x46"), {"connection_lost"}),
    "has a status of letters": (saying(b"HTTP/1.1 yes OK\r\n\r\n"), {"connection_lost"}),
    "has a status beyond all": (saying(b"HTTP/1.1 999 OK\r\nContent-Length: 0\r\n\r\n"), {"not_ok", "connection_lost"}),
    "has no content": (saying(b"HTTP/1.1 204 None\r\n\r\n"), {"not_ok"}),
    "sends a part": (saying(b"HTTP/1.1 206 Part\r\nContent-Length: 1\r\n\r\nx"), {"not_ok"}),
    "knows what was not asked": (saying(b"HTTP/1.1 304 Known\r\n\r\n"), {"not_ok"}),
    "leads nowhere": (saying(b"HTTP/1.1 302 On\r\nContent-Length: 0\r\n\r\n"), {"not_ok"}),
    "fails without end": (saying(b"HTTP/1.1 500 No\r\n\r\n", then=b"why " * 999), {"not_ok"}),
    "packs its answer": (saying(HEAD + b"Content-Encoding: gzip\r\n\r\n" + gzip.compress(PAGE)), {"encoding_refused"}),
    "packs a bomb": (saying(HEAD + b"Content-Encoding: br, gzip\r\n\r\n" + bytes(99)), {"encoding_refused"}),
    "sends no chunks": (saying(HEAD + b"Transfer-Encoding: chunked\r\n\r\nnone\r\n"), {"connection_lost"}),
    "sends a huge chunk": (
        saying(HEAD + b"Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\nx"),
        {"connection_lost"},
    ),
    "ends no chunk's size": (
        saying(HEAD + b"Transfer-Encoding: chunked\r\n\r\n1", then=b"1" * 999),
        {"connection_lost"},
    ),
    "ends no trailer": (
        saying(HEAD + b"Transfer-Encoding: chunked\r\n\r\n0\r\n", then=b"X: y\r\n" * 99),
        {"connection_lost"},
    ),
    "sends what cannot be named": (saying(b"HTTP/1.1 200 OK\r\nContent-Type: \xff/\xfe\r\n\r\nx"), {"kind_refused"}),
}


@pytest.mark.parametrize(("script", "codes"), FAILING.values(), ids=FAILING)
def test_a_server_that_misbehaves_ends_as_a_sentence_within_the_deadline(script: Script, codes: set[str]) -> None:
    failed = go(script)
    assert isinstance(failed, ExtractionFailed)
    assert failed.code in codes, failed.detail
    assert failed.detail.endswith("."), failed.detail
    assert failed.detail.isprintable(), failed.detail
    assert len(failed.detail) < 400, failed.detail


@pytest.mark.parametrize(
    "location",
    [b"http://", b"//", b":", b"http://[::1", b"http://a b/", b"http://\xff\xfe/", b"javascript:alert(1)", b"data:,x",
     b"http://example.org:99999/", b"http://example.org:x/", b"/" + b"a" * 5_000, b"http://0x7f.1:1/"],
)  # fmt: skip
def test_a_redirect_that_leads_nowhere_is_told(location: bytes) -> None:
    failed = go(saying(b"HTTP/1.1 302 On\r\nContent-Length: 0\r\nLocation: " + location + b"\r\n\r\n"))
    assert isinstance(failed, ExtractionFailed)
    assert failed.detail.endswith("."), failed.detail
    assert failed.detail.isprintable(), failed.detail
    assert len(failed.detail) < 500, failed.detail


def test_a_redirect_to_itself_ends() -> None:
    failed = go(saying(b"HTTP/1.1 302 On\r\nContent-Length: 0\r\nLocation: /\r\n\r\n", close=False))
    assert isinstance(failed, ExtractionFailed)
    assert failed.code == "too_many_redirects"


def test_an_empty_answer_is_an_empty_page() -> None:
    found = go(saying(HEAD + b"Content-Length: 0\r\n\r\n"))
    assert isinstance(found, Fetched)
    assert found.body == b""


def test_what_comes_behind_the_promised_length_is_left() -> None:
    found = go(saying(HEAD + b"Content-Length: %d\r\n\r\n%s" % (len(PAGE), PAGE) + b"and more"))
    assert isinstance(found, Fetched)
    assert found.body == PAGE


@pytest.mark.parametrize("charset", ["utf-16", "utf-7", "none-such", "", '"', "x" * 1_000])
def test_a_charset_that_lies_takes_no_letter_away(charset: str) -> None:
    page = PAGE.replace(b"words", "größe".encode())
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=" + charset.encode()
    found = go(saying(head + b"\r\nContent-Length: %d\r\n\r\n" % len(page) + page))
    assert isinstance(found, Fetched)
    assert len(found.content_type) <= 200
    assert "größe" in extract(found.body, declared=DeclaredType(content_type=found.content_type), name="it").text


def test_a_thousand_headers_and_cookies_are_no_matter() -> None:
    many = b"".join(b"Set-Cookie: a%d=b\r\nETag: x\r\n" % n for n in range(1_000))
    found = go(saying(HEAD + many + b"Content-Length: 1\r\n\r\nx"))
    assert isinstance(found, Fetched)
    assert found.validators == Validators()
