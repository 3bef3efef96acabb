"""A URL that somebody submitted is fetched by the worker, under the policy for addresses that users name.

Redirects are followed by hand, so that every step passes the guard; nothing is asked for that is known to be unchanged.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

import httpx
from django.conf import settings

from ingestion.errors import ExtractionFailed
from ingestion.kinds import kinds_in_order
from ingestion.processing.recognition import reads_pictures
from providers.errors import CallFailed, CallUnavailable, OutboundRefused, OutboundTimeout
from providers.outbound.addresses import Policy
from providers.outbound.http import (
    OutboundResponse,
    Resolve,
    call,
    check_url,
    deadline,
    open_client,
    resolve_host,
    talk,
)
from providers.outbound.shown import shown

TIMEOUT_MS = 60_000
MOST_REDIRECTS = 5
MOST_VALIDATOR_CHARS = 1_000
ACCEPT = "text/html, text/*;q=0.9, application/json;q=0.8, */*;q=0.5"
READABLE = {kind.media_type for kind in kinds_in_order() if not kind.is_picture} | {
    "application/xml",
    "application/xhtml+xml",
}
PICTURES = {kind.media_type for kind in kinds_in_order() if kind.is_picture}
DEFAULT_PORTS = {"http": 80, "https": 443}
ENCODED = re.compile("%[0-9a-f]{2}", re.IGNORECASE)
UNSAID = ("", "application/octet-stream", "binary/octet-stream")
"""What servers send that do not know; the body says what it is."""
SENTENCES = {
    401: "The address asks for a sign-in; only what anybody may read can be fetched.",
    403: "The address refuses to be read by programs, or without a sign-in.",
    404: "Nothing stands at this address (404).",
    410: "What stood at this address is gone for good (410).",
    429: "The address asks to be left alone for a while (429).",
}


@dataclass(frozen=True, kw_only=True)
class Validators:
    """By what a server recognises the version that is known here; "" where it named none."""

    etag: str = ""
    last_modified: str = ""


@dataclass(frozen=True, kw_only=True)
class Fetched:
    body: bytes
    content_type: str
    validators: Validators


Fetch = Callable[[str, Validators], Fetched | None]


def fetch(
    url: str, known: Validators, *, policy: Policy = Policy.PUBLIC, resolve: Resolve = resolve_host
) -> Fetched | None:
    """What stands at the URL, or None where it is the version that is `known`.

    Raises ExtractionFailed, temporary where it may be there a minute later.
    """
    try:
        return talk(_fetch(url, known, policy=policy, resolve=resolve))
    except CallFailed as error:
        temporary = isinstance(error, CallUnavailable | OutboundTimeout)
        raise ExtractionFailed(error.detail, temporary=temporary, code=error.code) from error


def fetched_url(given: str) -> str:
    """The address that is fetched for what somebody gave, in the one form that all ways to write it have: host and
    scheme in small letters, names of other scripts as the wire has them, no port that goes without saying, nothing
    that points into the page.

    Raises OutboundRefused for what is no public web address. A name is judged when it is called.
    """
    url = given.strip().partition("#")[0]
    check_url(url, Policy.PUBLIC)
    parts = httpx.URL(url)
    port = None if parts.port == DEFAULT_PORTS[parts.scheme] else parts.port
    same = parts.copy_with(host=parts.host.rstrip("."), port=port)
    path = same.raw_path if same.raw_path.startswith(b"/") else b"/" + same.raw_path
    return ENCODED.sub(lambda sign: sign[0].upper(), str(same.copy_with(raw_path=path)))


async def _fetch(url: str, known: Validators, *, policy: Policy, resolve: Resolve) -> Fetched | None:
    asked = {"Accept": ACCEPT, "If-None-Match": known.etag, "If-Modified-Since": known.last_modified}
    headers = {name: value for name, value in asked.items() if value}
    async with deadline(TIMEOUT_MS), open_client(policy, resolve=resolve) as client:
        for _ in range(MOST_REDIRECTS + 1):
            answer = await call(
                client, "GET", url, headers=headers, max_body_bytes=settings.MAX_FILING_BYTES, show_redirects=True
            )
            if answer.status == 304 and known != Validators():
                return None
            if not (answer.headers.get("Location") and 300 <= answer.status < 400):
                return _read(answer)
            url = _next_url(url, answer.headers["Location"])
    raise ExtractionFailed(f"The address leads on more than {MOST_REDIRECTS} times.", code="too_many_redirects")


def _next_url(url: str, location: str) -> str:
    try:
        following = httpx.URL(url).join(location).copy_with(fragment=None)
    except (httpx.InvalidURL, ValueError):
        raise OutboundRefused(
            f"The address leads on to {shown(location)}, which is none.", code="url_refused"
        ) from None
    if url.startswith("https:") and following.scheme == "http":
        raise OutboundRefused(
            f"The address leads on to {shown(str(following))}, without encryption; that is not followed.",
            code="redirect_refused",
        )
    return str(following)


def _read(answer: OutboundResponse) -> Fetched:
    if answer.status != 200:
        sentence = SENTENCES.get(answer.status, f"The address answers with status {answer.status}.")
        temporary = answer.status >= 500 or answer.status in (408, 425, 429)
        raise ExtractionFailed(sentence, temporary=temporary, code="not_ok")
    content_type = answer.headers.get("Content-Type", "")
    if not is_readable(content_type.partition(";")[0].strip().lower()):
        raise ExtractionFailed(
            f"At the address is {shown(content_type)}; no text is read from that. Submit a page or a document.",
            code="kind_refused",
        )
    return Fetched(
        body=answer.body,
        content_type=content_type[:200],
        validators=Validators(etag=_validator(answer, "ETag"), last_modified=_validator(answer, "Last-Modified")),
    )


def is_readable(content_type: str) -> bool:
    if content_type in PICTURES:
        return reads_pictures()
    structured = content_type.endswith(("+json", "+xml")) and not content_type.startswith("image/")
    return content_type.startswith("text/") or content_type in READABLE or content_type in UNSAID or structured


def _validator(answer: OutboundResponse, name: str) -> str:
    """Sent back as it came, so only if it is short and printable."""
    value = answer.headers.get(name, "")
    return value if len(value) <= MOST_VALIDATOR_CHARS and value.isascii() and value.isprintable() else ""
