"""Saving providers: what is checked, what is planned, what goes with one that leaves."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from providers.errors import (
    ProviderExists,
    ProviderInvalid,
    ProviderNotFound,
    ScheduleInvalid,
)
from providers.lookup import get_provider
from providers.models import Provider, RunState, SyncRun
from providers.registry import create_provider, delete_provider, update_provider
from providers.runs.schedule import ClaimedSlots, claim_due
from providers.secrets import decrypt_secret
from tests.providers.conftest import NOON, at

Make = Callable[..., Provider]

pytestmark = pytest.mark.django_db


def test_a_provider_is_planned_in_its_zone_as_soon_as_it_is_saved(make: Make) -> None:
    assert make(sync_schedule="0 18 * * *", timezone="Europe/Riga").next_run_at == at("15:00")


def test_a_blank_schedule_means_only_when_asked(make: Make) -> None:
    assert make(sync_schedule="  ").next_run_at is None


def test_a_first_plan_from_the_past_is_due_at_once(make: Make) -> None:
    make(plan_after=NOON - timedelta(minutes=90))
    assert claim_due(now=NOON) == ClaimedSlots(queued=1)
    assert SyncRun.objects.get().scheduled_for == NOON


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"url": "ftp://x"}, "url"),
        ({"url": ""}, "url"),
        ({"url": "http://x/?q"}, "url"),
        ({"url": "http://169.254.169.254"}, "url"),
        ({"name": "x" * 201}, "name"),
        ({"name": "a\nb"}, "name"),
        ({"sync_timeout_ms": 0}, "sync_timeout_ms"),
        ({"sync_timeout_ms": 10**10}, "sync_timeout_ms"),
        ({"secret": "umlaut ü"}, "secret"),
        ({"secret": "line\nbreak"}, "secret"),
        ({"secret": "whsec_"}, "secret"),
        ({"secret": "whsec_shared secret"}, "secret"),
        ({"secret": "whsec_c2hhcmVkIHNlY3JldA"}, "secret"),
        ({"secret": "whsec_-_-_"}, "secret"),
        ({"timezone": "Mars/Base"}, "timezone"),
        ({"sync_schedule": "every day"}, "sync_schedule"),
    ],
)
def test_a_field_that_cannot_be_used_is_named(make: Make, fields: dict[str, Any], field: str) -> None:
    with pytest.raises((ProviderInvalid, ScheduleInvalid)) as refused:
        make(**fields)
    assert refused.value.extra["field"] == field
    assert not Provider.objects.exists()


def test_a_webhooks_secret_without_its_padding_is_told_what_it_lacks(make: Make) -> None:
    """The standard's libraries refuse it; what was signed with it, nobody could verify."""
    with pytest.raises(ProviderInvalid, match="padding is missing here: end it with ="):
        make(secret="whsec_c2hhcmVkIHNlY3JldA")
    with pytest.raises(ProviderInvalid, match="which this is not"):
        make(secret="whsec_shared secret")
    assert decrypt_secret(make(secret="whsec_c2hhcmVkIHNlY3JldA==").secret_encrypted) == "whsec_c2hhcmVkIHNlY3JldA=="


@pytest.mark.parametrize("provider_id", ["", "Wiki", "_wiki", "wi ki", "wiki\n", "wiki/..", "w" * 65, "ü"])
def test_an_id_is_a_slug(make: Make, provider_id: str) -> None:
    with pytest.raises(ProviderInvalid):
        make(provider_id)


def test_an_id_is_given_once(make: Make) -> None:
    make()
    with pytest.raises(ProviderExists):
        make()


def test_a_secret_is_kept_encrypted(make: Make) -> None:
    provider = make(secret="s3cret")
    assert "s3cret" not in provider.secret_encrypted
    assert decrypt_secret(provider.secret_encrypted) == "s3cret"


def test_a_secret_without_a_key_to_encrypt_it_is_refused(make: Make, settings: Any) -> None:
    settings.SECRETS_KEYS = []
    with pytest.raises(ProviderInvalid, match="SECRETS_KEYS"):
        make(secret="s3cret")


def test_a_new_schedule_is_effective_at_once(make: Make) -> None:
    make(sync_schedule="0 0 1 1 *")
    assert update_provider("wiki", now=NOON, sync_schedule="*/5 * * * *").next_run_at == at("12:05")


def test_a_change_of_name_leaves_the_plan_alone(make: Make) -> None:
    make()
    assert update_provider("wiki", now=at("12:59"), name="The wiki").next_run_at == at("13:00")
    assert update_provider("wiki", now=at("14:30"), name="Wiki").next_run_at == at("13:00")


def test_disabling_takes_the_plan_and_the_queued_run_away(make: Make) -> None:
    make()
    claim_due(now=at("13:00"))
    assert update_provider("wiki", now=at("13:01"), enabled=False).next_run_at is None
    run = SyncRun.objects.get()
    assert (run.state, run.finished_at) == (RunState.CANCELLED, at("13:01"))
    assert "disabled" in run.error


def test_a_deleted_provider_leaves_its_history(make: Make) -> None:
    make()
    claim_due(now=at("13:00"))
    delete_provider("wiki", now=at("13:01"))
    assert SyncRun.objects.get().state == RunState.CANCELLED
    assert claim_due(now=at("14:00")) == ClaimedSlots()
    with pytest.raises(ProviderNotFound):
        get_provider("wiki")


def test_providers_with_their_last_runs_take_two_queries(
    make: Make, django_assert_num_queries: Callable[[int], Any]
) -> None:
    for number in range(5):
        make(f"p{number}")
    claim_due(now=at("13:00"))
    claim_due(now=at("14:00"))  # skipped, as the first ones are still queued
    create_provider("fresh", now=NOON, url="http://x")
    with django_assert_num_queries(2):
        last = {provider.pk: provider.last_run for provider in Provider.objects.with_last_run()}
    assert last["fresh"] is None
    assert {run.scheduled_for for run in last.values() if run} == {at("13:00")}


@pytest.mark.parametrize(
    "end", ["/internal/sync", "/internal/sync/", "/Internal/Sync", "/internal", "/internal/state/"]
)
def test_a_url_with_the_path_that_larder_adds_is_refused_with_the_right_one(end: str) -> None:
    with pytest.raises(ProviderInvalid, match="write http://wiki:8100/base as the URL") as refused:
        create_provider("wiki", now=NOON, url=f"http://wiki:8100/base{end}")
    assert refused.value.extra["field"] == "url"
