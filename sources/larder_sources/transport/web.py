"""GET by HTTP: politely, conditionally, bounded in bytes and time."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

import httpx

from larder_sources.changes import ItemUnreadable

TIMEOUT_S = 30.0
LONGEST_S = 120.0
"""Of one body, however slowly it comes."""
MOST_REDIRECTS = 5
USER_AGENT = "larder-sources/0.1"


def without_credentials(url: str) -> str:
    """As it may be told."""
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()


class WebUnavailable(ItemUnreadable):
    """Nothing answered, or the server is not able to now."""


@dataclass(frozen=True, kw_only=True)
class Validators:
    """By which a server tells whether something changed (RFC 9110, 8.8)."""

    etag: str = ""
    modified: str = ""

    def headers(self) -> dict[str, str]:
        told = {"If-None-Match": self.etag, "If-Modified-Since": self.modified}
        return {name: value for name, value in told.items() if value}


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What came; `url` is where it came from in the end. Of 304 there is no body."""

    status: int
    url: str
    body: bytes
    headers: Mapping[str, str]

    @property
    def media_type(self) -> str:
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    @property
    def validators(self) -> Validators:
        return Validators(etag=self.headers.get("etag", ""), modified=self.headers.get("last-modified", ""))


class Web:
    """One client. `delay_s` is kept between requests; redirects are followed within `host`, where one is given."""

    def __init__(self, *, user_agent: str, delay_s: float, max_bytes: int, host: str = "") -> None:
        self.delay_s = delay_s
        self._max_bytes, self._host, self._next_at = max_bytes, host, 0.0
        self._http = httpx.Client(headers={"User-Agent": user_agent}, timeout=TIMEOUT_S, follow_redirects=False)

    def get(self, url: str, *, known: Validators = Validators()) -> Answer:
        """Any answer below 500. Raises ItemUnreadable, WebUnavailable."""
        for _ in range(MOST_REDIRECTS + 1):
            self._check(url)
            self._wait()
            answer = self._ask(url, known)
            if answer.status not in (301, 302, 303, 307, 308) or "location" not in answer.headers:
                return answer
            url = str(httpx.URL(url).join(answer.headers["location"]))
        raise ItemUnreadable(f"it is redirected more than {MOST_REDIRECTS} times")

    def close(self) -> None:
        self._http.close()

    def _check(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https"):
            raise ItemUnreadable(f"{without_credentials(url)} is no address of the web")
        if self._host and parts.netloc.lower() != self._host:
            raise ItemUnreadable(f"it leads to another host, {parts.netloc}")

    def _wait(self) -> None:
        time.sleep(max(0.0, self._next_at - time.monotonic()))

    def _ask(self, url: str, known: Validators) -> Answer:
        try:
            with self._http.stream("GET", url, headers=known.headers()) as response:
                if response.status_code >= 500 or response.status_code == 429:
                    raise WebUnavailable(f"it was answered with HTTP {response.status_code}")
                body = self._read(response)
                headers = {name.lower(): value for name, value in response.headers.items()}
                return Answer(status=response.status_code, url=url, body=body, headers=headers)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise WebUnavailable(f"it cannot be fetched: {error or type(error).__name__}") from error
        finally:
            self._next_at = time.monotonic() + self.delay_s

    def _read(self, response: httpx.Response) -> bytes:
        ends_at, body = time.monotonic() + LONGEST_S, bytearray()
        for part in response.iter_bytes():
            body += part
            if len(body) > self._max_bytes:
                raise ItemUnreadable(f"it has more than {self._max_bytes:,} bytes")
            if time.monotonic() > ends_at:
                raise WebUnavailable(f"it took longer than {LONGEST_S:.0f} s")
        return bytes(body)
