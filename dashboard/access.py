"""Who may see the pages, and who may act on them: viewers (staff) look at everything, admins (superusers) change it."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render, resolve_url
from django.utils.cache import add_never_cache_headers
from django.utils.functional import SimpleLazyObject
from django_htmx.http import HttpResponseClientRedirect
from django_htmx.middleware import HtmxDetails

from accounts.access import SAFE_METHODS, may_change
from accounts.errors import KeyNotFound
from core.errors import CursorInvalid
from ingestion.errors import CollectionNotFound, FileNotFound
from memory.errors import ContextNotFound
from providers.errors import ChannelNotFound, ProviderNotFound, RunNotFound

NOT_FOUND = (
    *(ChannelNotFound, CollectionNotFound, FileNotFound, KeyNotFound, ProviderNotFound, RunNotFound),
    ContextNotFound,
    CursorInvalid,
)
VIEWERS_LOOK = "You are signed in as a viewer: you may look at everything and change nothing."
P = ParamSpec("P")
View = Callable[Concatenate[Any, P], HttpResponseBase]


class PageRequest(HttpRequest):
    """What the middlewares make of a request; `htmx` is false where a browser asks for a whole page."""

    htmx: HtmxDetails


def staff_only(view: View[P]) -> View[P]:
    """Who is anonymous signs in and comes back; others than staff get 403, and so do viewers who would act.

    What a verb cannot find is 404.

    Nothing is kept by browsers: one address may answer with a page or with a part of it, and to staff alone.
    """
    return _guarded(view, viewers_act=False)


def on_oneself(view: View[P]) -> View[P]:
    """As `staff_only`, for what people change about nobody but themselves: viewers may act."""
    return _guarded(view, viewers_act=True)


def _guarded(view: View[P], *, viewers_act: bool) -> View[P]:
    @wraps(view)
    def guarded(request: PageRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return to_sign_in(request)
        if not request.user.is_staff:
            raise PermissionDenied
        if not (viewers_act or request.method in SAFE_METHODS or may_change(request.user)):
            return _refuse_viewer(request)
        try:
            response = view(request, *args, **kwargs)
        except NOT_FOUND as error:
            raise Http404 from error
        add_never_cache_headers(response)
        return response

    return guarded


def go(request: PageRequest, to: str, **named: Any) -> HttpResponse:
    """Redirect after an action, whether a form or htmx asked for it."""
    url = resolve_url(to, **named)
    return HttpResponseClientRedirect(url) if request.htmx else HttpResponseRedirect(url)


def role_context(request: HttpRequest) -> dict[str, Any]:
    """`may_change` for templates, found out where one asks: what acts is shown to admins only."""
    user = getattr(request, "user", None)
    return {"may_change": SimpleLazyObject(lambda: user is not None and may_change(user))}


def _refuse_viewer(request: PageRequest) -> HttpResponse:
    """htmx is told to load the page anew: it then stands there without what acts, and says why."""
    if request.htmx:
        messages.warning(request, VIEWERS_LOOK)
        refusal = HttpResponse(VIEWERS_LOOK, status=403, content_type="text/plain; charset=utf-8")
        refusal["HX-Refresh"] = "true"
        return refusal
    return render(request, "403_viewer.html", {"reason": VIEWERS_LOOK}, status=403)


def to_sign_in(request: PageRequest) -> HttpResponse:
    """A fragment cannot show the sign-in form, so htmx is told to leave the page it stands on."""
    if request.htmx:
        return HttpResponseClientRedirect(redirect_to_login(request.htmx.current_url_abs_path or "/").url)
    return redirect_to_login(request.get_full_path() if request.method == "GET" else "/")
