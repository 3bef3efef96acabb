"""A store in which everything is hostile stays text on every page."""

from contextlib import suppress
from typing import Any
from urllib.parse import urlencode

import pytest
from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import DataError, IntegrityError, OperationalError, models, transaction
from django.test import Client
from pytest_django import DjangoDbBlocker

from tests.dashboard.addresses import GUARDED, address_of
from tests.dashboard.hostile import EVERYTHING, assert_nothing_got_out

LEFT_ALONE = {"Provider.timezone", "Provider.sync_schedule", "Document.source", "Document.key"}
"""What leads to a page; and what the database takes but the store never holds, since its verbs parse it."""


def fill(value: Any) -> Any:
    """The same shape with hostile text in it."""
    if isinstance(value, dict):
        return {EVERYTHING: EVERYTHING, **{name: fill(each) for name, each in value.items()}}
    return [EVERYTHING, *value] if isinstance(value, list) else EVERYTHING


def fill_store() -> None:
    """Hostile text goes into every field of every row, as far as the database takes it."""
    for model in [*apps.get_app_config("knowledge").get_models(), *apps.get_app_config("providers").get_models()]:
        for field in model._meta.concrete_fields:
            free = isinstance(field, models.TextField | models.CharField | models.JSONField | ArrayField)
            if not free or field.primary_key or field.choices or f"{model.__name__}.{field.name}" in LEFT_ALONE:
                continue
            if isinstance(field, models.CharField) and field.max_length and field.max_length < len(EVERYTHING):
                continue
            with suppress(IntegrityError, DataError, OperationalError), transaction.atomic():
                for row in model._default_manager.all():
                    filled = fill(getattr(row, field.attname))
                    model._default_manager.filter(pk=row.pk).update(**{field.attname: filled})


@pytest.fixture(scope="module")
def full_store(something: None, django_db_blocker: DjangoDbBlocker) -> None:
    """What the module's transaction holds; no test here changes it."""
    with django_db_blocker.unblock():
        fill_store()


@pytest.mark.usefixtures("full_store")
@pytest.mark.parametrize("name", GUARDED)
def test_a_store_full_of_markup_stays_text_on_every_page(staff: Client, name: str) -> None:
    path = address_of(name)
    asked = urlencode({"source": "wiki", "id": "a", "q": EVERYTHING[:300], "text": EVERYTHING[:300]})
    for address in {path, f"{path.partition('?')[0]}?{asked}"}:
        answer = staff.get(address)
        assert answer.status_code in (200, 404, 405, 422, 400, 302), answer.status_code
        if "text/html" in answer["Content-Type"] and not answer.streaming:
            assert_nothing_got_out(answer.content.decode())
