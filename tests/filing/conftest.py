"""What the tests of filing share with those of the store, and a worker's turn."""

from collections.abc import Callable
from datetime import datetime

import pytest
from django.utils import timezone

from filing.collections import default_collection
from filing.lifecycle import file_next
from filing.models import Collection, Filing
from knowledge.embedding import Space


@pytest.fixture
def collection(space: Space, now: datetime) -> Collection:
    return default_collection(now=now)


@pytest.fixture
def file_all(space: Space) -> Callable[[], None]:
    """Let a worker file everything that waits now."""

    def run() -> None:
        while file_next(now=timezone.now()):
            pass

    return run


def fresh(filing: Filing) -> Filing:
    return Filing.objects.get(pk=filing.pk)
