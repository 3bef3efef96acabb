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


def _signing_key(secret: str) -> bytes:
    """A secret in Standard Webhooks' own notation carries its key in base64; any other is the key."""
    if secret.startswith(PREFIX):
        try:
            return base64.b64decode(secret.removeprefix(PREFIX), validate=True)
        except ValueError:
            pass
    return secret.encode()
