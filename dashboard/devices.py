"""Browsers that somebody has signed in with before: what others try at that name does not keep them out.

A cookie that only Larder can write says who it was. It opens nothing: it stands for an allowance of attempts of its
own, so that whoever steals one can guess no more often than anybody else.

See docs/decisions/0087.
"""

import secrets

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from accounts.sign_in_limits import plain_name

COOKIE = "larder_device"
REMEMBERED_S = 180 * 86_400
SALT = "larder.device"


def device_of(request: HttpRequest, name: str) -> str:
    """The device's number, if this very name signed in with it; else ""."""
    try:
        of, device = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=REMEMBERED_S)
    except (signing.BadSignature, ValueError, TypeError):
        return ""
    return device if of == plain_name(name) else ""


def remember_device(response: HttpResponse, name: str) -> None:
    """Sent to the sign-in page only."""
    response.set_cookie(
        COOKIE,
        signing.dumps([plain_name(name), secrets.token_hex(16)], salt=SALT),
        max_age=REMEMBERED_S,
        path=reverse("login"),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
