"""The pages of a web site, by its sitemaps."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, ClassVar, Literal
from urllib.parse import urldefrag, urljoin, urlsplit
from urllib.robotparser import RobotFileParser

import trafilatura
from pydantic import Field, field_validator

from larder_sources.changes import (
    Change,
    Conditional,
    Fetched,
    ItemGone,
    ItemUnreadable,
    Reading,
    SourceUnavailable,
    Values,
)
from larder_sources.formats.markdown import decode
from larder_sources.formats.sitemaps import MOST_BYTES, Place, read_sitemap
from larder_sources.globs import Globs
from larder_sources.kinds import Kind
from larder_sources.options import Ascii, Options
from larder_sources.transport.web import USER_AGENT, Answer, Validators, Web, WebUnavailable

PAGES = ("text/html", "application/xhtml+xml")
TEXTS = ("text/plain", "text/markdown")
MOST_IN_A_ROW = 10
"""Pages that cannot be fetched, one after the other, before the site is taken for being away."""


class SiteOptions(Options):
    """The pages of a web site."""

    NAMES: ClassVar[frozenset[str]] = frozenset({"url", "path", "lastmod"})

    kind: Literal["site"]
    url: str = Field(description="The site, or one of its sitemaps")
    include: tuple[str, ...] = Field(default=("**",), description="Globs of paths, without the slash at the beginning")
    exclude: tuple[str, ...] = Field(default=(), description="Globs of paths that are left out")
    delay_ms: int = Field(default=1_000, ge=0, description="Between requests, unless robots.txt asks for more")
    user_agent: Ascii = Field(default=USER_AGENT, description="As it names itself, to robots.txt as well")
    max_bytes: int = Field(default=5_000_000, gt=0, description="A larger page is passed over")
    max_pages: int = Field(default=50_000, gt=0, description="A site of more fails")

    @field_validator("url")
    @classmethod
    def _url_is_one(cls, url: str) -> str:
        if urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).netloc:
            raise ValueError("it is no address that begins with https:// or http://")
        if "@" in urlsplit(url).netloc:
            raise ValueError("it holds credentials, and pages are fetched without any")
        return url


@dataclass(frozen=True, kw_only=True)
class Mark:
    """The fingerprint of a page: what the sitemap said, what the server said, and a hash of its text."""

    lastmod: str = ""
    etag: str = ""
    modified: str = ""
    text: str = ""

    @classmethod
    def read(cls, fingerprint: str) -> Mark:
        return cls(**json.loads(fingerprint)) if fingerprint else cls()

    def write(self) -> str:
        return json.dumps({name: value for name, value in vars(self).items() if value})


class SiteSource:
    """Pages of one host, in the order of its sitemaps; robots.txt is respected (RFC 9309)."""

    lists_everything: ClassVar[bool] = True

    def __init__(self, options: SiteOptions, _: Path) -> None:
        self._options = options
        self._globs = Globs(options.include, options.exclude)
        self._host = urlsplit(options.url).netloc.lower()
        self._in_a_row = 0
        self._web: Web | None = None

    def check(self) -> str:
        try:
            found = sum(1 for _ in self.changes(Reading()))
        finally:
            self.close()
        return f"{found} pages of {self._host}"

    def changes(self, reading: Reading) -> Iterator[Change]:
        self._in_a_row = 0
        robots = self._robots()
        pages = self._pages(robots)
        for count, place in enumerate(pages, start=1):
            if count > self._options.max_pages:
                raise SourceUnavailable(f"{self._host} has more than max_pages pages, {self._options.max_pages:,}")
            yield Conditional(key=place.url, fetch=partial(self._fetch, place))
        reading.complete = True

    def close(self) -> None:
        if self._web:
            self._web.close()
            self._web = None

    def _open(self) -> Web:
        if not self._web:
            delay_s, most = self._options.delay_ms / 1000, max(MOST_BYTES, self._options.max_bytes)
            agent = self._options.user_agent
            self._web = Web(user_agent=agent, delay_s=delay_s, max_bytes=most, host=self._host)
        return self._web

    def _robots(self) -> RobotFileParser:
        """Without a robots.txt all is allowed; where the server fails, nothing is (RFC 9309, 2.3.1)."""
        robots = RobotFileParser()
        try:
            answer = self._open().get(urljoin(self._options.url, "/robots.txt"))
        except WebUnavailable as error:
            raise SourceUnavailable(f"robots.txt of {self._host}: {error}") from error
        except ItemUnreadable:  # it leads elsewhere, or is endless
            answer = None
        found = answer is not None and answer.status == 200
        robots.parse(answer.body.decode(errors="replace").splitlines() if answer and found else [])
        asked_s = float(robots.crawl_delay(self._options.user_agent) or 0)
        self._open().delay_s = max(asked_s, self._options.delay_ms / 1000)
        return robots

    def _pages(self, robots: RobotFileParser) -> Iterator[Place]:
        """Those of this host that robots.txt and the globs allow, each once."""
        seen: set[int] = set()
        waiting = self._sitemaps(robots)
        known = set(waiting)
        while waiting:
            for place in self._read_sitemap(waiting.pop(0)):
                if urlsplit(place.url).netloc.lower() != self._host:
                    continue
                if place.is_sitemap:
                    waiting += [place.url] if place.url not in known else []
                    known.add(place.url)
                elif hash(place.url) not in seen and self._is_wanted(place.url, robots):
                    seen.add(hash(place.url))
                    yield place

    def _sitemaps(self, robots: RobotFileParser) -> list[str]:
        """The one that is named, those of robots.txt, or the one that most sites have."""
        if urlsplit(self._options.url).path.endswith((".xml", ".gz", ".txt")):
            return [self._options.url]
        return robots.site_maps() or [urljoin(self._options.url, "/sitemap.xml")]

    def _read_sitemap(self, url: str) -> Iterator[Place]:
        try:
            answer = self._open().get(url)
        except ItemUnreadable as error:
            raise SourceUnavailable(f"The sitemap {url}: {error}") from error
        if answer.status != 200:
            raise SourceUnavailable(f"The sitemap {url} was answered with HTTP {answer.status}")
        for place in read_sitemap(url, answer.body):
            yield replace(place, url=urldefrag(urljoin(url, place.url)).url)

    def _is_wanted(self, url: str, robots: RobotFileParser) -> bool:
        return self._globs.fit(urlsplit(url).path.lstrip("/")) and robots.can_fetch(self._options.user_agent, url)

    def _fetch(self, place: Place, fingerprint: str) -> Fetched | None:
        known = Mark.read(fingerprint)
        if place.lastmod and known.lastmod == place.lastmod:
            return None
        answer = self._get(place.url, Validators(etag=known.etag, modified=known.modified))
        if answer.status in (404, 410):
            raise ItemGone
        if answer.status == 304 and fingerprint:
            return None
        if answer.status != 200:
            raise ItemUnreadable(f"it was answered with HTTP {answer.status}")
        if len(answer.body) > self._options.max_bytes:
            raise ItemUnreadable(f"it has {len(answer.body):,} bytes, more than max_bytes")
        values = _read_page(place, answer)
        hashed = hashlib.blake2b(values["content"].encode(), digest_size=16).hexdigest()
        told = answer.validators
        mark = Mark(lastmod=place.lastmod, etag=told.etag, modified=told.modified, text=hashed)
        return Fetched(values=values, fingerprint=mark.write())

    def _get(self, url: str, known: Validators) -> Answer:
        try:
            answer = self._open().get(url, known=known)
        except WebUnavailable as error:
            self._in_a_row += 1
            if self._in_a_row >= MOST_IN_A_ROW:
                raise SourceUnavailable(f"{self._in_a_row} pages in a row failed, the last {url}: {error}") from error
            raise
        self._in_a_row = 0
        return answer


def _read_page(place: Place, answer: Answer) -> Values:
    """The main text of a page, in Markdown. Raises ItemUnreadable."""
    title, text = "", ""
    if answer.media_type in PAGES:
        title, text = _read_html(answer)
    elif answer.media_type in TEXTS:
        text = decode(answer.body)
    else:
        raise ItemUnreadable(f"it is {answer.media_type or 'of no type'}, not a page")
    if not text.strip():
        raise ItemUnreadable("there is no text in it")
    path = urlsplit(place.url).path
    title = title or path.rstrip("/").rpartition("/")[2] or place.url
    return {
        "url": place.url,
        "path": path.lstrip("/"),
        "lastmod": place.lastmod,
        "title": title,
        "content": text if title in text else f"{title}\n\n{text}",
        "metadata": {"url": place.url, "title": title},
        "updated_at": _moment(place.lastmod),
    }


def _read_html(answer: Answer) -> tuple[str, str]:
    """Its title and main text. The library tells nothing of a page without any."""
    read: Any = trafilatura.bare_extraction(
        answer.body, url=answer.url, with_metadata=True, include_comments=False, favor_recall=True
    )
    return (read.title or "", read.text or "") if read else ("", "")


def _moment(lastmod: str) -> datetime | None:
    """A day, or a time with its zone, as W3C's profile of ISO 8601 has them."""
    try:
        moment = datetime.fromisoformat(lastmod)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


KIND = Kind(options=SiteOptions, make=SiteSource)
