"""One's own account: the e-mail address and the password."""

import math
from datetime import datetime
from typing import cast

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts.audit import actor_of, client_address, record
from accounts.models import User
from accounts.sign_in_limits import forgive_attempts, refused_until, take_attempt
from accounts.users import change_email, end_sessions, role_of, sessions_of
from core.clock import database_now
from dashboard.access import PageRequest, go, on_oneself
from dashboard.forms import OwnEmailForm, OwnPasswordForm

KNOWN = "session"
"""An allowance of attempts apart from those at the door."""


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@on_oneself
def account(request: PageRequest) -> HttpResponse:
    """`do` says what is changed: "email", "session" or "sessions" that end, or else the password."""
    if request.method != "POST":
        return _page(request)
    does = {"email": _change_email, "session": _end_session, "sessions": _end_others}
    return does.get(request.POST.get("do", ""), _change_password)(request)


def _end_session(request: PageRequest) -> HttpResponse:
    row = request.POST.get("session", "")
    ended = end_sessions(_oneself(request), row=int(row)) if row.isascii() and row.isdigit() and len(row) < 19 else 0
    return _ended(request, ended)


def _end_others(request: PageRequest) -> HttpResponse:
    return _ended(request, end_sessions(_oneself(request), but=request.session.session_key or ""))


def _oneself(request: PageRequest) -> User:
    """Nobody else comes past the guard."""
    return cast(User, request.user)


def _ended(request: PageRequest, ended: int) -> HttpResponse:
    if ended:
        name = request.user.get_username()
        record(actor_of(request), "session.end", name, now=timezone.now(), after={"ended": ended})
        messages.success(request, "Signed out there." if ended == 1 else f"Signed out in {ended} places.")
    return go(request, "account")


def _change_email(request: PageRequest) -> HttpResponse:
    form = OwnEmailForm(request.user, request.POST)
    if form.is_valid():
        email = form.cleaned_data["email"]
        try:
            change_email(request.user.get_username(), email, actor=actor_of(request), now=timezone.now())
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, f"Your e-mail address is {'saved' if email else 'removed'}.")
            return go(request, "account")
    return _page(request, email_form=form)


def _change_password(request: PageRequest) -> HttpResponse:
    """Every other session of theirs ends with the old password. It is guessed here no more often than at the door."""
    now, name, address = database_now(), request.user.get_username(), client_address(request)
    if retry_at := take_attempt(name, address=address, known=KNOWN, now=now):
        return _refuse(request, retry_at, now=now)
    form = OwnPasswordForm(request.user, request.POST)
    valid = form.is_valid()
    if "old_password" in form.errors:
        record(actor_of(request), "session.failed", name, now=now)
    else:
        forgive_attempts(name, address=address, known=KNOWN)
    if valid:
        return _save_password(request, form, now=now)
    if retry_at := refused_until(name, address=address, known=KNOWN, now=now):
        record(actor_of(request), "session.locked", name, now=now, after={"until": retry_at.isoformat()})
    return _page(request, form=form)


def _save_password(request: PageRequest, form: OwnPasswordForm, *, now: datetime) -> HttpResponse:
    with transaction.atomic():
        update_session_auth_hash(request, form.save())
        end_sessions(_oneself(request), but=request.session.session_key or "")
        record(actor_of(request), "user.password", request.user.get_username(), now=now)
    messages.success(request, "Your password is changed; you are signed out everywhere else.")
    return go(request, "account")


def _refuse(request: PageRequest, retry_at: datetime, *, now: datetime) -> HttpResponse:
    response = _page(request, retry_at=retry_at)
    response["Retry-After"] = str(max(1, math.ceil((retry_at - now).total_seconds())))
    return response


def _page(
    request: PageRequest,
    *,
    form: OwnPasswordForm | None = None,
    email_form: OwnEmailForm | None = None,
    retry_at: datetime | None = None,
) -> HttpResponse:
    context = {
        "form": form or OwnPasswordForm(request.user),
        "email_form": email_form or OwnEmailForm(request.user),
        "role": role_of(request.user),
        "retry_at": retry_at,
        "now": timezone.now(),
        "sessions": sessions_of(_oneself(request), now=timezone.now()),
        "here": request.session.session_key,
    }
    status = 429 if retry_at else 422 if form or email_form else 200
    return render(request, "dashboard/account.html", context, status=status)
