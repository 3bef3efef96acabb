"""What admins do by hand to files and collections, each with its entry in the audit."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.audit import Actor, changed, record
from ingestion.collections.collections import create_collection, delete_collection, update_collection
from ingestion.models import Collection, File
from ingestion.processing.refetching import Refetch, fetch_again, schedule_fetches
from ingestion.processing.retry import retry_file
from ingestion.querysets import FileQuerySet
from ingestion.uploads.submit import Submission, delete_file

FACTS = ("description", "splitter", "days_to_live", "keep_bytes")


def note_submitted(submission: Submission, *, now: datetime, actor: Actor) -> None:
    """What was there already leaves no entry: nothing was done."""
    if not submission.deduplicated:
        after = {"collection": submission.file.collection_id, "name": submission.file.shown_name}
        record(actor, "filing.create", str(submission.file.pk), now=now, after=after)


def delete_file_as(file: File, *, reason: str, now: datetime, actor: Actor) -> int:
    """How many documents went to the trash."""
    with transaction.atomic():
        removed = delete_file(file.pk, reason=reason, now=now, actor=actor.name)
        record(actor, "filing.delete", str(file.pk), now=now, after={"reason": reason, "documents": removed})
    return removed


def retry_as(file: File, *, now: datetime, actor: Actor) -> bool:
    """A failed one from where it stands, a URL that is done from its address; False where there is nothing to try."""
    begin: Callable[..., bool] = retry_file if file.state == "failed" else fetch_again
    with transaction.atomic():
        begun = begin(file, now=now)
        if begun:
            record(actor, "filing.retry", str(file.pk), now=now)
    return begun


def retry_all_as(files: FileQuerySet, *, now: datetime, actor: Actor) -> int:
    """Those that failed; how many. One entry a file, as when each is tried again on its own."""
    return sum(retry_as(file, now=now, actor=actor) for file in files.filter(state="failed").without_text())


def change_schedule_as(file: File, again: Refetch, *, now: datetime, actor: Actor) -> None:
    """Raises ScheduleInvalid."""
    was = {"fetch_schedule": file.fetch_schedule, "timezone": file.timezone}
    with transaction.atomic():
        schedule_fetches(file, again, now=now)
        before, after = changed(was, {"fetch_schedule": again.schedule, "timezone": again.timezone})
        if after:
            record(actor, "filing.update", str(file.pk), now=now, before=before, after=after)


def create_collection_as(name: str, *, now: datetime, actor: Actor, **given: Any) -> Collection:
    """`given`: what FACTS names. Raises CollectionExists, FileRefused."""
    with transaction.atomic():
        made = create_collection(name, now=now, description=given["description"], metadata=_metadata({}, given))
        record(actor, "collection.create", name, now=now, after=_facts(made))
    return made


def update_collection_as(collection: Collection, given: Mapping[str, Any], *, now: datetime, actor: Actor) -> None:
    """What is in it stays as it is: a splitter or a time to live counts from now on. Raises FileRefused."""
    was = _facts(collection)
    with transaction.atomic():
        metadata = _metadata(collection.metadata, given)
        update_collection(collection, now=now, description=given["description"], metadata=metadata)
        before, after = changed(was, _facts(collection))
        if after:
            record(actor, "collection.update", collection.pk, now=now, before=before, after=after)


def delete_collection_as(collection: Collection, *, now: datetime, actor: Actor) -> int:
    """With all that is in it; how many documents went to the trash."""
    name, before = collection.name, _facts(collection)
    removed = delete_collection(collection, now=now, actor=actor.name)
    record(actor, "collection.delete", name, now=now, before=before, after={"documents": removed})
    return removed


def _facts(collection: Collection) -> dict[str, Any]:
    return {name: getattr(collection, name) for name in FACTS}


def _metadata(kept: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """A collection's own, with its splitter and its time to live as clients read and set them there."""
    told = {
        "splitter": str(given["splitter"]),
        "days_to_live": given["days_to_live"],
        "keep_bytes": given.get("keep_bytes") or None,
    }
    others = {name: value for name, value in kept.items() if name not in told}
    return others | {name: value for name, value in told.items() if value is not None}
