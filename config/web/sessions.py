"""Where somebody is signed in: noted for each page, ended when nobody has used it for long. See docs/decisions/0194."""

from collections.abc import Callable
from datetime import datetime
from typing import cast

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from accounts.audit import client_address
from accounts.models import User
from accounts.users import note_session

POLLING = ("-live", "-row")
"""How the names of addresses end that a page asks by itself: nobody need be sitting there."""

SEEN = "seen"
"""In the session: its own key and when somebody used it, in seconds, so that most requests ask for nothing more."""
SEEN_EVERY_S = 60


class LoginSessionMiddleware:
    """Only who shows a session's cookie is looked at, so programs with keys cost nothing."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *view: object) -> None:
        if settings.SESSION_COOKIE_NAME not in request.COOKIES or not request.user.is_authenticated:
            return
        now, (of, seen_s) = timezone.now(), request.session.get(SEEN, ("", 0))
        known = of == request.session.session_key  # a new password gives the session another key
        idle_s = now.timestamp() - seen_s
        if known and idle_s > settings.SESSION_IDLE_S:
            logout(request)
        elif not known or (idle_s > SEEN_EVERY_S and not _polls(request)):
            _note(request, now=now)


def _polls(request: HttpRequest) -> bool:
    match = request.resolver_match
    return bool(match and match.url_name and match.url_name.endswith(POLLING))


def _note(request: HttpRequest, *, now: datetime) -> None:
    key, address = request.session.session_key or "", client_address(request)
    request.session[SEEN] = (key, now.timestamp())
    note_session(
        key, user=cast(User, request.user), address=address, browser=request.headers.get("User-Agent", ""), now=now
    )
