"""From the form to the verbs: each file, the URL and the text, each refused or taken on its own."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

from django.core.files.uploadedfile import UploadedFile

from accounts.audit import Actor
from core.errors import LarderError
from dashboard.forms import FilingForm
from ingestion.actions import note_handed_in
from ingestion.collections.collections import default_collection, get_collection
from ingestion.errors import FilingRefused
from ingestion.kinds import Claim, recognise
from ingestion.models import DEFAULT_COLLECTION, Collection
from ingestion.uploads.submit import (
    Handed,
    Label,
    check_size,
    hand_in_file,
    hand_in_text,
    hand_in_url,
)


def hand_in_all(form: FilingForm, *, now: datetime, actor: Actor) -> list[Handed]:
    """What was taken; what was not stands beside its field."""
    given = form.cleaned_data
    collection = _collection(given["collection"], now=now)
    label = Label(title=given["title"], tags=given["tags"], actor=actor.name)
    wanted: list[tuple[str, str, Callable[[], Handed]]] = [
        ("file", f"{each.name}: ", partial(_hand_in_file, each, collection, label, now)) for each in given["file"]
    ]
    if given["url"]:
        untitled = replace(label, title="") if given["text"].strip() else label
        take = partial(hand_in_url, given["url"], collection=collection, label=untitled, now=now, again=form.refetch)
        wanted.append(("fetch_schedule", "", take))
    if given["text"].strip():
        wanted.append(("text", "", partial(hand_in_text, given["text"], collection=collection, label=label, now=now)))
    taken = []
    for field, prefix, hand_in in wanted:
        try:
            handed = hand_in()
            note_handed_in(handed, now=now, actor=actor)
            taken.append(handed)
        except LarderError as error:
            form.add_error(field, prefix + error.detail)
    return taken


def taken_words(taken: Sequence[Handed]) -> str:
    """What a person looks for in the list, and what is not new in it."""
    known = [each.name or each.filing.shown_name for each in taken if each.deduplicated]
    new = "Handed in. What comes of it shows below by itself." if len(known) < len(taken) else ""
    there = f"Handed in before, under the same tags, and not again: {', '.join(known)}." if known else ""
    return f"{new} {there}".strip()


def _collection(name: str, *, now: datetime) -> Collection:
    return default_collection(now=now) if name == DEFAULT_COLLECTION else get_collection(name)


def _hand_in_file(file: "UploadedFile[bytes]", collection: Collection, label: Label, now: datetime) -> Handed:
    """What cannot be read is refused before it is kept; the size before the body is read into memory."""
    check_size(file.size or 0)
    body, name = file.read(), file.name or "file"
    if not body:
        raise FilingRefused("It is empty.")
    recognise(body, Claim(content_type=file.content_type or "", name=name))
    told = replace(label, title="", content_type=file.content_type or "")
    return hand_in_file(body, name=name, collection=collection, label=told, now=now)
