"""Providers as code: what is declared is made so, in one transaction."""

from collections.abc import Callable

import pytest

from providers.manifest import plan_manifest, read_manifest
from providers.models import Provider, SyncRun, Trigger
from providers.runs.schedule import request_sync
from providers.secrets import decrypt_secret
from tests.providers.conftest import NOON
from tests.providers.manifest.files import FILE, apply, one, refused, variables

pytestmark = pytest.mark.django_db


def test_what_is_declared_is_registered_and_planned_at_once() -> None:
    plan = apply(FILE)
    assert [(change.id, change.verb) for change in plan.changes] == [("wiki", "create"), ("tickets", "create")]
    wiki, tickets = Provider.objects.get(pk="wiki"), Provider.objects.get(pk="tickets")
    assert (wiki.timezone, wiki.enabled, wiki.next_run_at is not None) == ("Europe/Riga", True, True)
    assert decrypt_secret(wiki.secret_encrypted) == "s3cret"
    assert (tickets.enabled, tickets.sync_timeout_ms, tickets.next_run_at) == (False, 5000, None)


def test_applied_again_nothing_changes_and_nothing_is_planned_anew() -> None:
    apply(FILE)
    before = list(Provider.objects.values())
    plan = apply(FILE)
    assert (plan.changes, plan.unchanged) == ([], 2)
    assert list(Provider.objects.values()) == before


def test_the_difference_is_told_field_by_field_without_secrets() -> None:
    apply(FILE)
    text = FILE.replace('sync_schedule: "0 */6 * * *"', "sync_schedule:")
    plan = apply(text.replace("secret_env: WIKI_SECRET", "secret: another"))
    assert [str(field) for field in plan.changes[0].fields] == ["sync_schedule: 0 */6 * * * → none", "secret: changed"]
    assert "another" not in repr(plan)
    assert Provider.objects.get(pk="wiki").next_run_at is None


@pytest.mark.parametrize("schedule", ["", "sync_schedule:", "sync_schedule: ''", "sync_schedule: null"])
def test_absent_or_blank_a_schedule_means_only_when_asked(schedule: str) -> None:
    apply(one(f"url: http://wiki.test\n{schedule}"))
    assert Provider.objects.get().sync_schedule == ""


def test_a_field_that_is_taken_out_of_the_file_has_its_default_again() -> None:
    apply(one("url: http://wiki.test\nname: The wiki\nsync_timeout_ms: 5000"))
    plan = apply(one("url: http://wiki.test"))
    assert {field.name for field in plan.changes[0].fields} == {"name", "sync_timeout_ms"}
    assert Provider.objects.get().name == "wiki"


def test_a_secret_that_the_file_does_not_name_stays_and_a_blank_one_goes() -> None:
    apply(one("url: http://wiki.test\nsecret: kept"))
    apply(one("url: http://wiki.test"))
    assert decrypt_secret(Provider.objects.get().secret_encrypted) == "kept"
    apply(one("url: http://wiki.test\nsecret: ''"))
    assert Provider.objects.get().secret_encrypted == ""


def test_others_are_left_alone_unless_they_are_to_be_pruned(make: Callable[..., Provider]) -> None:
    make("old")
    apply(FILE)
    assert Provider.objects.get(pk="old").enabled
    plan = apply(FILE, prune=True)
    assert [(change.id, change.verb) for change in plan.changes] == [("old", "disable")]
    assert not Provider.objects.get(pk="old").enabled


def test_a_file_without_providers_prunes_none(make: Callable[..., Provider]) -> None:
    make("old")
    apply("stages: []\n", prune=True)
    assert Provider.objects.get().enabled


def test_a_dry_run_changes_nothing() -> None:
    plan = plan_manifest(read_manifest(FILE), environment=variables)
    assert len(plan.changes) == 2
    assert not Provider.objects.exists()


def test_disabling_by_file_cancels_the_queued_run(make: Callable[..., Provider]) -> None:
    make(url="http://wiki.test")
    request_sync("wiki", trigger=Trigger.MANUAL, now=NOON)
    apply(one("url: http://wiki.test\nenabled: no"))
    assert SyncRun.objects.get().state == "cancelled"


def test_one_bad_provider_keeps_the_good_ones_out() -> None:
    assert refused(FILE.replace("http://tickets.test", "ftp://tickets.test"))[0][0] == 9
    assert not Provider.objects.exists()


def test_sections_of_other_programs_are_left_alone_and_named() -> None:
    text = "email: {host: mail}\nx-ours: 1\n" + FILE.replace("plugins:", "plugins:\n  analyzers: {spam: {url: x}}")
    assert apply(text).ignored == ["email", "plugins.analyzers"]
