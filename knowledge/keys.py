"""Access keys: made, recognised, revoked. A key reads `larder_<prefix>_<secret>`; its SHA-256 is what is kept.

A plain digest is enough: the secret is 256 random bits, so there is nothing to guess slowly.
"""

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from knowledge.audit import LARDER, Actor, record
from knowledge.errors import KeyInvalid, KeyNotFound
from knowledge.models import AccessKey

USE_NOTED_EVERY = timedelta(minutes=1)
MOST_NAME_CHARS = 200


@transaction.atomic
def create_key(
    name: str,
    *,
    role: str,
    source: str | None = None,
    expires_at: datetime | None = None,
    actor: Actor = LARDER,
) -> tuple[AccessKey, str]:
    """A new key and its raw text, which is not kept and cannot be shown again. Raises KeyInvalid."""
    now = timezone.now()
    _check_key(name, role=role, source=source, expires_at=expires_at, now=now)
    prefix = secrets.token_hex(4)
    raw = f"larder_{prefix}_{secrets.token_urlsafe(32)}"
    key = AccessKey.objects.create(
        name=name,
        role=AccessKey.Role(role),
        source=source or None,
        prefix=prefix,
        digest=_digest(raw),
        created_at=now,
        expires_at=expires_at,
    )
    facts = {"role": role, "source": key.source, "expires_at": expires_at.isoformat() if expires_at else None}
    record(actor, "key.create", str(key), now=now, after=facts)
    return key, raw


def get_key(key_id: UUID) -> AccessKey:
    """Raises KeyNotFound."""
    key = AccessKey.objects.filter(pk=key_id).first()
    if key is None:
        raise KeyNotFound("There is no such access key.")
    return key


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


@transaction.atomic
def revoke_key(key: AccessKey, *, now: datetime, actor: Actor = LARDER) -> bool:
    """Whether this call revoked it; a key that was revoked before keeps its first date."""
    if not AccessKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=now):
        return False
    record(actor, "key.revoke", str(key), now=now)
    return True


def _check_key(name: str, *, role: str, source: str | None, expires_at: datetime | None, now: datetime) -> None:
    if not name.strip() or len(name) > MOST_NAME_CHARS or not name.isprintable():
        raise KeyInvalid(f"A name is one line of 1 to {MOST_NAME_CHARS} characters.", field="name")
    if role not in AccessKey.Role.values:
        raise KeyInvalid(f"The role is one of {', '.join(AccessKey.Role.values)}.", field="role")
    if source and role == AccessKey.Role.ADMIN:
        raise KeyInvalid("An admin key is bound to no source.", field="source")
    if source and (len(source) > settings.MAX_SOURCE_CHARS or not source.isprintable() or "/" in source):
        raise KeyInvalid(
            f"A source is one line of at most {settings.MAX_SOURCE_CHARS} characters without a slash.", field="source"
        )
    if expires_at is not None and expires_at <= now:
        raise KeyInvalid("A key expires in the future.", field="expires_at")


def _digest(raw: str) -> bytes:
    return hashlib.sha256(raw.encode(errors="replace")).digest()
