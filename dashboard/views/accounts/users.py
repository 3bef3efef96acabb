"""Users: listed, made, and one by one given a role, a new password, or switched off."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.audit import actor_of
from accounts.models import User
from accounts.users import (
    UserRole,
    change_role,
    create_user,
    reset_password,
    role_of,
    switch_user,
)
from core.paging import Keyset, paginate
from dashboard.access import PageRequest, go, staff_only
from dashboard.forms import UserForm

USERS_SHOWN = 100
BY_NAME = Keyset(name="users", by=("username",))


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only
def users(request: PageRequest) -> HttpResponse:
    """All users; makes one on POST and shows the password, which a redirect could not carry without keeping it."""
    if request.method != "POST":
        return _page(request, UserForm(initial={"role": UserRole.VIEWER}))
    form = UserForm(request.POST)
    if form.is_valid():
        given = form.cleaned_data
        try:
            made, password = create_user(
                given["name"],
                role=UserRole(given["role"]),
                email=given["email"],
                actor=actor_of(request),
                now=timezone.now(),
            )
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return _page(request, UserForm(initial={"role": UserRole.VIEWER}), made=made, password=password)
    return _page(request, form)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only
def user(request: PageRequest, user_id: int) -> HttpResponse:
    """`do` says what: role, deactivate, activate or password."""
    found = get_object_or_404(User, pk=user_id)
    if request.method != "POST":
        return _user_page(request, found)
    try:
        password = _do(request, found)
    except ValidationError as error:
        return _user_page(request, found, refused=error.messages[0])
    return _user_page(request, found, password=password) if password else go(request, "user", user_id=user_id)


def _do(request: PageRequest, found: User) -> str:
    """The new password where one was asked for, else ""."""
    who: dict[str, Any] = {"by": request.user, "actor": actor_of(request), "now": timezone.now()}
    match request.POST.get("do"):
        case "role" if (role := request.POST.get("role")) in UserRole.values:
            change_role(found.pk, role=UserRole(role), **who)
            messages.success(
                request, f"{found.username} is {'an admin' if role == UserRole.ADMIN else 'a viewer'} now."
            )
        case "deactivate":
            switch_user(found.pk, active=False, **who)
            messages.success(request, f"{found.username} is signed out everywhere and cannot sign in.")
        case "activate":
            switch_user(found.pk, active=True, **who)
            messages.success(request, f"{found.username} may sign in again.")
        case "password":
            return reset_password(found.pk, **who)
        case _:
            raise ValidationError("Say what to do: give a role, a new password, or switch the user off or on.")
    return ""


def _page(request: PageRequest, form: UserForm, *, made: User | None = None, password: str = "") -> HttpResponse:
    page = paginate(User.objects.all(), by=BY_NAME, cursor=request.GET.get("after", ""), limit=USERS_SHOWN)
    context = {
        "now": timezone.now(),
        "form": form,
        "made": made,
        "password": password,
        "users": [(each, role_of(each)) for each in page.rows],
        "next": page.next,
        "after": page.position.values[0] if page.position else "",
    }
    return render(request, "dashboard/users.html", context, status=422 if form.errors else 200)


def _user_page(request: PageRequest, found: User, *, refused: str = "", password: str = "") -> HttpResponse:
    context = {
        "now": timezone.now(),
        "found": found,
        "role": role_of(found),
        "roles": UserRole.choices,
        "oneself": found.pk == request.user.pk,
        "refused": refused,
        "password": password,
    }
    return render(request, "dashboard/user.html", context, status=422 if refused else 200)
