"""One's own account: the password."""

import math
from datetime import datetime

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts.audit import actor_of, client_address, record
from accounts.sign_in_limits import forgive_attempts, refused_until, take_attempt
from accounts.users import role_of
from dashboard.access import PageRequest, go, on_oneself
from dashboard.forms import OwnPasswordForm

KNOWN = "session"
"""An allowance of attempts apart from those at the door."""


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@on_oneself
def account(request: PageRequest) -> HttpResponse:
    """Every other session of theirs ends with the old password. It is guessed here no more often than at the door."""
    if request.method != "POST":
        return _page(request, OwnPasswordForm(request.user))
    now, name, address = timezone.now(), request.user.get_username(), client_address(request)
    if retry_at := take_attempt(name, address=address, known=KNOWN, now=now):
        return _refuse(request, retry_at, now=now)
    form = OwnPasswordForm(request.user, request.POST)
    valid = form.is_valid()
    if "old_password" in form.errors:
        record(actor_of(request), "session.failed", name, now=now)
    else:
        forgive_attempts(name, address=address, known=KNOWN)
    if valid:
        return _change(request, form, now=now)
    if retry_at := refused_until(name, address=address, known=KNOWN, now=now):
        record(actor_of(request), "session.locked", name, now=now, after={"until": retry_at.isoformat()})
    return _page(request, form)


def _change(request: PageRequest, form: OwnPasswordForm, *, now: datetime) -> HttpResponse:
    with transaction.atomic():
        update_session_auth_hash(request, form.save())
        record(actor_of(request), "user.password", request.user.get_username(), now=now)
    messages.success(request, "Your password is changed; you are signed out everywhere else.")
    return go(request, "account")


def _refuse(request: PageRequest, retry_at: datetime, *, now: datetime) -> HttpResponse:
    context = {"retry_at": retry_at, "form": OwnPasswordForm(request.user), "role": role_of(request.user), "now": now}
    response = render(request, "dashboard/account.html", context, status=429)
    response["Retry-After"] = str(max(1, math.ceil((retry_at - now).total_seconds())))
    return response


def _page(request: PageRequest, form: OwnPasswordForm) -> HttpResponse:
    context = {"form": form, "role": role_of(request.user), "now": timezone.now()}
    return render(request, "dashboard/account.html", context, status=422 if form.errors else 200)
