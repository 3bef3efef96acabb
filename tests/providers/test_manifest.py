"""Providers as code: files that are refused with lines, differences, one transaction, and the round trip."""

from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.keys import create_key
from knowledge.models import AuditEntry
from providers.errors import ManifestInvalid
from providers.manifest import Plan, apply_manifest, export_manifest, plan_manifest, read_manifest
from providers.manifest.nodes import MOST_CHARS
from providers.manifest.read import KINDS
from providers.models import Provider, SyncRun, Trigger
from providers.schedule import request_sync
from providers.secrets import decrypt_secret
from tests.conftest import Api
from tests.providers.conftest import NOON

pytestmark = pytest.mark.django_db

FILE = """\
# what fills the larder
plugins:
  context_providers:
    wiki:
      url: http://wiki.test:8100
      sync_schedule: "0 */6 * * *"
      timezone: Europe/Riga
      secret_env: WIKI_SECRET
    tickets: {url: "http://tickets.test", enabled: false, sync_timeout_ms: 5000}
"""
VARIABLES = {"WIKI_SECRET": "s3cret"}


def variables(name: str) -> str:
    return VARIABLES.get(name, "")


def apply(text: str, **options: Any) -> Plan:
    return apply_manifest(read_manifest(text), environment=variables, now=NOON, **options)


def refused(text: str) -> list[tuple[int, str]]:
    with pytest.raises(ManifestInvalid) as caught:
        plan_manifest(read_manifest(text), environment=variables)
    return [(fault.line, fault.reason) for fault in caught.value.faults]


def one(fields: str) -> str:
    """A file whose provider has these fields, the first in line 4."""
    return "plugins:\n  context_providers:\n    wiki:\n" + "".join(f"      {line}\n" for line in fields.splitlines())


# --- applying ---------------------------------------------------------------------------------------------------------


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


# --- refusals ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "line", "sentence"),
    [
        ("url: http://a.test\nurl: http://b.test", 5, "`url` stands twice, first in line 4"),
        ("url: http://a.test\nsync_shedule: x", 5, "is `sync_schedule` meant?"),
        ("url: http://a.test\nwhatever: 1", 5, "there is no field `whatever`."),
        ("url: 8100", 4, "`url` is a text; put it in quotes."),
        ("url: [a]", 4, "`url` is a text."),
        ("url:", 4, "`url` is a text."),
        ("url: http://a.test\nenabled: 1", 5, "`enabled` is true or false."),
        ("url: http://a.test\nenabled:", 5, "`enabled` is true or false."),
        ("url: http://a.test\nsync_timeout_ms: 1.5", 5, "`sync_timeout_ms` is a whole number."),
        ("url: http://a.test\nsync_timeout_ms: 9999999999999999999999", 5, "The timeout is between"),
        ("url: http://a.test\nname: 2026-01-01", 5, "put it in quotes"),
        ("url: http://a.test\nsync_schedule: '99 * * * *'", 5, "not 99"),
        ("url: http://a.test\ntimezone: Mars/Olympus", 5, "is not a time zone"),
        ("url: http://a.test\nsecret_env: UNSET", 5, "the variable 'UNSET' is not set"),
        ("url: http://a.test\nsecret: ümlaut", 5, "plain ASCII"),
        ("url: http://a.test\nsecret: a\nsecret_env: WIKI_SECRET", 6, "not both"),
        ("url: ftp://a.test", 4, "must begin with http"),
        ("name: nameless", 3, "the `url` is missing"),
        ("url: &u http://a.test\nname: *u", 5, "*u is an alias"),
        ("url: !!python/object/apply:os.system ['id']", 4, "The tag !!python"),
        ("\turl: http://a.test", 4, "A tab in the indentation"),
        ('url: "http://a.test\\0"', 4, "cannot be used"),
        ("url: 'http://a.test", 5, "This is no YAML"),
    ],
)
def test_a_faulty_provider_is_refused_with_its_line(fields: str, line: int, sentence: str) -> None:
    faults = refused(one(fields))
    assert [fault for fault in faults if fault[0] == line and sentence in fault[1]], faults


@pytest.mark.parametrize(
    ("text", "line", "sentence"),
    [
        ("", 1, "empty"),
        ("- a\n", 1, "mapping of names"),
        ("\n\nemail: {}\n", 1, "declares neither"),
        ("plugin: {}\nstages: []\n", 1, "is `plugins` meant?"),
        ("plugins:\n  context_provider: {}\n", 2, "is `context_providers` meant?"),
        ("plugins: 1\n", 1, "`plugins` is a mapping"),
        ("plugins:\n  context_providers: [a]\n", 2, "mapping of ids"),
        ("plugins:\n  context_providers:\n    wiki: http://a\n", 3, "a provider is a mapping"),
        ("plugins:\n  context_providers:\n    Not A Slug: {url: 'http://a.test'}\n", 3, "An id is 1 to 64"),
        ("plugins:\n  context_providers:\n    \"w\\0\": {url: 'http://a.test'}\n", 3, "An id is 1 to 64"),
        ("plugins:\n  context_providers:\n    new: {url: 'http://a.test'}\n", 3, "address of a page"),
        ("plugins: {}\n--- \nplugins: {}\n", 2, "no YAML"),
        ("plugins:\n  ? [a]\n  : b\n", 2, "A name is plain text"),
        ("plugins: \x07\n", 1, "U+0007"),
        ("a: " + "[" * 5_000 + "]" * 5_000, 1, "nests too deeply"),
        ("#" * (MOST_CHARS + 1), 1, "the limit is 1,000,000"),
    ],
)
def test_a_faulty_file_is_refused_with_its_line(text: str, line: int, sentence: str) -> None:
    faults = refused(text)
    assert [fault for fault in faults if fault[0] == line and sentence in fault[1]], faults


def test_a_billion_laughs_are_refused_at_the_first() -> None:
    laughs = "a: &a [x, x]\n" + "".join(f"{c}: &{c} [*{p}, *{p}]\n" for p, c in zip("abcdefg", "bcdefgh", strict=True))
    assert refused(laughs) == [(2, "*a is an alias; write out what it stands for.")]


def test_every_fault_of_a_file_is_told_at_once_in_its_order() -> None:
    text = one("url: ftp://a.test\ntimezone: Mars\nsync_schedule: '* *'")
    assert [line for line, _ in refused(text)] == [4, 5, 6]


# --- the round trip ---------------------------------------------------------------------------------------------------


def test_applying_an_export_changes_nothing() -> None:
    apply(FILE)
    exported = export_manifest()
    assert "s3cret" not in exported
    assert apply(exported).changes == []
    Provider.objects.all().delete()
    apply(exported)
    assert export_manifest() == exported.replace(next(x for x in exported.splitlines(True) if "# secret" in x), "")


def test_an_export_of_nothing_is_a_file_too() -> None:
    assert apply(export_manifest()).changes == []


@settings(max_examples=60, deadline=None)
@given(
    provider_id=st.from_regex(r"[a-z0-9][a-z0-9_-]{0,20}", fullmatch=True).filter(lambda text: text != "new"),
    name=st.text(min_size=1, max_size=30).filter(lambda text: text.isprintable() and text.strip()),
    timeout=st.integers(100, 86_400_000),
    enabled=st.booleans(),
)
def test_every_provider_survives_the_round_trip(provider_id: str, name: str, timeout: int, enabled: bool) -> None:
    Provider.objects.all().delete()
    row = Provider(id=provider_id, name=name.strip(), url="http://a.test", created_at=NOON, updated_at=NOON)
    row.sync_timeout_ms, row.enabled = timeout, enabled
    row.save()
    assert apply(export_manifest()).changes == []


STAGES = """
stages:
  - name: triage
    retrieval_limits: {max_top_k: 5, min_score_floor: 0.4}
    analyzers: [{id: spam-check}]
"""


def test_stages_are_compared_applied_and_written_out_again() -> None:
    key, _ = create_key("spam-check", role="analyzer")
    plan = apply(STAGES)
    assert [str(field) for field in plan.changes[0].fields] == [
        "max_top_k: 5",
        "min_score_floor: 0.4",
        "binds: spam-check",
    ]
    key.refresh_from_db()
    assert key.stage is not None
    assert key.stage.max_top_k == 5
    assert apply(export_manifest()).changes == []
    again = apply(STAGES.replace("max_top_k: 5", "max_top_k: 7"))
    assert [str(field) for field in again.changes[0].fields] == ["max_top_k: 5 → 7"]
    assert list(AuditEntry.objects.filter(verb__startswith="stage").values_list("verb", flat=True)) == [
        "stage.create",
        "stage.update",
    ]


def test_a_faulty_stage_keeps_the_providers_out() -> None:
    text = one("url: ftp://a.test") + STAGES.replace("max_top_k: 5", "max_top_k: 0")
    assert refused(text) == [(8, "max_top_k is a whole number from 1 to 1000.")]
    assert not Provider.objects.exists()


# --- by command and API -----------------------------------------------------------------------------------------------


def run_command(*arguments: str) -> str:
    out = StringIO()
    call_command("apply", *arguments, stdout=out, stderr=out)
    return out.getvalue()


def test_the_command_shows_the_difference_and_makes_it_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "larder.yaml"
    file.write_text(FILE)
    monkeypatch.setenv("WIKI_SECRET", "s3cret")
    assert "2 would change" in run_command(str(file), "--dry-run")
    assert not Provider.objects.exists()
    said = run_command(str(file))
    assert "+ provider wiki\n    name: wiki\n" in said
    assert "s3cret" not in said
    out = StringIO()
    call_command("export_config", stdout=out)
    assert out.getvalue() == export_manifest()


def test_the_command_refuses_with_every_line(tmp_path: Path) -> None:
    file = tmp_path / "larder.yaml"
    file.write_text(one("url: 1\nenabled: 2"))
    with pytest.raises(CommandError, match=r"nothing was changed:\nLine 4: .*\nLine 5: "):
        run_command(str(file))
    file.write_bytes(b"plugins:\n  \xff")
    with pytest.raises(CommandError, match="Line 2: this is no UTF-8"):
        run_command(str(file))
    with pytest.raises(CommandError, match="cannot be read"):
        run_command(str(tmp_path / "nowhere"))


def post(api: Api, text: str, query: str = "") -> Any:
    return api.client.post(f"/api/v1/manifest{query}", data=text, content_type="application/yaml", headers=api.headers)


def test_the_api_applies_a_file_and_gives_one_back(api: Callable[..., Api]) -> None:
    admin = api("admin")
    text = FILE.replace("      secret_env: WIKI_SECRET\n", "")
    assert post(admin, text, "?dry_run=true").json()["applied"] is False
    answer = post(admin, text).json()
    assert [change["verb"] for change in answer["changes"]] == ["create", "create"]
    assert admin("get", "/api/v1/manifest").content.decode() == export_manifest()
    refused = post(admin, FILE)
    assert (refused.status_code, refused.json()["code"], refused.json()["line"]) == (422, "invalid_manifest", 8)
    assert "manage.py apply" in refused.json()["detail"]
    assert post(api("provider", "wiki"), text).status_code == 403


def test_the_documented_example_can_be_applied() -> None:
    page = (Path(__file__).parents[2] / "docs" / "larder.yaml.md").read_text()
    example = page.split("```yaml\n")[1].split("```")[0]
    plan = apply_manifest(read_manifest(example), environment=lambda name: "s3cret", now=NOON)
    assert [change.id for change in plan.changes] == ["employee-dir", "policies", "triage"]
    for name in KINDS:
        assert f"`{name}`" in page
