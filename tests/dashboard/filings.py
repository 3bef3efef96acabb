"""Filings in a state that they would otherwise have to reach."""

from typing import Any

from django.utils import timezone

from filing.collections import default_collection
from filing.handing_in import Label, hand_in_text
from filing.models import Collection, Filing, State


def made(title: str, *, state: State = State.DONE, collection: Collection | None = None, **fields: Any) -> Filing:
    now = timezone.now()
    filing = hand_in_text(
        title, collection=collection or default_collection(now=now), label=Label(title=title), now=now
    )
    Filing.objects.filter(pk=filing.filing.pk).update(state=state, **fields)
    return filing.filing


def failed(title: str, code: str, **fields: Any) -> Filing:
    return made(title, state=State.FAILED, error_code=code, error="It failed.", **fields)
