"""Standard Webhooks signatures (https://www.standardwebhooks.com), which Larder puts on its calls."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime, timedelta

HEADERS = ("webhook-id", "webhook-timestamp", "webhook-signature")
TOLERANCE = timedelta(minutes=5)


def is_signed(headers: Mapping[str, str]) -> bool:
    """Whether any signature header is there. Names are lower-case."""
    return any(name in headers for name in HEADERS)


def sign(message_id: str, timestamp: int, body: bytes, *, secret: str) -> str:
    """The `webhook-signature` of a message; `timestamp` in seconds since 1970."""
    message = f"{message_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.digest(_key(secret), message, hashlib.sha256)).decode()


def verify_signature(headers: Mapping[str, str], body: bytes, *, secret: str, now: datetime) -> bool:
    """Whether a message was signed with the secret, less than five minutes from `now`.

    Header names are lower-case. Of several signatures, divided by spaces, one has to fit. A secret that
    begins with `whsec_` is the Base64 form of the key, any other is the key itself.
    """
    message_id, timestamp, signatures = (headers.get(name, "") for name in HEADERS)
    if not (message_id and signatures and timestamp.isascii() and timestamp.isdecimal() and len(timestamp) < 12):
        return False
    if abs(now.timestamp() - int(timestamp)) > TOLERANCE.total_seconds():
        return False
    expected = sign(message_id, int(timestamp), body, secret=secret).encode()
    return any(hmac.compare_digest(expected, signature.encode()) for signature in signatures.split(" "))


def check_secret(secret: str) -> None:
    """Raises ValueError for a secret that nothing can be signed with."""
    if not _key(secret) and secret:
        raise ValueError("a secret that begins with whsec_ goes on in Base64; nothing is there")


def _key(secret: str) -> bytes:
    if secret.startswith("whsec_"):
        try:
            return base64.b64decode(secret.removeprefix("whsec_"), validate=True)
        except binascii.Error as error:
            raise ValueError("a secret that begins with whsec_ goes on in Base64, padding included") from error
    return secret.encode()
