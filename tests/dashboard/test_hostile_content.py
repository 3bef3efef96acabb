"""Whatever providers, documents and errors hold, pages show it as text."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone

from dashboard.documents.highlight import show_best
from knowledge.models import Change, Document
from knowledge.run_counts import Counts
from providers.models import Provider, SyncRun
from tests.dashboard.hostile import EVERYTHING, HOSTILE, assert_is_text, assert_nothing_got_out


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
