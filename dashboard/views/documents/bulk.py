"""Many documents at once, ticked on a page or all that a filter leaves: to the trash, and back."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.db.models import Q
from django.http import HttpResponse, QueryDict
from django.shortcuts import render, resolve_url
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.audit import actor_of, record
from dashboard.access import PageRequest, go, staff_only
from dashboard.documents.listing import kept_of
from dashboard.forms import FilterForm, ManyForm
from dashboard.words import plural
from knowledge.browsing.filters import Filter, Narrowed, estimate, narrow
from knowledge.browsing.lists import Order, read_documents
from knowledge.deleting.bulk import MOST_AT_ONCE, delete_matching, restore_matching
from knowledge.deleting.trash import DELETED
from knowledge.querysets import DocumentQuerySet

SHOWN = 10
MOST_TICKED = 200


@dataclass(frozen=True, kw_only=True)
class BulkAction:
    """What is done to the documents, and the words for it."""

    trashed: bool
    order: Order
    template: str
    back: str
    verb: str
    done: str
    act: Callable[[DocumentQuerySet, datetime, str, str], int]


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """`count` is exact unless `about`; `said` names them for the audit."""

    found: Narrowed
    count: int
    about: bool
    said: str


def _delete(documents: DocumentQuerySet, now: datetime, who: str, reason: str) -> int:
    said = f"{DELETED} by {who}: {reason}" if reason else f"{DELETED} by {who}"
    return delete_matching(documents, now=now, actor=who, reason=said)


def _restore(documents: DocumentQuerySet, now: datetime, who: str, reason: str) -> int:
    return restore_matching(documents, now=now, actor=who)


DELETE = BulkAction(
    trashed=False,
    order=Order.STORED,
    template="dashboard/documents_delete.html",
    back="knowledge",
    verb="document.delete",
    done="moved to the trash",
    act=_delete,
)
RESTORE = BulkAction(
    trashed=True,
    order=Order.DELETED,
    template="dashboard/documents_restore.html",
    back="trash",
    verb="document.restore",
    done="restored",
    act=_restore,
)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only
def documents_delete(request: PageRequest) -> HttpResponse:
    """Shows what would go on GET; moves it to the trash on POST."""
    return _decide(request, DELETE)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only
def documents_restore(request: PageRequest) -> HttpResponse:
    """Shows what would come back on GET; restores it on POST."""
    return _decide(request, RESTORE)


def _decide(request: PageRequest, action: BulkAction) -> HttpResponse:
    """The address names the documents. What was stored, or deleted, after the question was put is not meant by it."""
    now = timezone.now()
    chosen = _choose(request.GET, trashed=action.trashed, now=now)
    if chosen is None or not chosen.count:
        context = {"gone": chosen is not None, "back": _list_url(request.GET, action)}
        return render(
            request, "dashboard/documents_none.html", context, status=200 if request.method != "POST" else 422
        )
    form = _form(request, chosen, action, now=now)
    if request.method == "POST" and form.is_valid():
        return _act(request, action, chosen, form, now=now)
    context = {
        "now": now,
        "form": form,
        "chosen": chosen,
        "documents": read_documents(chosen.found, order=action.order, limit=SHOWN).rows,
        "more": max(chosen.count - SHOWN, 0),
        "most": MOST_AT_ONCE,
        "trash_days": settings.TRASH_DAYS,
        "back": _list_url(request.GET, action),
    }
    return render(request, action.template, context, status=422 if form.is_bound else 200)


def _choose(asked: QueryDict, *, trashed: bool, now: datetime) -> Chosen | None:
    """All that the filters leave, or the ticked rows; None where neither is named, or the filter cannot be read.

    Nor can all that hold a text be had at once: no index finds them, so nobody could say how many those are.
    """
    if "all" not in asked:
        rows = {
            int(row) for row in asked.getlist("row")[:MOST_TICKED] if row.isascii() and row.isdigit() and len(row) < 19
        }
        everything = narrow(Filter(trashed=trashed), now=now).pool
        found = Narrowed(pool=everything.filter(pk__in=rows))
        count = found.documents.count()
        return Chosen(found=found, count=count, about=False, said=plural(count, "document")) if rows else None
    form = FilterForm(asked, sources=())
    if not form.is_valid():
        return None
    wanted = form.wanted(trashed=trashed)
    if wanted.text:
        return None
    narrowed = narrow(wanted, now=now)
    about = narrowed.counted is None
    count = estimate(narrowed.documents) if narrowed.counted is None else narrowed.counted
    return Chosen(found=narrowed, count=max(count, about), about=about, said=_words(wanted))


def _form(request: PageRequest, chosen: Chosen, action: BulkAction, *, now: datetime) -> ManyForm:
    """All that match a filter need a tick, since nobody sees them all on one page."""
    sure = ""
    if "all" in request.GET:
        number = f"about {plural(chosen.count, 'document')}" if chosen.about else plural(chosen.count, "document")
        sure = f"Yes, {'restore' if action.trashed else 'delete'} {number}"
    data = request.POST if request.method == "POST" else None
    return ManyForm(data, initial={"as_of": now.isoformat()}, sure=sure, reason=not action.trashed)


def _act(request: PageRequest, action: BulkAction, chosen: Chosen, form: ManyForm, *, now: datetime) -> HttpResponse:
    given, who = form.cleaned_data, request.user.get_username()
    meant = Q(deleted_at__lte=given["as_of"]) if action.trashed else Q(stored_at__lte=given["as_of"])
    reason = given.get("reason", "")
    with transaction.atomic():
        done = action.act(chosen.found.documents.filter(meant), now, who, reason)
        after = {"documents": done} | ({"reason": reason} if reason else {})
        record(actor_of(request), action.verb, chosen.said, now=now, after=after)
    rest = " There are more of them; ask again for the next." if done >= MOST_AT_ONCE else ""
    messages.success(request, f"{plural(done, 'document')} {action.done}.{rest}")
    return go(request, _list_url(request.GET, action))


def _words(wanted: Filter) -> str:
    """ "documents of wiki with policy|hr and the words travel"."""
    parts = ["all documents" if not wanted else "documents"]
    parts += [f"of {wanted.source}"] if wanted.source else []
    parts += [f"with {wanted.tags}"] if wanted.tags else []
    parts += [f"and the words {wanted.words}"] if wanted.words else []
    return " ".join(parts)


def _list_url(asked: QueryDict, action: BulkAction) -> str:
    """Back to the list under the same filters."""
    kept = kept_of(asked)
    return resolve_url(action.back) + (f"?{urlencode(kept)}" if kept else "")
