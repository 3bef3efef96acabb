"""Standard Webhooks signatures: what leaves Larder can be told from what others send."""

import base64
import hashlib
import hmac

PREFIX = "whsec_"


def signature_headers(message_id: str, *, secret: str, sent_at: int, body: bytes = b"") -> dict[str, str]:
    """Id, timestamp (Unix seconds) and, where there is a secret, the signature."""
    headers = {"webhook-id": message_id, "webhook-timestamp": str(sent_at)}
    if not secret:
        return headers
    digest = hmac.new(_signing_key(secret), f"{message_id}.{sent_at}.".encode() + body, hashlib.sha256).digest()
    return headers | {"webhook-signature": f"v1,{base64.b64encode(digest).decode()}"}


def secret_fault(secret: str) -> str:
    """Why nobody who verifies as the standard says could read this secret, as a sentence; "" where all is well."""
    encoded = secret.removeprefix(PREFIX)
    if not secret.startswith(PREFIX) or (encoded and _decoded(encoded)):
        return ""
    if _decoded(encoded + "=" * (-len(encoded) % 4)):
        return f"After {PREFIX} a secret goes on in Base64, whose padding is missing here: end it with =."
    return f"After {PREFIX} a secret goes on in Base64, which this is not. Begin a secret of another kind otherwise."


def _signing_key(secret: str) -> bytes:
    """A secret in Standard Webhooks' own notation carries its key in base64; any other is the key."""
    return (secret.startswith(PREFIX) and _decoded(secret.removeprefix(PREFIX))) or secret.encode()


def _decoded(encoded: str) -> bytes:
    """b"" for what is no base64."""
    try:
        return base64.b64decode(encoded, validate=True)
    except ValueError:
        return b""
