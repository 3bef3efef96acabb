"""Access keys: made, recognised, revoked. A key reads `larder_<prefix>_<secret>`; its SHA-256 is what is kept.

A plain digest is enough: the secret is 256 random bits, so there is nothing to guess slowly.
"""

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from accounts.audit import LARDER, Actor, record
from accounts.errors import KeyInvalid, KeyNotFound
from accounts.limits import NOT_NARROWED, Narrowing, check_narrowing
from accounts.models import AccessKey, Stage, User
from core.sql import fetch

USE_NOTED_EVERY = timedelta(minutes=1)
MOST_NAME_CHARS = 200
STORE_ROLES = (AccessKey.Role.PROVIDER, AccessKey.Role.ANALYZER, AccessKey.Role.ADMIN)
"""Of the keys that are made for the store; an agent's is made in its memory."""

NARROWED_ROLES = (AccessKey.Role.PROVIDER, AccessKey.Role.ANALYZER)

KEY_FIELDS = [field.attname for field in AccessKey._meta.concrete_fields]
STAGE_FIELDS = [field.attname for field in Stage._meta.concrete_fields]
USABLE = """k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > %(now)s)
AND (k.owner_id IS NULL OR EXISTS (
    SELECT FROM accounts_user u WHERE u.id = k.owner_id AND u.is_active AND (k.role <> 'admin' OR u.is_superuser)
))"""
IS_USE_UNNOTED = f"""k.last_used_at IS NULL
OR %(now)s - k.last_used_at > interval '{USE_NOTED_EVERY.total_seconds():.0f} s'"""
USABLE_KEY = f"""
SELECT {", ".join(f"k.{name}" for name in KEY_FIELDS)}, {", ".join(f"s.{name}" for name in STAGE_FIELDS)}
FROM accounts_accesskey k LEFT JOIN accounts_stage s ON s.id = k.stage_id
WHERE k.prefix = %(prefix)s AND {USABLE}
"""  # noqa: S608 -- names of columns


@transaction.atomic
def create_key(
    name: str,
    *,
    role: str,
    source: str | None = None,
    stage: Stage | None = None,
    narrowing: Narrowing = NOT_NARROWED,
    owner: User | None = None,
    expires_at: datetime | None = None,
    actor: Actor = LARDER,
) -> tuple[AccessKey, str]:
    """A new key and its raw text, which is not kept and cannot be shown again. Only analyzers have a stage.

    With an `owner` it ends with them. Raises KeyInvalid.
    """
    now = timezone.now()
    _check_key(name, role=role, source=source, stage=stage, expires_at=expires_at, now=now)
    narrowed = check_narrowing(narrowing, source=source, may_be=role in NARROWED_ROLES)
    _check_owner(owner, role=role)
    prefix = secrets.token_hex(4)
    raw = f"larder_{prefix}_{secrets.token_urlsafe(32)}"
    key = AccessKey.objects.create(
        name=name,
        role=AccessKey.Role(role),
        source=source or None,
        stage=stage,
        sources=list(narrowed.sources),
        tags=narrowed.tags,
        verbs=list(narrowed.verbs),
        owner=owner,
        prefix=prefix,
        digest=_digest(raw),
        created_at=now,
        expires_at=expires_at,
    )
    facts = {
        "role": role,
        "source": key.source,
        "stage": stage.name if stage else None,
        "expires_at": expires_at.isoformat() if expires_at else None,
        **{name: value for name, value in vars(narrowed).items() if value},
        **({"owner": owner.username} if owner else {}),
    }
    record(actor, "key.create", str(key), now=now, after=facts)
    return key, raw


def get_stage(name: str | None) -> Stage | None:
    """The stage of this name, None for none; raises KeyInvalid where there is no such stage."""
    stage = Stage.objects.filter(name=name).first() if name and "\0" not in name else None
    if name and stage is None:
        raise KeyInvalid("There is no stage of this name.", field="stage")
    return stage


def get_key(key_id: UUID) -> AccessKey:
    """Raises KeyNotFound."""
    key: AccessKey | None = AccessKey.objects.filter(pk=key_id).first()
    if key is None:
        raise KeyNotFound("There is no such access key.")
    return key


def authenticate(raw: str, *, now: datetime) -> AccessKey | None:
    """The usable key that this text is, with its stage, or None. Notes its use at most once a minute."""
    prefix = prefix_of(raw)
    key = _read_key(prefix, now=now) if prefix else None
    if key is None or not hmac.compare_digest(bytes(key.digest), _digest(raw)):
        return None
    if key.last_used_at is None or now - key.last_used_at > USE_NOTED_EVERY:
        note_use(key.pk, now=now)
    return key


def prefix_of(raw: str) -> str:
    """The part of a raw key that names it; "" where it has none."""
    prefix = raw.partition("_")[2].partition("_")[0]
    return prefix if prefix.isascii() and prefix.isalnum() else ""


def note_use(key_id: UUID, *, now: datetime) -> None:
    """At most every `USE_NOTED_EVERY`, as a write costs more than what it is noted for."""
    AccessKey.objects.filter(pk=key_id).update(last_used_at=now)


def _read_key(prefix: str, *, now: datetime) -> AccessKey | None:
    """Every request asks for one, so it is read without the query builder."""
    rows = fetch(USABLE_KEY, {"prefix": prefix, "now": now})
    if not rows:
        return None
    row = rows[0]
    key = AccessKey.from_db(connection.alias, KEY_FIELDS, row[: len(KEY_FIELDS)])
    if key.stage_id is not None:
        key.stage = Stage.from_db(connection.alias, STAGE_FIELDS, row[len(KEY_FIELDS) :])
    return key


@transaction.atomic
def revoke_key(key: AccessKey, *, now: datetime, actor: Actor = LARDER) -> bool:
    """Whether this call revoked it; a key that was revoked before keeps its first date."""
    if not AccessKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=now):
        return False
    record(actor, "key.revoke", str(key), now=now)
    return True


def _check_key(
    name: str, *, role: str, source: str | None, stage: Stage | None, expires_at: datetime | None, now: datetime
) -> None:
    if not name.strip() or len(name) > MOST_NAME_CHARS or not name.isprintable():
        raise KeyInvalid(f"A name is one line of 1 to {MOST_NAME_CHARS} characters.", field="name")
    if role not in AccessKey.Role.values:
        raise KeyInvalid(f"The role is one of {', '.join(AccessKey.Role.values)}.", field="role")
    if source and role == AccessKey.Role.ADMIN:
        raise KeyInvalid("An admin key is bound to no source.", field="source")
    if stage and role != AccessKey.Role.ANALYZER:
        raise KeyInvalid("Only an analyzer's key is bound to a stage.", field="stage")
    if source and (len(source) > settings.MAX_SOURCE_CHARS or not source.isprintable() or "/" in source):
        raise KeyInvalid(
            f"A source is one line of at most {settings.MAX_SOURCE_CHARS} characters without a slash.", field="source"
        )
    if expires_at is not None and expires_at <= now:
        raise KeyInvalid("A key expires in the future.", field="expires_at")


def get_owner(name: str | None) -> User | None:
    """The user of this name, None for none; raises KeyInvalid where there is nobody."""
    owner: User | None = User.objects.filter(username=name).first() if name and "\0" not in name else None
    if name and owner is None:
        raise KeyInvalid("There is no user of this name.", field="owner")
    return owner


def _check_owner(owner: User | None, *, role: str) -> None:
    """A key may do no more than the person whom it belongs to."""
    if owner is None:
        return
    if role == AccessKey.Role.AGENT:
        raise KeyInvalid("An agent's key belongs to its memory.", field="owner")
    if not owner.is_active or not owner.is_staff:
        raise KeyInvalid(f"{owner.username} cannot sign in, so a key of theirs would not work.", field="owner")
    if role == AccessKey.Role.ADMIN and not owner.is_superuser:
        raise KeyInvalid(f"{owner.username} is no admin, and a key may do no more than its owner.", field="owner")


def _digest(raw: str) -> bytes:
    return hashlib.sha256(raw.encode(errors="replace")).digest()
