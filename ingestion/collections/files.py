"""A collection's files as people know them: by name. The same bytes that came by two names are one file with both."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from ingestion.models import Collection, File, FileState
from ingestion.processing.chunks import kept_chunks
from ingestion.processing.indexing import Embedded, index_chunks
from ingestion.querysets import WORK, FileQuerySet
from ingestion.uploads.submit import delete_file
from knowledge.embedding.vector_space import active_space

DELETED = "deleted from its collection"


@dataclass(frozen=True, kw_only=True)
class NamedFile:
    """A file under one of its names."""

    file: File
    name: str

    @property
    def error(self) -> str:
        """Of the file, by this name of it."""
        known_by = self.file.shown_name
        told = self.file.error
        return f"{self.name}{told.removeprefix(known_by)}" if told.startswith(known_by) else told


def names_of(file: File) -> list[str]:
    """Its own name first; what came without one has its title's or its address's."""
    return [file.file_name or file.shown_name, *file.other_names]


def files_of(collection: Collection) -> Iterator[NamedFile]:
    """Newest first, one for each name, without texts."""
    for file in _kept(collection).newest_first().without_text().iterator(chunk_size=1_000):
        yield from (NamedFile(file=file, name=name) for name in names_of(file))


def delete_by_id(collection: Collection, file_id: UUID, *, actor: str) -> int:
    """Delete a file with all its names; how many files that were, 0 where there is none of this id."""
    found = _kept(collection).filter(pk=file_id).without_text().first()
    if found is None:
        return 0
    delete_file(found.pk, reason=DELETED, now=timezone.now(), actor=actor)
    return len(names_of(found))


def delete_by_name(collection: Collection, name: str, *, actor: str) -> int:
    """Delete the files that bear a name; how many. A file that has another name keeps that, and is cited by it."""
    named = Q(file_name=name) | Q(file_name="", title=name) | Q(file_name="", title="", url=name)
    found = _kept(collection).filter(named | Q(other_names__contains=[name])).values_list("pk", flat=True)
    for file_id in (ids := list(found)):
        _drop_name(file_id, name, now=timezone.now(), actor=actor)
    return len(ids)


def _kept(collection: Collection) -> FileQuerySet:
    kept: FileQuerySet = collection.files.exclude(state=FileState.DELETED)
    return kept


@transaction.atomic
def _drop_name(file_id: UUID, name: str, *, now: datetime, actor: str) -> None:
    file = File.objects.select_for_update(of=("self",)).select_related("collection").get(pk=file_id)
    others = [each for each in file.other_names if each != name]
    if len(others) < len(file.other_names):
        File.objects.filter(pk=file_id).update(other_names=others)
    elif others:
        _rename(file, others, now=now)
    else:
        delete_file(file_id, reason=DELETED, now=now, actor=actor)


def _rename(file: File, names: Sequence[str], *, now: datetime) -> None:
    """What is done is cited by its new name at once; whoever works on it now has to begin this stage anew."""
    file.file_name, file.other_names = names[0], list(names[1:])
    if file.state in WORK:
        file.lease_id, file.lease_until = None, None
    file.save(update_fields=["file_name", "other_names", "lease_id", "lease_until"])
    if file.state == FileState.DONE:
        index_chunks([file], kept_chunks([file]), Embedded(space=active_space(now=now), vectors={}), now=now)
