"""Signing in and out, noted in the audit; so is every attempt that failed, and how many may fail is limited."""

import math
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView, LogoutView
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from accounts.audit import (
    Actor,
    By,
    actor_of,
    client_address,
    record,
)
from accounts.sign_in_limits import forgive_attempts, refused_until, take_attempt
from core.clock import database_now
from dashboard.devices import device_of, remember_device
from dashboard.forms import SignInForm

UNKNOWN = "unknown name"


class _SignIn(LoginView):
    template_name = "dashboard/login.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The password is not looked at where too many attempts went before."""
        now, name = database_now(), request.POST.get("username", "")
        known = device_of(request, name)
        if retry_at := take_attempt(name, address=client_address(request), known=known, now=now):
            return self._refuse(retry_at, now=now)
        return super().post(request, *args, **kwargs)

    @transaction.atomic
    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        response = super().form_valid(form)
        self.request.session.set_expiry(timezone.now() + timedelta(seconds=settings.SESSION_COOKIE_AGE))  # used or not
        name, typed = form.get_user().get_username(), form.data.get("username", "")
        forgive_attempts(typed, address=client_address(self.request), known=device_of(self.request, typed))
        remember_device(response, name)
        record(actor_of(self.request), "session.sign-in", name, now=timezone.now())
        return response

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        """People type passwords into the wrong field: a name that nobody bears is not written down."""
        typed, now, address = str(form.data.get("username", "")), database_now(), client_address(self.request)
        name = typed.replace("\0", "")
        known = get_user_model().objects.filter(username=name).exists()
        actor = Actor(by=By.USER, name=name if known else UNKNOWN, address=address)
        record(actor, "session.failed", actor.name, now=now)
        if retry_at := refused_until(typed, address=address, known=device_of(self.request, typed), now=now):
            record(actor, "session.locked", actor.name, now=now, after={"until": retry_at.isoformat()})
            return self._refuse(retry_at, now=now)
        return super().form_invalid(form)

    def _refuse(self, retry_at: datetime, *, now: datetime) -> HttpResponse:
        form = SignInForm(self.request, initial={"username": self.request.POST.get("username", "")})
        context = self.get_context_data(form=form, retry_at=retry_at, now=now)
        response = self.render_to_response(context, status=429)
        response["Retry-After"] = str(max(1, math.ceil((retry_at - now).total_seconds())))
        return response


class _SignOut(LogoutView):
    @transaction.atomic
    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if request.user.is_authenticated:
            record(actor_of(request), "session.sign-out", request.user.get_username(), now=timezone.now())
        return super().post(request, *args, **kwargs)


sign_in = _SignIn.as_view()
sign_out = _SignOut.as_view()
