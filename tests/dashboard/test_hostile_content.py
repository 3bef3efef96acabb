"""Whatever providers, documents and errors hold, pages show it as text."""

from collections.abc import Callable
from contextlib import suppress
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlencode

import pytest
from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import DataError, IntegrityError, OperationalError, models, transaction
from django.test import Client
from django.utils import timezone

from dashboard.documents.highlight import show_best
from knowledge.models import Change, Document
from knowledge.run_counts import Counts
from providers.models import Provider, SyncRun
from tests.dashboard.addresses import GUARDED, address_of

HOSTILE = "<script>alert('x')</script><b>&amp;\"'"


def assert_is_text(page: str) -> None:
    assert "<script>alert" not in page
    assert "<b>&amp;&quot;" not in page
    assert "&lt;script&gt;alert(&#x27;x&#x27;)&lt;/script&gt;" in page


def test_documents_show_markup_as_text_on_every_page(staff: Client, push: Callable[..., Counts]) -> None:
    push(
        {"id": HOSTILE, "content": f"apples {HOSTILE}", "metadata": {"title": HOSTILE, HOSTILE: [HOSTILE]}},
        actor=HOSTILE,
    )
    query = {"source": "wiki", "id": HOSTILE}
    for path, asked in (
        ("/knowledge/", {"text": "apples script"}),
        ("/knowledge/", {"q": HOSTILE}),
        ("/knowledge/document/", query),
        ("/knowledge/delete/", query),
    ):
        assert_is_text(staff.get(path, asked).content.decode())
    Document.objects.update(deleted_at=timezone.now(), deleted_reason=HOSTILE)
    assert_is_text(staff.get("/knowledge/trash/").content.decode())
    assert_is_text(staff.get("/knowledge/document/", query).content.decode())


def test_what_people_type_comes_back_as_text(staff: Client, push: Callable[..., Counts]) -> None:
    push("a")
    for path, asked in (
        ("/knowledge/", {"text": HOSTILE, "tags": "a", "source": HOSTILE}),
        ("/knowledge/", {"tags": HOSTILE}),
        ("/knowledge/trash/", {"q": HOSTILE}),
        ("/schedule-preview/", {"sync_schedule": f"{HOSTILE} 1 2 3 4", "timezone": "UTC"}),
    ):
        assert_is_text(staff.get(path, asked).content.decode())


def test_providers_and_runs_show_markup_as_text(
    staff: Client, provider: Callable[..., Provider], run: Callable[..., SyncRun]
) -> None:
    provider(name=HOSTILE)
    Provider.objects.update(schedule_error=HOSTILE, url=f"http://x/{HOSTILE}")
    failed = run(state="failed", error=HOSTILE, error_code=HOSTILE)
    Change.objects.create(source=HOSTILE, key=HOSTILE, kind="created", at=timezone.now(), run=failed.pk)
    for path in ("/", "/providers/", "/providers/wiki/", "/providers/wiki/edit/", f"/runs/{failed.pk}/"):
        assert_is_text(staff.get(path).content.decode())


def test_marks_are_the_only_markup_of_a_passage() -> None:
    shown = show_best("<b>apples</b> & <i>pears</i>", [(3, 9)])
    assert shown == "&lt;b&gt;<mark>apples</mark>&lt;/b&gt; &amp; &lt;i&gt;pears&lt;/i&gt;"


# --- a store full of it, on every page --------------------------------------------------------------------------------

EVERYTHING = f"{HOSTILE}{{{{ 7|add:7 }}}}{{% now 'Y' %}}\u202egnp.exe\u2066{'W' * 3_000}"
LEFT_ALONE = {"Provider.timezone", "Provider.sync_schedule", "Document.source", "Document.key"}
"""What leads to a page; and what the database takes but the store never holds, since its verbs parse it."""


class Elements(HTMLParser):
    """The names of a page's elements and attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


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


def assert_nothing_got_out(page: str) -> None:
    for tag, attributes in Elements(page).found:
        assert not [name for name in attributes if name.startswith(("on", "gnp"))], (tag, attributes)
        if tag == "script":
            assert (attributes.get("src") or "").startswith("/static/")
        for name in ("href", "src", "action", "hx-get", "hx-post"):
            assert (attributes.get(name) or "/").startswith(("/", "?", "#", "http://", "https://")), (tag, attributes)
    assert "<script>alert" not in page
    assert "<b>&amp;" not in page


@pytest.mark.usefixtures("something")
@pytest.mark.parametrize("name", GUARDED)
def test_a_store_full_of_markup_stays_text_on_every_page(staff: Client, name: str) -> None:
    path = address_of(name)
    fill_store()
    asked = urlencode({"source": "wiki", "id": "a", "q": EVERYTHING[:300], "text": EVERYTHING[:300]})
    for address in {path, f"{path.partition('?')[0]}?{asked}"}:
        answer = staff.get(address)
        assert answer.status_code in (200, 404, 405, 422, 400, 302), answer.status_code
        if "text/html" in answer["Content-Type"] and not answer.streaming:
            assert_nothing_got_out(answer.content.decode())


@pytest.mark.parametrize("asked", [{"text": "apples script"}, {"text": HOSTILE, "mode": "keyword"}, {"select": "page"}])
def test_what_is_found_in_a_store_full_of_markup_stays_text(
    staff: Client, push: Callable[..., Counts], asked: dict[str, str]
) -> None:
    push({"id": HOSTILE, "content": f"apples {EVERYTHING}", "metadata": {"title": EVERYTHING}})
    page = staff.get("/knowledge/", asked).content.decode()
    assert_nothing_got_out(page)
    assert_is_text(page)


def test_unseen_characters_of_a_name_are_spelled_out(staff: Client, push: Callable[..., Counts]) -> None:
    push({"id": "invoice\u202egnp.exe", "content": "apples"})
    page = staff.get("/knowledge/").content.decode()
    assert "invoice⟨U+202E⟩gnp.exe</a>" in page
