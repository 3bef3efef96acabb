"""Filings in a state that they would otherwise have to reach."""

from typing import Any

from django.utils import timezone

from ingestion.collections.collections import default_collection
from ingestion.models import Collection, Filing, State
from ingestion.uploads.submit import Label, hand_in_text


def made(title: str, *, state: State = State.DONE, collection: Collection | None = None, **fields: Any) -> Filing:
    now = timezone.now()
    filing = hand_in_text(
        title, collection=collection or default_collection(now=now), label=Label(title=title), now=now
    )
    Filing.objects.filter(pk=filing.filing.pk).update(state=state, **fields)
    return filing.filing


def failed(title: str, code: str, **fields: Any) -> Filing:
    return made(title, state=State.FAILED, error_code=code, error="It failed.", **fields)
