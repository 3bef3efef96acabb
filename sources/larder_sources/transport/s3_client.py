"""Buckets by the protocol of S3: listing and reading, signed by AWS Signature Version 4.

The rules are those of Amazon's API reference, "Signature Calculations for the Authorization Header" and
"ListObjectsV2"; docs/decisions/0298-s3-without-an-sdk.md.
"""

from __future__ import annotations

import hashlib
import hmac
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal
from urllib.parse import quote, unquote_plus, urlsplit
from xml.etree import ElementTree

import httpx

from larder_sources.changes import ItemUnreadable, SourceUnavailable

TIMEOUT_S = 30.0
PAUSES_S = (0.2, 1.0)
"""Before asking once more: S3 answers 503 where it wants requests to come slower."""
EMPTY = hashlib.sha256(b"").hexdigest()
MOST_LIST_BYTES = 16_000_000
"""A page of a listing has 1,000 keys of at most 1,024 bytes each."""
Addressing = Literal["path", "host"]


@dataclass(frozen=True, kw_only=True)
class Credentials:
    """An access key; `session` belongs to keys that end."""

    access_key: str
    secret_key: str = field(repr=False)
    session: str = field(default="", repr=False)


@dataclass(frozen=True, kw_only=True)
class Object:
    """What a listing says of an object."""

    key: str
    etag: str
    size: int
    modified: datetime


class S3Refused(Exception):
    """The server's answer to a request: its code, such as NoSuchKey, and a sentence."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code


class Bucket:
    """One bucket, read alone. Without credentials requests are not signed, as public buckets allow."""

    def __init__(
        self, endpoint: str, name: str, *, region: str, addressing: Addressing, credentials: Credentials | None
    ) -> None:
        self.name, self.endpoint, self._region, self._credentials = name, endpoint.rstrip("/"), region, credentials
        place = urlsplit(self.endpoint)
        self._host = place.netloc if addressing == "path" else f"{name}.{place.netloc}"
        self._path = f"{place.path}/{quote(name)}" if addressing == "path" else place.path
        self._scheme = place.scheme
        self._http: httpx.Client | None = None

    def objects(self, prefix: str) -> Iterator[Object]:
        """All below a prefix, in the server's order, a page at a time. Raises SourceUnavailable."""
        query = {"list-type": "2", "encoding-type": "url", "prefix": prefix}
        while True:
            page = self._page(query)
            encoded = _text(page, "EncodingType") == "url"
            yield from (_object(each, encoded=encoded) for each in _all(page, "Contents"))
            token = _text(page, "NextContinuationToken")
            if _text(page, "IsTruncated") != "true" or not token:
                return
            query["continuation-token"] = token

    def read(self, key: str, *, max_bytes: int) -> bytes:
        """Raises ItemUnreadable where the server refuses this one, SourceUnavailable where it does not answer."""
        try:
            return self._get(f"/{quote(key, safe='/~')}", {}, max_bytes=max_bytes)
        except S3Refused as error:
            raise ItemUnreadable(str(error)) from error

    def close(self) -> None:
        """The next request opens it again."""
        if self._http:
            self._http.close()
            self._http = None

    def _page(self, query: Mapping[str, str]) -> ElementTree.Element:
        try:
            body = self._get("", query, max_bytes=MOST_LIST_BYTES)
            page = _parse(body)
        except (S3Refused, ItemUnreadable) as error:
            raise SourceUnavailable(str(error)) from error
        if page is None or _name(page) != "ListBucketResult":
            raise SourceUnavailable(f"{self.endpoint} is no server of S3: its answer is no listing of a bucket")
        return page

    def _get(self, path: str, query: Mapping[str, str], *, max_bytes: int) -> bytes:
        for pause_s in (*PAUSES_S, None):
            try:
                return self._ask(f"{self._path}{path}" or "/", query, max_bytes=max_bytes)
            except (httpx.TransportError, _Busy) as error:
                if pause_s is None:
                    told = str(error) or type(error).__name__
                    raise SourceUnavailable(f"{self.endpoint} cannot be asked: {told}") from error
            time.sleep(pause_s)
        raise AssertionError  # the last pause is None

    def _ask(self, path: str, query: Mapping[str, str], *, max_bytes: int) -> bytes:
        told = "&".join(f"{quote(name, safe='~')}={quote(query[name], safe='~')}" for name in sorted(query))
        url = f"{self._scheme}://{self._host}{path}" + (f"?{told}" if told else "")
        headers = {"x-amz-date": f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}", "x-amz-content-sha256": EMPTY}
        if self._credentials:
            headers |= signed(path, told, {**headers, "host": self._host}, self._credentials, region=self._region)
        self._http = self._http or httpx.Client(timeout=TIMEOUT_S, follow_redirects=False)
        with self._http.stream("GET", url, headers=headers) as response:
            body = _read(response, max_bytes=max_bytes if response.is_success else MOST_LIST_BYTES)
        if response.status_code >= 500:
            raise _Busy(f"it answered HTTP {response.status_code}")
        if not response.is_success:
            raise self._refusal(response, body)
        return body

    def _refusal(self, response: httpx.Response, body: bytes) -> S3Refused:
        told = _parse(body)
        code = _text(told, "Code") if told is not None else ""
        region = response.headers.get("x-amz-bucket-region") or (_text(told, "Region") if told is not None else "")
        if region and region != self._region:
            return S3Refused(code, f"The bucket {self.name} lies in the region {region}, not in {self._region}")
        message = _text(told, "Message") if told is not None else ""
        sentences = {
            "NoSuchBucket": f"There is no bucket {self.name} at {self.endpoint}",
            "InvalidAccessKeyId": f"{self.endpoint} does not know the access key",
            "SignatureDoesNotMatch": f"The secret key is not the one of the access key, says {self.endpoint}",
            "AccessDenied": f"The access key may not read this in the bucket {self.name}",
        }
        plain = f"{self.endpoint} answered HTTP {response.status_code} {code}".rstrip()
        return S3Refused(code, sentences.get(code) or (f"{plain}: {message}" if message else plain))


class _Busy(Exception):
    """The server may answer when it is asked once more."""


def signed(
    path: str, query: str, headers: Mapping[str, str], credentials: Credentials, *, region: str
) -> dict[str, str]:
    """Headers to add to a GET of this path and query, both encoded, the query in order; `headers` has the host."""
    session = {"x-amz-security-token": credentials.session} if credentials.session else {}
    given = {**headers, **session}
    names = ";".join(sorted(given))
    lines = "".join(f"{name}:{given[name]}\n" for name in sorted(given))
    request = "\n".join(("GET", path, query, lines, names, given["x-amz-content-sha256"]))
    moment = given["x-amz-date"]
    scope = f"{moment[:8]}/{region}/s3/aws4_request"
    to_sign = "\n".join(("AWS4-HMAC-SHA256", moment, scope, hashlib.sha256(request.encode()).hexdigest()))
    key = f"AWS4{credentials.secret_key}".encode()
    for part in scope.split("/"):
        key = hmac.digest(key, part.encode(), "sha256")
    signature = hmac.digest(key, to_sign.encode(), "sha256").hex()
    who = f"Credential={credentials.access_key}/{scope}"
    return session | {"authorization": f"AWS4-HMAC-SHA256 {who}, SignedHeaders={names}, Signature={signature}"}


def _read(response: httpx.Response, *, max_bytes: int) -> bytes:
    body = bytearray()
    for part in response.iter_bytes():
        body += part
        if len(body) > max_bytes:
            raise ItemUnreadable(f"it has more than {max_bytes:,} bytes")
    return bytes(body)


def _object(element: ElementTree.Element, *, encoded: bool) -> Object:
    key, modified = _text(element, "Key"), _text(element, "LastModified")
    try:
        return Object(
            key=unquote_plus(key, errors="strict") if encoded else key,
            etag=_text(element, "ETag").strip('"'),
            size=int(_text(element, "Size")),
            modified=datetime.fromisoformat(modified),
        )
    except ValueError as error:
        raise SourceUnavailable(f"The listing says of {key!r} what cannot be read: {error}") from error


def _parse(body: bytes) -> ElementTree.Element | None:
    """None where it is no XML. S3 declares no entities, so whoever does is no server of S3."""
    if b"<!DOCTYPE" in body:
        return None
    try:
        return ElementTree.fromstring(body)  # noqa: S314 - without a DOCTYPE there is nothing to expand
    except ElementTree.ParseError:
        return None


def _all(element: ElementTree.Element, name: str) -> Iterator[ElementTree.Element]:
    """Servers differ in whether they name the namespace."""
    return (each for each in element if _name(each) == name)


def _text(element: ElementTree.Element, name: str) -> str:
    return next((each.text or "" for each in _all(element, name)), "")


def _name(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2]
