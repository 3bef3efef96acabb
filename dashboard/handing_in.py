"""From the form to the verbs: each file, the URL and the text, each refused or taken on its own."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import partial

from django.core.files.uploadedfile import UploadedFile

from dashboard.forms import FilingForm
from filing.collections import default_collection, get_collection
from filing.errors import FilingRefused
from filing.handing_in import Handed, Label, check_size, hand_in_file, hand_in_text, hand_in_url
from filing.kinds import Claim, recognise
from filing.models import DEFAULT_COLLECTION, Collection
from filing.steering import note_handed_in
from knowledge.audit import Actor
from knowledge.errors import LarderError


def hand_in_all(form: FilingForm, *, now: datetime, actor: Actor) -> bool:
    """Whether all of it was taken; what was not stands beside its field, what was taken stays."""
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
    for field, prefix, hand_in in wanted:
        try:
            note_handed_in(hand_in(), now=now, actor=actor)
        except LarderError as error:
            form.add_error(field, prefix + error.detail)
    return form.is_valid()


def _collection(name: str, *, now: datetime) -> Collection:
    return default_collection(now=now) if name == DEFAULT_COLLECTION else get_collection(name)


def _hand_in_file(file: UploadedFile, collection: Collection, label: Label, now: datetime) -> Handed:
    """What cannot be read is refused before it is kept; the size before the body is read into memory."""
    check_size(file.size or 0)
    body, name = file.read(), file.name or "file"
    if not body:
        raise FilingRefused("It is empty.")
    recognise(body, Claim(content_type=file.content_type or "", name=name))
    told = replace(label, title="", content_type=file.content_type or "")
    return hand_in_file(body, name=name, collection=collection, label=told, now=now)
