"""A collection's files as people know them: by name. The same file that came by two names is one filing with both."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from ingestion.models import Collection, Filing, State
from ingestion.processing.chunks import kept_chunks
from ingestion.processing.indexing import Embedded, index_chunks
from ingestion.querysets import WORK, FilingQuerySet
from ingestion.uploads.submit import take_back
from knowledge.embedding.vector_space import active_space

DELETED = "deleted from its collection"


@dataclass(frozen=True, kw_only=True)
class File:
    """A filing under one of its names."""

    filing: Filing
    name: str


def names_of(filing: Filing) -> list[str]:
    """Its own name first; what came without one has its title's or its address's."""
    return [filing.file_name or filing.shown_name, *filing.other_names]


def files_of(collection: Collection) -> Iterator[File]:
    """Newest first, one for each name, without texts."""
    for filing in _kept(collection).newest_first().without_text().iterator(chunk_size=1_000):
        yield from (File(filing=filing, name=name) for name in names_of(filing))


def delete_filing_files(collection: Collection, filing_id: UUID, *, actor: str) -> int:
    """Delete a filing with all its names; how many files that were, 0 where there is none of this id."""
    found = _kept(collection).filter(pk=filing_id).without_text().first()
    if found is None:
        return 0
    take_back(found.pk, reason=DELETED, now=timezone.now(), actor=actor)
    return len(names_of(found))


def delete_named_files(collection: Collection, name: str, *, actor: str) -> int:
    """Delete the files that bear a name; how many. A filing that has another name keeps that, and is cited by it."""
    named = Q(file_name=name) | Q(file_name="", title=name) | Q(file_name="", title="", url=name)
    found = _kept(collection).filter(named | Q(other_names__contains=[name])).values_list("pk", flat=True)
    for filing_id in (ids := list(found)):
        _drop_name(filing_id, name, now=timezone.now(), actor=actor)
    return len(ids)


def _kept(collection: Collection) -> FilingQuerySet:
    kept: FilingQuerySet = collection.filings.exclude(state=State.DELETED)
    return kept


@transaction.atomic
def _drop_name(filing_id: UUID, name: str, *, now: datetime, actor: str) -> None:
    filing = Filing.objects.select_for_update(of=("self",)).select_related("collection").get(pk=filing_id)
    others = [each for each in filing.other_names if each != name]
    if len(others) < len(filing.other_names):
        Filing.objects.filter(pk=filing_id).update(other_names=others)
    elif others:
        _rename(filing, others, now=now)
    else:
        take_back(filing_id, reason=DELETED, now=now, actor=actor)


def _rename(filing: Filing, names: Sequence[str], *, now: datetime) -> None:
    """What is filed is cited by its new name at once; whoever is at it now has to begin this stage anew."""
    filing.file_name, filing.other_names = names[0], list(names[1:])
    if filing.state in WORK:
        filing.claim, filing.lease_until = None, None
    filing.save(update_fields=["file_name", "other_names", "claim", "lease_until"])
    if filing.state == State.DONE:
        index_chunks([filing], kept_chunks([filing]), Embedded(space=active_space(now=now), vectors={}), now=now)
