"""One's own account: the password."""

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from dashboard.access import PageRequest, go, on_oneself
from dashboard.forms import OwnPasswordForm
from dashboard.users import role_of
from knowledge.audit import actor_of, record


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@on_oneself
def account(request: PageRequest) -> HttpResponse:
    """Every other session of theirs ends with the old password."""
    form = OwnPasswordForm(request.user, request.POST if request.method == "POST" else None)
    if form.is_valid():
        with transaction.atomic():
            update_session_auth_hash(request, form.save())
            record(actor_of(request), "user.password", request.user.get_username(), now=timezone.now())
        messages.success(request, "Your password is changed; you are signed out everywhere else.")
        return go(request, "account")
    context = {"form": form, "role": role_of(request.user), "now": timezone.now()}
    return render(request, "dashboard/account.html", context, status=422 if form.errors else 200)
