"""Adding, editing, pausing and deleting providers; the schedule in plain words."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.test import Client
from django.utils import timezone

from core.clock import database_now
from dashboard.providers.lasting import lasting_words
from knowledge.browsing.stats import Lasting, lasting_of
from knowledge.models import Document
from knowledge.run_counts import Counts
from providers.cleanup import clean_up_sources
from providers.models import Provider, SyncRun
from providers.secrets import decrypt_secret

FIELDS = {
    "id": "wiki",
    "name": "The wiki",
    "url": "http://wiki.test:8100",
    "sync_schedule": "*/20 6-20 * * mon-fri",
    "timezone": "Europe/Riga",
    "timeout_s": "90",
    "secret": "s3cret",
    "enabled": "on",
}


def test_a_new_provider_is_saved_and_planned(staff: Client, db: None) -> None:
    answer = staff.post("/providers/new/", FIELDS)
    assert answer["Location"] == "/providers/wiki/"
    made = Provider.objects.get()
    assert (made.pk, made.name, made.sync_timeout_ms, made.timezone) == ("wiki", "The wiki", 90_000, "Europe/Riga")
    assert decrypt_secret(made.secret_encrypted) == "s3cret"
    assert made.next_run_at is not None


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("sync_schedule", "99 * * * *", "The minute is between 0 and 59, not 99."),
        ("timezone", "Mars/Olympus", "is not a time zone"),
        ("url", "ftp://wiki.test", ""),
        ("id", "Not a slug", "An id is 1 to 64"),
        ("timeout_s", "0", ""),
        ("secret", "ümlaut", "plain ASCII"),
    ],
)
def test_what_the_registry_refuses_stands_beside_the_field(
    staff: Client, db: None, field: str, value: str, sentence: str
) -> None:
    answer = staff.post("/providers/new/", {**FIELDS, field: value})
    assert answer.status_code == 422
    assert answer.context["form"].errors.keys() == {field}
    assert sentence in str(answer.context["form"].errors[field])
    assert not Provider.objects.exists()


def test_an_id_that_is_taken_is_refused(staff: Client, provider: Callable[..., Provider]) -> None:
    provider("wiki")
    answer = staff.post("/providers/new/", FIELDS)
    assert answer.status_code == 422
    assert "already" in str(answer.context["form"].errors["id"])


def test_editing_keeps_the_secret_that_nobody_typed(staff: Client, provider: Callable[..., Provider]) -> None:
    provider(secret="kept")
    answer = staff.post("/providers/wiki/edit/", {**FIELDS, "secret": "", "name": "Renamed"})
    assert answer["Location"] == "/providers/wiki/"
    changed = Provider.objects.get()
    assert changed.name == "Renamed"
    assert decrypt_secret(changed.secret_encrypted) == "kept"


def test_a_secret_can_be_removed_and_is_never_shown(staff: Client, provider: Callable[..., Provider]) -> None:
    provider(secret="kept-for-nobody")
    assert "kept-for-nobody" not in staff.get("/providers/wiki/edit/").content.decode()
    staff.post("/providers/wiki/edit/", {**FIELDS, "secret": "", "remove_secret": "on"})
    assert Provider.objects.get().secret_encrypted == ""


def test_a_provider_is_paused_and_resumed(staff: Client, provider: Callable[..., Provider]) -> None:
    provider()
    staff.post("/providers/wiki/enabled/", {"enabled": "0"})
    assert Provider.objects.get().next_run_at is None
    staff.post("/providers/wiki/enabled/", {"enabled": "1"})
    assert Provider.objects.get().next_run_at is not None


def test_deleting_asks_first_and_keeps_documents_and_history(
    staff: Client, provider: Callable[..., Provider], run: Callable[..., SyncRun], push: Callable[..., Counts]
) -> None:
    provider()
    run()
    push("a", "b")
    shown = staff.get("/providers/wiki/delete/").content.decode()
    assert "Its 2 documents" in shown
    assert "Without an expiry they stay for ever." in shown
    assert Provider.objects.exists()
    assert staff.post("/providers/wiki/delete/")["Location"] == "/providers/"
    assert not Provider.objects.exists()
    assert (SyncRun.objects.count(), Document.objects.count()) == (1, 2)


def test_documents_go_to_the_trash_where_that_is_chosen(
    staff: Client, provider: Callable[..., Provider], push: Callable[..., Counts]
) -> None:
    provider()
    push("a")
    answer = staff.post("/providers/wiki/delete/", {"documents": "trash"}, follow=True)
    assert "on their way to the trash" in answer.content.decode()
    clean_up_sources(now=database_now())
    assert not Document.objects.filter(deleted_at=None).exists()


@pytest.mark.parametrize(
    ("days", "said"),
    [
        ([3], "It expires in 3 days."),
        ([None], "Without an expiry it stays for ever."),
        ([1, 3], "The last of them expires in 3 days."),
        ([None, 3], "1 document has no expiry and stays for ever; the last of the others expires in 3 days."),
        ([None, None, 3], "2 documents have no expiry and stay for ever; the last of the others expires in 3 days."),
    ],
)
def test_deleting_says_until_when_documents_would_stay(
    push: Callable[..., Counts], days: list[int | None], said: str
) -> None:
    now = timezone.now()
    ends = [day and now + timedelta(days=day) for day in days]
    push(*({"id": str(number), "content": "-", "expires_at": end} for number, end in enumerate(ends)))
    assert lasting_words(len(days), lasting_of("wiki", now=now), now=now) == said


def test_more_than_are_counted_are_told_as_such() -> None:
    now = timezone.now()
    said = lasting_words(30_000, Lasting(endless=10_001, until=now + timedelta(days=3)), now=now)
    assert said.startswith("More than 10,000 documents have no expiry")


def test_deleting_through_htmx_leads_to_the_list(
    staff: Client, provider: Callable[..., Provider], htmx: dict[str, str]
) -> None:
    provider()
    assert staff.post("/providers/wiki/delete/", headers=htmx)["HX-Redirect"] == "/providers/"


def test_the_list_finds_by_id_and_by_name(staff: Client, provider: Callable[..., Provider]) -> None:
    provider("wiki", name="Pages of everyone")
    provider("tickets")
    found = staff.get("/providers/?q=everyone").content.decode()
    assert "/providers/wiki/" in found
    assert "/providers/tickets/" not in found
    assert "No provider matches" in staff.get("/providers/?q=nothing").content.decode()


def test_the_list_goes_on_where_the_page_ended(staff: Client, provider: Callable[..., Provider]) -> None:
    for number in range(31):
        provider(f"p-{number:02}")
    answer = staff.get("/providers/")
    first, following = answer.content.decode(), f"?after={answer.context['next']}"
    assert "/providers/p-29/" in first
    assert "/providers/p-30/" not in first
    assert f'href="{following}"' in first
    rest = staff.get(f"/providers/{following}").content.decode()
    assert "/providers/p-30/" in rest
    assert "/providers/p-29/" not in rest


def test_a_schedule_is_read_back_in_words_with_its_next_starts(staff: Client) -> None:
    asked = {"sync_schedule": "*/20 6-20 * * mon-fri", "timezone": "Europe/Riga"}
    page = staff.get("/schedule-preview/", asked).content.decode()
    assert "every 20 minutes from 06:00 to 20:40 on Monday to Friday, Europe/Riga" in page
    assert page.count("<tr>") == 6


def test_next_starts_are_shown_by_the_clock_on_the_wall_there(staff: Client) -> None:
    page = staff.get("/schedule-preview/", {"sync_schedule": "30 9 * * *", "timezone": "Asia/Tokyo"}).content.decode()
    assert page.count("09:30</td>") == 5
    assert page.count("00:30</td>") == 5


def test_all_that_is_wrong_is_said_at_once(staff: Client, db: None) -> None:
    wrong = {"id": "", "url": "ftp://x", "sync_schedule": "99 * * * *", "timezone": "Mars", "timeout_s": "no"}
    answer = staff.post("/providers/new/", {**FIELDS, **wrong})
    assert answer.context["form"].errors.keys() == wrong.keys()


def test_a_schedule_that_cannot_be_read_is_marked_where_it_goes_wrong(staff: Client) -> None:
    page = staff.get("/schedule-preview/", {"sync_schedule": "0 25 * * *", "timezone": "UTC"}).content.decode()
    assert "0 <mark>25 * * *</mark>" in page
    assert "The hour is between 0 and 23, not 25." in page


def test_an_empty_schedule_means_only_when_asked(staff: Client) -> None:
    page = staff.get("/schedule-preview/", {"sync_schedule": " ", "timezone": "UTC"}).content.decode()
    assert "It syncs only when asked." in page


def test_without_javascript_a_button_shows_the_next_starts_and_saves_nothing(staff: Client, db: None) -> None:
    answer = staff.post("/providers/new/", {**FIELDS, "preview": "1"})
    assert answer.status_code == 200
    assert "every 20 minutes" in answer.content.decode()
    assert not Provider.objects.exists()


def test_a_check_shows_each_step_with_its_fix(staff: Client, provider: Callable[..., Provider]) -> None:
    provider(url="http://127.0.0.1:1")
    assert "Check it now" in staff.get("/providers/wiki/doctor/").content.decode()
    page = staff.post("/providers/wiki/doctor/").content.decode()
    assert "Something is wrong" in page
    assert "Start the provider, or correct host and port" in page
    assert staff.post("/providers/nobody/doctor/").status_code == 404


def test_a_lost_key_is_shown_with_what_to_do(staff: Client, provider: Callable[..., Provider], settings: Any) -> None:
    provider(secret="x")
    settings.SECRETS_KEYS = [Fernet.generate_key().decode()]
    page = staff.get("/providers/wiki/").content.decode()
    assert "Secret lost" in page
    assert "Its secret cannot be read" in page
    overview = staff.get("/").content.decode()
    assert "cannot be called" in overview
    assert "<dt>Secrets</dt>" in overview


def test_a_maximum_age_is_typed_in_hours_and_can_be_taken_back(
    staff: Client, provider: Callable[..., Provider]
) -> None:
    provider()
    staff.post("/providers/wiki/edit/", {**FIELDS, "max_age_h": "1.5"})
    assert Provider.objects.get().max_age_s == 5_400
    assert 'value="1.5"' in staff.get("/providers/wiki/edit/").content.decode()
    staff.post("/providers/wiki/edit/", FIELDS)
    assert Provider.objects.get().max_age_s is None
    assert staff.post("/providers/wiki/edit/", {**FIELDS, "max_age_h": "0"}).status_code == 422
