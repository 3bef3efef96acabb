"""Files, URLs and texts that were uploaded: the list, their stages, and one of them in full."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.audit import actor_of, read_audit
from accounts.models import AuditEntry
from core.paging import paginate
from dashboard.access import PageRequest, go, staff_only
from dashboard.documents.passages import CHUNKS_SHOWN
from dashboard.files.hints import hint_for
from dashboard.files.listing import (
    FILTERS,
    MOST_COUNTED,
    UNFINISHED,
    in_state,
    last_looked_at,
    named,
    tally,
    within,
    worth_trying,
)
from dashboard.files.uploads import refused_words, submit_all, taken_words
from dashboard.forms import UploadForm
from dashboard.providers.schedule_preview import preview_schedule
from dashboard.words import plural
from ingestion.actions import change_schedule_as, delete_file_as, retry_all_as, retry_as
from ingestion.errors import FileNotFound
from ingestion.models import DEFAULT_COLLECTION, Collection, File, FileState
from ingestion.processing.refetching import Refetch
from ingestion.querysets import CHUNKS, FILES, WORK
from knowledge.writing.scanner import Flag
from providers.errors import ScheduleInvalid

FILES_SHOWN, TEXT_SHOWN, ACTIVITY_SHOWN = 30, 100_000, 10
AGAIN_AT_ONCE = 1_000


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only
def files(request: PageRequest) -> HttpResponse:
    """The list under the filters of the address; POST uploads what the form holds."""
    if request.method != "POST":
        collection = request.GET.get("collection") or DEFAULT_COLLECTION
        return _page(request, UploadForm(initial={"collection": collection, "timezone": "UTC"}))
    form = UploadForm(request.POST, request.FILES)
    if form.is_valid() and (taken := submit_all(form, now=timezone.now(), actor=actor_of(request))):
        messages.success(request, taken_words(taken))
    if form.errors:  # they stand at the form, far below
        messages.warning(request, refused_words(form))
    return _page(request, form) if form.errors else go(request, "files")


@require_safe
@staff_only
def files_live(request: PageRequest) -> HttpResponse:
    return render(request, "dashboard/_files_live.html", _listed(request))


@require_POST
@staff_only
def files_retry(request: PageRequest) -> HttpResponse:
    """Those of the address's collection, flag and job that failed for a reason that may have passed, oldest first."""
    asked = _asked(request)
    few = worth_trying(within(asked)).order_by("created_at").values("pk")[:AGAIN_AT_ONCE]
    begun = retry_all_as(File.objects.filter(pk__in=few), now=timezone.now(), actor=actor_of(request))
    if begun:
        messages.success(request, f"{plural(begun, 'file')} {'is' if begun == 1 else 'are'} tried again.")
    else:
        messages.warning(request, "There is nothing left to try again.")
    return go(request, f"{reverse('files')}?{_query(asked)}".rstrip("?"))


@require_safe
@staff_only
def refetch_words(request: PageRequest) -> HttpResponse:
    """The schedule of a URL as it is typed, in words."""
    typed = Refetch(schedule=request.GET.get("fetch_schedule", ""), timezone=request.GET.get("timezone") or "UTC")
    return render(request, "dashboard/_refetch_words.html", _in_words(typed))


@require_safe
@staff_only
def file(request: PageRequest, file_id: UUID) -> HttpResponse:
    return render(request, "dashboard/file.html", _inspected(request, _the_one(file_id)))


@require_safe
@staff_only
def file_live(request: PageRequest, file_id: UUID) -> HttpResponse:
    """The stages; once it has arrived, the page is loaded anew for its chunks."""
    found = _the_one(file_id)
    answer = render(request, "dashboard/_file_live.html", _staged(found))
    if found.state not in WORK:
        answer["HX-Refresh"] = "true"
    return answer


@require_POST
@staff_only
def file_retry(request: PageRequest, file_id: UUID) -> HttpResponse:
    if retry_as(_the_one(file_id), now=timezone.now(), actor=actor_of(request)):
        messages.success(request, "It is tried again.")
    else:
        messages.warning(request, "There is nothing to try again: it is at work, deleted, or was submitted anew.")
    return go(request, "file", file_id=file_id)


@require_POST
@staff_only
def file_schedule(request: PageRequest, file_id: UUID) -> HttpResponse:
    schedule, zone = (request.POST.get(name, "").strip() for name in ("fetch_schedule", "timezone"))
    again, found = Refetch(schedule=schedule, timezone=zone or "UTC"), _the_one(file_id)
    try:
        change_schedule_as(found, again, now=timezone.now(), actor=actor_of(request))
    except ScheduleInvalid as error:
        shown = _inspected(request, found) | _in_words(again) | {"schedule_error": error.detail, "typed": again}
        return render(request, "dashboard/file.html", shown, status=422)
    messages.success(request, "It is fetched again as you say." if schedule else "It is not fetched again.")
    return go(request, "file", file_id=file_id)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only
def file_delete(request: PageRequest, file_id: UUID) -> HttpResponse:
    """Asks for a reason; the documents go to the trash, the row stays with it."""
    found, reason = _the_one(file_id), request.POST.get("reason", "").replace("\0", "").strip()[:500]
    if request.method != "POST" or not reason:
        asked = {"file": found, "missing": request.method == "POST", "trash_days": settings.TRASH_DAYS}
        return render(request, "dashboard/file_delete.html", asked, status=422 if asked["missing"] else 200)
    removed = delete_file_as(found, reason=reason, now=timezone.now(), actor=actor_of(request))
    messages.success(request, f"{found.shown_name} is deleted; {plural(removed, 'document')} went to the trash.")
    return go(request, "files")


def _the_one(file_id: UUID) -> File:
    found: File | None = File.objects.select_related("collection").filter(pk=file_id).first()
    if found is None:
        raise FileNotFound("Document not found")
    return found


def _page(request: PageRequest, form: UploadForm) -> HttpResponse:
    context = _listed(request) | {"form": form, "flags": list(Flag)}
    context["states"] = [(UNFINISHED, "On their way"), *FileState.choices]
    context["collections"] = list(Collection.objects.values_list("name", flat=True))
    typed = Refetch(schedule=str(form["fetch_schedule"].value() or ""), timezone=form["timezone"].value() or "UTC")
    return render(request, "dashboard/files.html", context | _in_words(typed), status=422 if form.errors else 200)


def _asked(request: PageRequest) -> dict[str, str]:
    return {name: request.GET.get(name, "").replace("\0", "") for name in FILTERS}


def _query(asked: dict[str, str]) -> str:
    query = QueryDict(mutable=True)
    query.update({name: value for name, value in asked.items() if value})
    return query.urlencode()


def _listed(request: PageRequest) -> dict[str, Any]:
    asked, cursor = _asked(request), request.GET.get("cursor", "")
    found = within(asked)
    counted = tally(found)
    until = last_looked_at(found) if asked["name"] else None
    listed = named(found, asked["name"], since=until) if asked["name"] else found
    shown = in_state(listed, asked["state"])
    return {
        "now": timezone.now(),
        "page": paginate(shown.without_text(), by=FILES, cursor=cursor, limit=FILES_SHOWN),
        "asked": asked,
        "cursor": cursor,
        "query": _query(asked | {"cursor": cursor}),
        "scope": _query(asked | {"state": "", "name": ""}),
        "until": until,
        "filtered": any(asked.values()),
        "tally": counted,
        "most": MOST_COUNTED,
        "moves": counted.unfinished > 0,
    }


def _in_words(again: Refetch) -> dict[str, Any]:
    return {"preview": preview_schedule(again.schedule, again.timezone, now=timezone.now())}


def _staged(found: File) -> dict[str, Any]:
    way = [
        FileState.QUEUED,
        FileState.EXTRACTING,
        FileState.CHUNKING,
        FileState.EMBEDDING,
        FileState.INDEXING,
        FileState.DONE,
    ]
    at = way.index(FileState(found.state)) if found.state in way else -1
    stages = [(stage, "now" if index == at else "past" if index < at else "") for index, stage in enumerate(way)]
    return {
        "now": timezone.now(),
        "file": found,
        "state": FileState(found.state),
        "stages": stages if found.state in way else [],
        "moves": found.state in WORK,
        "hint": hint_for(found.error_code),
    }


def _inspected(request: PageRequest, found: File) -> dict[str, Any]:
    after = request.GET.get("after", "")
    first = int(after) if after.isascii() and after.isdigit() and len(after) < 9 else 0
    page = paginate(found.chunks.filter(index__gte=first), by=CHUNKS, limit=CHUNKS_SHOWN)
    typed = Refetch(schedule=found.fetch_schedule, timezone=found.timezone)
    return (
        _staged(found)
        | _in_words(typed)
        | {
            "chunks": [(chunk, found.text[chunk.start : chunk.end]) for chunk in page.rows],
            "next": page.rows[-1].index + 1 if page.next else None,
            "first": first,
            "text": found.text[:TEXT_SHOWN],
            "text_cut": len(found.text) > TEXT_SHOWN,
            "flags": [flag for flag in Flag if flag in found.flags],
            "typed": typed,
            "activity": read_audit(AuditEntry.objects.matching(object=str(found.pk)), cursor="", limit=ACTIVITY_SHOWN),
        }
    )
