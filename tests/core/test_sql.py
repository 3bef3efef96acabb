"""Statements with settings of their own, wherever they run."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext

import pytest
from django.db import transaction

from core.sql import fetch

SHOW = "SELECT current_setting('statement_timeout'), current_setting('enable_sort')"
TUNED = {"statement_timeout": 40_000, "enable_sort": "off"}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("around", [transaction.atomic, nullcontext])
def test_settings_end_with_their_statement_also_within_a_transaction(
    around: Callable[[], AbstractContextManager[None]],
) -> None:
    before = fetch(SHOW, [])
    with around():
        assert fetch(SHOW, [], tuned=TUNED) == [("40s", "off")]
        assert fetch(SHOW, []) == before
