"""Which files the list of files shows, and how many of them are on their way or failed. See docs/decisions/0120."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from dashboard.files.hints import FINAL
from ingestion.models import File, Job
from ingestion.querysets import WORK, FileQuerySet

UNFINISHED = "unfinished"
"""What a person may ask for as if it were a state: all that are on their way."""
FILTERS = ("name", "state", "collection", "flag", "job")
MOST_COUNTED = 10_000
"""Of more, the page says that there are more."""
MOST_LOOKED = 20_000
"""Among as many of the newest a name is looked for, so that no list keeps its page waiting."""


@dataclass(frozen=True, kw_only=True)
class FileCounts:
    """Each up to one more than `MOST_COUNTED`; `again`: those of the failed for which trying again may help."""

    unfinished: int
    failed: int
    again: int


def within(asked: Mapping[str, str]) -> FileQuerySet:
    """Those of the collection, flag and job that were asked for, in whatever state; no filter leaves all."""
    found: FileQuerySet = File.objects.all()
    if asked["collection"]:
        found = found.filter(collection=asked["collection"])
    if asked["flag"]:
        found = found.filter(flags__contains=[asked["flag"]])
    if asked["job"]:
        found = found.filter(pk__in=_of_job(asked["job"]))
    return found


def in_state(files: FileQuerySet, state: str) -> FileQuerySet:
    """Deleted ones only where they are asked for."""
    if state == UNFINISHED:
        return files.filter(state__in=WORK)
    return files.filter(state=state) if state else files.exclude(state="deleted")


def last_looked_at(files: FileQuerySet) -> datetime | None:
    """Where looking for a name ends; None: with the oldest.

    Expects: a walk along file_newest or file_of_collection.
    """
    return files.newest_first().values_list("created_at", flat=True)[MOST_LOOKED - 1 : MOST_LOOKED].first()


def named(files: FileQuerySet, name: str, *, since: datetime | None) -> FileQuerySet:
    """Those whose title, file or address holds the text, whatever its case."""
    found = files.filter(created_at__gte=since) if since else files
    return found.filter(Q(title__icontains=name) | Q(file_name__icontains=name) | Q(url__icontains=name))


def worth_trying(files: FileQuerySet) -> FileQuerySet:
    """Those that failed for a reason that may have passed."""
    return files.filter(state="failed").exclude(error_code__in=FINAL)


def tally(files: FileQuerySet) -> FileCounts:
    """Expects: the index file_by_state."""
    return FileCounts(
        unfinished=_count(in_state(files, UNFINISHED)),
        failed=_count(in_state(files, "failed")),
        again=_count(worth_trying(files)),
    )


def _count(files: FileQuerySet) -> int:
    return files.order_by().values("pk")[: MOST_COUNTED + 1].count()


def _of_job(job: str) -> list[UUID]:
    try:
        return next(iter(Job.objects.filter(pk=UUID(job)).values_list("file_ids", flat=True)), [])
    except ValueError:
        return []
