"""What admins do by hand to filings and collections, each with its entry in the audit."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.audit import Actor, changed, record
from ingestion.collections.collections import create_collection, delete_collection, update_collection
from ingestion.models import Collection, Filing
from ingestion.processing.refetching import Refetch, fetch_again, schedule_fetches
from ingestion.processing.retry import retry_filing
from ingestion.querysets import FilingQuerySet
from ingestion.uploads.submit import Handed, take_back

FACTS = ("description", "splitter", "days_to_live")


def note_handed_in(handed: Handed, *, now: datetime, actor: Actor) -> None:
    """What was there already leaves no entry: nothing was done."""
    if not handed.deduplicated:
        after = {"collection": handed.filing.collection_id, "name": handed.filing.shown_name}
        record(actor, "filing.create", str(handed.filing.pk), now=now, after=after)


def remove_filing(filing: Filing, *, reason: str, now: datetime, actor: Actor) -> int:
    """How many documents went to the trash."""
    with transaction.atomic():
        removed = take_back(filing.pk, reason=reason, now=now, actor=actor.name)
        record(actor, "filing.delete", str(filing.pk), now=now, after={"reason": reason, "documents": removed})
    return removed


def try_again(filing: Filing, *, now: datetime, actor: Actor) -> bool:
    """A failed one from where it stands, a filed URL from the address; False where there is nothing to try."""
    begin: Callable[..., bool] = retry_filing if filing.state == "failed" else fetch_again
    with transaction.atomic():
        begun = begin(filing, now=now)
        if begun:
            record(actor, "filing.retry", str(filing.pk), now=now)
    return begun


def try_all_again(filings: FilingQuerySet, *, now: datetime, actor: Actor) -> int:
    """Those that failed; how many. One entry a filing, as when each is tried again on its own."""
    return sum(try_again(filing, now=now, actor=actor) for filing in filings.filter(state="failed").without_text())


def change_schedule(filing: Filing, again: Refetch, *, now: datetime, actor: Actor) -> None:
    """Raises ScheduleInvalid."""
    was = {"fetch_schedule": filing.fetch_schedule, "timezone": filing.timezone}
    with transaction.atomic():
        schedule_fetches(filing, again, now=now)
        before, after = changed(was, {"fetch_schedule": again.schedule, "timezone": again.timezone})
        if after:
            record(actor, "filing.update", str(filing.pk), now=now, before=before, after=after)


def make_collection(name: str, *, now: datetime, actor: Actor, **given: Any) -> Collection:
    """`given`: what FACTS names. Raises CollectionExists, FilingRefused."""
    with transaction.atomic():
        made = create_collection(name, now=now, description=given["description"], metadata=_metadata({}, given))
        record(actor, "collection.create", name, now=now, after=_facts(made))
    return made


def change_collection(collection: Collection, given: Mapping[str, Any], *, now: datetime, actor: Actor) -> None:
    """What is in it stays as it was filed: a splitter or a term counts from now on. Raises FilingRefused."""
    was = _facts(collection)
    with transaction.atomic():
        metadata = _metadata(collection.metadata, given)
        update_collection(collection, now=now, description=given["description"], metadata=metadata)
        before, after = changed(was, _facts(collection))
        if after:
            record(actor, "collection.update", collection.pk, now=now, before=before, after=after)


def remove_collection(collection: Collection, *, now: datetime, actor: Actor) -> int:
    """With all that was filed in it; how many documents went to the trash."""
    name, before = collection.name, _facts(collection)
    removed = delete_collection(collection, now=now, actor=actor.name)
    record(actor, "collection.delete", name, now=now, before=before, after={"documents": removed})
    return removed


def _facts(collection: Collection) -> dict[str, Any]:
    return {name: getattr(collection, name) for name in FACTS}


def _metadata(kept: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """A collection's own, with its splitter and its term as clients read and set them there."""
    told = {"splitter": str(given["splitter"]), "days_to_live": given["days_to_live"]}
    others = {name: value for name, value in kept.items() if name not in told}
    return others | {name: value for name, value in told.items() if value is not None}
