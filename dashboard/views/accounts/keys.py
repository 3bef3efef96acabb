"""Access keys: listed, made and revoked. A key's text is in the one answer that made it, and nowhere else."""

from datetime import timedelta
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.audit import actor_of
from accounts.errors import KeyInvalid
from accounts.keys import create_key, get_key, get_owner, get_stage, revoke_key
from accounts.models import AccessKey
from accounts.querysets import ACCESS_KEYS
from core.paging import paginate
from dashboard.access import PageRequest, go, staff_only
from dashboard.forms import KeyForm

KEYS_SHOWN = 50


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only
def keys(request: PageRequest) -> HttpResponse:
    """Page by page, those that match `q`; `after` a page's end the next one.

    Makes one on POST and shows its text, which a redirect could not carry without keeping it.
    """
    if request.method != "POST":
        return _page(request, KeyForm(initial={name: request.GET.get(name) for name in ("name", "role", "source")}))
    form = KeyForm(request.POST)
    if form.is_valid():
        given = form.cleaned_data
        expires_at = timezone.now() + timedelta(days=given["days"]) if given["days"] else None
        try:
            key, raw = create_key(
                given["name"],
                role=given["role"],
                source=given["source"],
                stage=get_stage(given["stage"]),
                narrowing=form.narrowing,
                owner=get_owner(given["owner"]),
                expires_at=expires_at,
                actor=actor_of(request),
            )
        except KeyInvalid as error:
            form.add_error(error.extra["field"], error.detail)
        else:
            return _page(request, KeyForm(), made=key, raw=raw)
    return _page(request, form)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only
def key_revoke(request: PageRequest, key_id: UUID) -> HttpResponse:
    """Asks on GET, for those without JavaScript; revokes on POST."""
    found, now = get_key(key_id), timezone.now()
    if request.method != "POST":
        return render(request, "dashboard/key_revoke.html", {"key": found, "now": now})
    if revoke_key(found, now=now, actor=actor_of(request)):
        messages.success(request, f"{found.name} is revoked; it is refused from now on.")
    return go(request, "keys")


def _page(request: PageRequest, form: KeyForm, *, made: AccessKey | None = None, raw: str = "") -> HttpResponse:
    now = timezone.now()
    q = request.GET.get("q", "").replace("\0", "")
    rows = AccessKey.objects.select_related("stage", "owner").matching(q)
    page = paginate(rows, by=ACCESS_KEYS, cursor=request.GET.get("after"), limit=KEYS_SHOWN)
    context = {
        "q": q,
        "now": now,
        "form": form,
        "made": made,
        "raw": raw,
        "keys": [(key, key.state(now)) for key in page.rows],
        "next": page.next,
    }
    return render(request, "dashboard/keys.html", context, status=422 if form.errors else 200)
