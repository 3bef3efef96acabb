"""The entries of an RSS or Atom feed."""

from __future__ import annotations

import hashlib
import json
from calendar import timegm
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any, ClassVar, Literal

import feedparser
from pydantic import Field, field_validator

from larder_sources.changes import Change, Item, ItemUnreadable, Reading, SourceUnavailable, Values
from larder_sources.formats.html import text_of_html
from larder_sources.kinds import Kind
from larder_sources.options import Ascii, Options
from larder_sources.transport.web import USER_AGENT, Answer, Validators, Web, without_credentials


class FeedOptions(Options):
    """The entries of an RSS or Atom feed."""

    NAMES: ClassVar[frozenset[str]] = frozenset({"url", "author", "published", "tags", "feed"})

    kind: Literal["feed"]
    url: str = Field(description="The feed")
    user_agent: Ascii = Field(default=USER_AGENT, description="As it names itself")
    max_bytes: int = Field(default=20_000_000, gt=0, description="A larger feed fails")

    @field_validator("url")
    @classmethod
    def _url_is_one(cls, url: str) -> str:
        if not url.startswith(("http://", "https://")):
            raise ValueError("it is no address that begins with https:// or http://")
        return url


class FeedSource:
    """Entries by their ids. A feed shows the newest only, so what falls out of it stays."""

    lists_everything: ClassVar[bool] = False

    def __init__(self, options: FeedOptions, _: Path) -> None:
        self._options = options
        self._told = without_credentials(options.url)

    def check(self) -> str:
        feed = self._read(self._get(Validators()))
        return f"{len(feed.entries)} entries in {self._title(feed)}"

    def changes(self, reading: Reading) -> Iterator[Change]:
        known = Validators(etag=reading.state.get("etag", ""), modified=reading.state.get("modified", ""))
        answer = self._get(known)
        if answer.status == 304:
            return
        feed = self._read(answer)
        newest = {_key(each): each for each in reversed(feed.entries)}  # the first of those that share an id
        for key, entry in newest.items():
            values = self._values(entry, self._title(feed))
            yield Item(key=key, fingerprint=_hash(values), read=partial(dict, values))
        told = {"etag": answer.validators.etag, "modified": answer.validators.modified}
        reading.state.clear()
        reading.state.update({name: value for name, value in told.items() if value})

    def close(self) -> None:
        """Nothing is held open."""

    def _get(self, known: Validators) -> Answer:
        web = Web(user_agent=self._options.user_agent, delay_s=0, max_bytes=self._options.max_bytes)
        try:
            answer = web.get(self._options.url, known=known)
        except ItemUnreadable as error:
            raise SourceUnavailable(f"The feed {self._told}: {error}") from error
        finally:
            web.close()
        if answer.status not in (200, 304):
            raise SourceUnavailable(f"The feed {self._told} was answered with HTTP {answer.status}")
        return answer

    def _read(self, answer: Answer) -> Any:
        """The library opens what is a text as an address or a file; bytes of a stream it only reads."""
        headers = {"content-location": answer.url, "content-type": answer.headers.get("content-type", "")}
        feed = feedparser.parse(BytesIO(answer.body), response_headers=headers)
        if not feed.get("version") and not feed.entries:
            reason = feed.get("bozo_exception", "it has no entries")
            raise SourceUnavailable(f"{self._told} is no feed: {reason}")
        return feed

    def _title(self, feed: Any) -> str:
        return str(feed.feed.get("title") or self._told)

    def _values(self, entry: Any, feed: str) -> Values:
        title = text_of_html(entry.get("title", ""))
        bodies = [each.get("value", "") for each in entry.get("content", ())]
        text = text_of_html("\n".join(filter(None, bodies)) or entry.get("summary", ""))
        published, updated = _moment(entry, "published"), _moment(entry, "updated")
        about = {"title": title, "url": entry.get("link", ""), "author": entry.get("author", ""), "feed": feed}
        return {
            **about,
            "content": text if title in text else f"{title}\n\n{text}".strip(),
            "published": published or updated,
            "updated_at": updated or published,
            "tags": [str(each.get("term") or each.get("label") or "") for each in entry.get("tags", ())],
            "metadata": {name: value for name, value in about.items() if value}
            | ({"published": published.isoformat()} if published else {}),
        }


def _key(entry: Any) -> str:
    """Its id, else its address, else what it is called."""
    return str(entry.get("id") or entry.get("link") or f"title:{entry.get('title', '')}")


def _moment(entry: Any, name: str) -> datetime | None:
    told = dict.get(entry, f"{name}_parsed")  # the library's own `get` takes one for the other
    try:
        return datetime.fromtimestamp(timegm(told), UTC) if told else None
    except (ValueError, OverflowError):
        return None


def _hash(values: Values) -> str:
    return hashlib.blake2b(json.dumps(values, sort_keys=True, default=str).encode(), digest_size=16).hexdigest()


KIND = Kind(options=FeedOptions, make=FeedSource)
