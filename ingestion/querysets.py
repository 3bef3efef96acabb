"""How files are asked for. Querysets narrow and order; they never write and never decide.

Their rows are Any here: models import this module, and naming them would close a circle.
"""

from datetime import datetime
from typing import Any, Self

from django.db import models
from django.db.models import Q

from core.clock import FARTHEST
from core.paging import Keyset

COLLECTIONS = Keyset(name="collections", by=("name",))
FILES = Keyset(name="files", by=("-created_at", "-id"))
CHUNKS = Keyset(name="chunks", by=("index",))
WORK = ("queued", "extracting", "chunking", "embedding", "indexing")
"""The states in which a worker has something to do."""


class FileQuerySet(models.QuerySet[Any]):
    def waiting(self, now: datetime) -> Self:
        """Those that a worker may take up: nobody has them, and their time has come."""
        free = Q(lease_until=None) | Q(lease_until__lt=now) | Q(lease_until__gt=now + FARTHEST)
        due = Q(not_before=None) | Q(not_before__lte=now) | Q(not_before__gt=now + FARTHEST)
        return self.filter(free, due, state__in=WORK)

    def at_work(self, now: datetime) -> Self:
        return self.filter(state__in=WORK, lease_until__gte=now, lease_until__lte=now + FARTHEST)

    def due_for_fetching(self, now: datetime) -> Self:
        return self.filter(state="done", next_fetch_at__lte=now).order_by("next_fetch_at")

    def tracked(self) -> Self:
        """Neither failed nor deleted."""
        return self.exclude(state__in=("failed", "deleted"))

    def newest_first(self) -> Self:
        return self.order_by(*FILES.order())

    def without_text(self) -> Self:
        """For lists: what extraction made of a file may be megabytes."""
        return self.defer("text", "parts")
