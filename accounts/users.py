"""People who sign in: made, given a role, switched off, given a new password. There is always an admin left.

Whoever acts can change everybody but themselves: nobody shuts the door behind them. What cannot be is a ValidationError
with the sentence to show.
"""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from psycopg.errors import UniqueViolation

from accounts.audit import Actor, record
from accounts.models import EMAIL_ONCE, LoginSession, User

LAST_ADMIN = "This is the last admin; make somebody else an admin first."
ONESELF = "You cannot do this to yourself; another admin can."
MOST_BROWSER_CHARS = 300
MOST_SESSIONS_SHOWN = 100
EMAIL_TAKEN = "Another user has this e-mail address."


class UserRole(models.TextChoices):
    ADMIN = "admin", "admin: looks and acts"
    VIEWER = "viewer", "viewer: only looks"


def role_of(user: User | AnonymousUser) -> str:
    """admin, viewer, or "none" for whoever may not see the pages."""
    if user.is_staff and user.is_superuser:
        return UserRole.ADMIN
    return UserRole.VIEWER if user.is_staff else "none"


@transaction.atomic
def create_user(name: str, *, role: UserRole, email: str = "", actor: Actor, now: datetime) -> tuple[User, str]:
    """The user and the password made up for them, which is kept nowhere. Names that differ in case only are one."""
    name = User.normalize_username(name)
    if User.objects.filter(username__iexact=name).exists():
        raise ValidationError({"name": f"There is a user {name!r} already."})
    password, is_admin = _make_password(), role == UserRole.ADMIN
    with _unique(name):
        user = User.objects.create_user(name, email, password=password, is_staff=True, is_superuser=is_admin)
    after = {"role": role.value} | ({"email": user.email} if user.email else {})
    record(actor, "user.create", name, now=now, after=after)
    return user, password


@transaction.atomic
def change_email(username: str, email: str, *, actor: Actor, now: datetime) -> None:
    """ "" clears it."""
    user = User.objects.select_for_update().get(username=username)
    before, after = user.email, User.objects.normalize_email(email)
    if before == after:
        return
    with _unique(username):
        _change(user, email=after)
    record(actor, "user.email", username, now=now, before={"email": before}, after={"email": after})


@transaction.atomic
def change_role(user_id: int, *, role: UserRole, by: User, actor: Actor, now: datetime) -> None:
    user = _held(user_id, by=by)
    before = role_of(user)
    if before == role:
        return
    if role != UserRole.ADMIN:
        _keep_an_admin(user)
    _change(user, is_staff=True, is_superuser=role == UserRole.ADMIN)
    record(actor, "user.role", user.username, now=now, before={"role": before}, after={"role": role.value})


@transaction.atomic
def switch_user(user_id: int, *, active: bool, by: User, actor: Actor, now: datetime) -> None:
    """Off: their sessions end at once, and they cannot sign in."""
    user = _held(user_id, by=by)
    if user.is_active == active:
        return
    if not active:
        _keep_an_admin(user)
    _change(user, is_active=active)
    if not active:
        end_sessions(user)
    record(actor, "user.activate" if active else "user.deactivate", user.username, now=now)


@transaction.atomic
def reset_password(user_id: int, *, by: User, actor: Actor, now: datetime) -> str:
    """The new password, which is kept nowhere; every session of theirs ends."""
    user, password = _held(user_id, by=by), _make_password()
    user.set_password(password)
    user.save(update_fields=["password"])
    end_sessions(user)
    record(actor, "user.password", user.username, now=now)
    return password


def note_session(session_key: str, *, user: User, address: str, browser: str, now: datetime) -> None:
    """That somebody uses it now; where it was begun from stays."""
    told = {"address": address, "browser": browser.replace("\0", "")[:MOST_BROWSER_CHARS]}
    row = LoginSession(session_key=session_key, user_id=user.pk, started_at=now, seen_at=now, **told)
    LoginSession.objects.bulk_create(
        [row], update_conflicts=True, update_fields=["seen_at"], unique_fields=["session_key"]
    )


def sessions_of(user: User, *, now: datetime) -> list[LoginSession]:
    """Those that may still be used, the one used last first."""
    after = now - timedelta(seconds=settings.SESSION_IDLE_S)
    known = Session.objects.filter(expire_date__gt=now).values("session_key")
    rows = LoginSession.objects.filter(user=user, seen_at__gt=after, session_key__in=known)
    return list(rows.order_by("-seen_at", "-pk")[:MOST_SESSIONS_SHOWN])


@transaction.atomic
def end_sessions(user: User, *, row: int | None = None, but: str = "") -> int:
    """End one of a user's sessions, or all `but` the one of this key; how many."""
    found = LoginSession.objects.filter(user=user).exclude(session_key=but)
    found = found if row is None else found.filter(pk=row)
    Session.objects.filter(session_key__in=list(found.values_list("session_key", flat=True))).delete()
    ended, _ = found.delete()
    return ended


def forget_sessions(*, now: datetime) -> None:
    """Of those that ended by themselves."""
    LoginSession.objects.exclude(
        session_key__in=Session.objects.filter(expire_date__gt=now).values("session_key")
    ).delete()


@contextmanager
def _unique(name: str) -> Iterator[None]:
    """The database decides, so that of two who take one name or address at once, one is refused beside its field."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        cause = error.__cause__
        if isinstance(cause, UniqueViolation) and cause.diag.constraint_name == EMAIL_ONCE:
            raise ValidationError({"email": EMAIL_TAKEN}) from None
        raise ValidationError({"name": f"There is a user {name!r} already."}) from None


def _held(user_id: int, *, by: User) -> User:
    """The user's row and those of all admins, locked: of two who demote each other at once, one is refused."""
    rows = User.objects.select_for_update().filter(models.Q(pk=user_id) | models.Q(is_superuser=True)).order_by("pk")
    held = {user.pk: user for user in rows}
    if user_id == by.pk:
        raise ValidationError(ONESELF)
    if by.pk not in held or not held[by.pk].is_active:
        raise ValidationError("You are no admin any more.")
    if user_id not in held:
        raise ValidationError("There is no such user any more.")
    return held[user_id]


def _keep_an_admin(user: User) -> None:
    others = User.objects.filter(is_superuser=True, is_staff=True, is_active=True).exclude(pk=user.pk)
    if user.is_superuser and user.is_active and not others.exists():
        raise ValidationError(LAST_ADMIN)


def _change(user: User, **fields: Any) -> None:
    for name, value in fields.items():
        setattr(user, name, value)
    user.save(update_fields=list(fields))


def _make_password() -> str:
    """128 bits, so that there is nothing to guess."""
    return secrets.token_urlsafe(16)
