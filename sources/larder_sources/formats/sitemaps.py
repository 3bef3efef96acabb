"""Sitemaps (sitemaps.org): indexes, compressed ones, and plain lists."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO

from lxml import etree

from larder_sources.changes import SourceUnavailable

MOST_BYTES = 50 * 1024 * 1024
"""Uncompressed, as the protocol has it."""
GZIP = b"\x1f\x8b"


@dataclass(frozen=True, kw_only=True)
class Place:
    """One entry: a page, or another sitemap. `lastmod` as it is written, empty where there is none."""

    url: str
    lastmod: str
    is_sitemap: bool


def read_sitemap(url: str, body: bytes) -> Iterator[Place]:
    """Its entries in their order. Raises SourceUnavailable where it is none."""
    text = _uncompressed(url, body)
    if not text.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        yield from _read_list(url, text)
        return
    options = {"resolve_entities": False, "no_network": True, "load_dtd": False, "huge_tree": False}
    try:
        root = ""
        for happened, element in etree.iterparse(BytesIO(text), events=("start", "end"), **options):
            name = etree.QName(element).localname if isinstance(element.tag, str) else ""
            root = root or name
            if happened == "end" and name in ("url", "sitemap"):
                yield from _place(element, is_sitemap=name == "sitemap")
                element.clear()
    except etree.XMLSyntaxError as error:
        raise SourceUnavailable(f"{url} is no sitemap: {error.msg}") from error
    if root not in ("urlset", "sitemapindex"):
        raise SourceUnavailable(f"{url} is no sitemap: it is <{root}>")


def _place(element: etree._Element, *, is_sitemap: bool) -> Iterator[Place]:
    told = {etree.QName(each).localname: (each.text or "").strip() for each in element if isinstance(each.tag, str)}
    if told.get("loc"):
        yield Place(url=told["loc"], lastmod=told.get("lastmod", ""), is_sitemap=is_sitemap)


def _read_list(url: str, text: bytes) -> Iterator[Place]:
    for line in text.decode("utf-8-sig", errors="replace").splitlines():
        if line.strip():
            if not line.strip().startswith(("http://", "https://")):
                raise SourceUnavailable(f"{url} is no sitemap: {line.strip()[:80]!r} is no address")
            yield Place(url=line.strip(), lastmod="", is_sitemap=False)


def _uncompressed(url: str, body: bytes) -> bytes:
    if not body.startswith(GZIP):
        return body
    unpacking = zlib.decompressobj(wbits=31)
    try:
        text = unpacking.decompress(body, MOST_BYTES)
    except zlib.error as error:
        raise SourceUnavailable(f"{url} cannot be unpacked: {error}") from error
    if unpacking.unconsumed_tail:
        raise SourceUnavailable(f"{url} has more than {MOST_BYTES:,} bytes unpacked")
    return text
