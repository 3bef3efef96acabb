"""Signing in and out, noted in the audit; so is every attempt that failed."""

from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView, LogoutView
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from dashboard.forms import SignInForm
from knowledge.audit import Actor, By, actor_of, client_address, record

UNKNOWN = "unknown name"


class _SignIn(LoginView):
    template_name = "dashboard/login.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    @transaction.atomic
    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        response = super().form_valid(form)
        record(actor_of(self.request), "session.sign-in", form.get_user().get_username(), now=timezone.now())
        return response

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        """People type passwords into the wrong field: a name that nobody bears is not written down."""
        name = str(form.data.get("username", "")).replace("\0", "")
        known = get_user_model().objects.filter(username=name).exists()
        actor = Actor(by=By.USER, name=name if known else UNKNOWN, address=client_address(self.request))
        record(actor, "session.failed", actor.name, now=timezone.now())
        return super().form_invalid(form)


class _SignOut(LogoutView):
    @transaction.atomic
    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if request.user.is_authenticated:
            record(actor_of(request), "session.sign-out", request.user.get_username(), now=timezone.now())
        return super().post(request, *args, **kwargs)


sign_in = _SignIn.as_view()
sign_out = _SignOut.as_view()
