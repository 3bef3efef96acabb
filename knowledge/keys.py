"""Access keys: made, recognised, revoked. A key reads `larder_<prefix>_<secret>`; its SHA-256 is what is kept.

A plain digest is enough: the secret is 256 random bits, so there is nothing to guess slowly.
"""

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta

from django.utils import timezone

from knowledge.models import AccessKey

USE_NOTED_EVERY = timedelta(minutes=1)


def create_key(
    name: str, *, role: str, source: str | None = None, expires_at: datetime | None = None
) -> tuple[AccessKey, str]:
    """A new key and its raw text, which is not kept and cannot be shown again."""
    prefix = secrets.token_hex(4)
    raw = f"larder_{prefix}_{secrets.token_urlsafe(32)}"
    key = AccessKey.objects.create(
        name=name,
        role=AccessKey.Role(role),
        source=source or None,
        prefix=prefix,
        digest=_digest(raw),
        created_at=timezone.now(),
        expires_at=expires_at,
    )
    return key, raw


def authenticate(raw: str, *, now: datetime) -> AccessKey | None:
    """The usable key that this text is, or None. Notes its use at most once a minute."""
    _, _, rest = raw.partition("_")
    prefix = rest.partition("_")[0]
    key = AccessKey.objects.usable(now).filter(prefix=prefix).first() if prefix.isascii() and prefix.isalnum() else None
    if key is None or not hmac.compare_digest(bytes(key.digest), _digest(raw)):
        return None
    if key.last_used_at is None or now - key.last_used_at > USE_NOTED_EVERY:
        AccessKey.objects.filter(pk=key.pk).update(last_used_at=now)
    return key


def revoke_key(key: AccessKey, *, now: datetime) -> bool:
    """Whether this call revoked it; a key that was revoked before keeps its first date."""
    return AccessKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=now) == 1


def _digest(raw: str) -> bytes:
    return hashlib.sha256(raw.encode(errors="replace")).digest()
