"""Files in a state that they would otherwise have to reach."""

from typing import Any

from django.utils import timezone

from ingestion.collections.collections import default_collection
from ingestion.models import Collection, File, FileState
from ingestion.uploads.submit import Label, submit_text


def made(title: str, *, state: FileState = FileState.DONE, collection: Collection | None = None, **fields: Any) -> File:
    now = timezone.now()
    file = submit_text(title, collection=collection or default_collection(now=now), label=Label(title=title), now=now)
    File.objects.filter(pk=file.file.pk).update(state=state, **fields)
    return file.file


def failed(title: str, code: str, **fields: Any) -> File:
    return made(title, state=FileState.FAILED, error_code=code, error="It failed.", **fields)
