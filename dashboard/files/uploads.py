"""From the form to the verbs: each file, the URL and the text, each refused or taken on its own."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

from django.core.files.uploadedfile import UploadedFile

from accounts.audit import Actor
from core.errors import LarderError
from dashboard.forms import UploadForm
from ingestion.actions import note_submitted
from ingestion.collections.collections import default_collection, get_collection
from ingestion.errors import FileRefused
from ingestion.kinds import DeclaredType, recognise
from ingestion.models import DEFAULT_COLLECTION, Collection
from ingestion.processing.recognition import reads_pictures
from ingestion.uploads.submit import (
    Label,
    Submission,
    check_size,
    submit_file,
    submit_text,
    submit_url,
)


def submit_all(form: UploadForm, *, now: datetime, actor: Actor) -> list[Submission]:
    """What was taken; what was not stands beside its field."""
    given = form.cleaned_data
    collection = _collection(given["collection"], now=now)
    label = Label(title=given["title"], tags=given["tags"], actor=actor.name)
    wanted: list[tuple[str, str, Callable[[], Submission]]] = [
        ("file", f"{each.name}: ", partial(_submit_file, each, collection, label, now)) for each in given["file"]
    ]
    if given["url"]:
        untitled = replace(label, title="") if given["text"].strip() else label
        take = partial(submit_url, given["url"], collection=collection, label=untitled, now=now, again=form.refetch)
        wanted.append(("fetch_schedule", "", take))
    if given["text"].strip():
        wanted.append(("text", "", partial(submit_text, given["text"], collection=collection, label=label, now=now)))
    taken = []
    for field, prefix, submit in wanted:
        try:
            submission = submit()
            note_submitted(submission, now=now, actor=actor)
            taken.append(submission)
        except LarderError as error:
            form.add_error(field, prefix + error.detail)
    return taken


def taken_words(taken: Sequence[Submission]) -> str:
    """What a person looks for in the list, and what is not new in it."""
    known = [each.name or each.file.shown_name for each in taken if each.deduplicated]
    new = "Uploaded. What comes of it shows below by itself." if len(known) < len(taken) else ""
    there = f"Uploaded before, under the same tags, and not again: {', '.join(known)}." if known else ""
    return f"{new} {there}".strip()


def refused_words(form: UploadForm) -> str:
    told = [str(sentence) for sentences in form.errors.values() for sentence in sentences]
    return f"Not uploaded: {' '.join(told)}"


def _collection(name: str, *, now: datetime) -> Collection:
    return default_collection(now=now) if name == DEFAULT_COLLECTION else get_collection(name)


def _submit_file(file: "UploadedFile[bytes]", collection: Collection, label: Label, now: datetime) -> Submission:
    """What cannot be read is refused before it is kept; the size before the body is read into memory."""
    check_size(file.size or 0)
    body, name = file.read(), file.name or "file"
    if not body:
        raise FileRefused("It is empty.")
    recognise(body, DeclaredType(content_type=file.content_type or "", name=name), pictures=reads_pictures())
    told = replace(label, title="", content_type=file.content_type or "")
    return submit_file(body, name=name, collection=collection, label=told, now=now)
