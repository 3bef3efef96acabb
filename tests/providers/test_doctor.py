"""The doctor: every fault has its step and its fix, nothing it asks starts a sync, and it ends in time."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography.fernet import Fernet
from django.core.management import call_command
from django.core.management.base import CommandError

from accounts.keys import create_key
from accounts.limits import Narrowing
from knowledge.models import RunCounts
from providers.doctor import answers, examine
from providers.doctor.answers import MOST_PROBES, tell_policy
from providers.doctor.content import look_through
from providers.doctor.steps import Step, verdict
from providers.errors import CallRefused, OutboundUnavailable
from providers.models import Provider, SyncRun
from providers.outbound.http import OutboundResponse
from providers.outbound.shown import shown
from providers.runs.conversation import read_state
from tests.conftest import Api
from tests.providers.calling import self_signed
from tests.providers.conftest import NOON
from tests.providers.scripted import Connection
from tests.providers.scripted import provider as scripted

pytestmark = pytest.mark.django_db
STATE = {
    "in_progress": False,
    "last_sync_at": None,
    "last_finished_at": None,
    "last_sync_count": None,
    "last_error": None,
}
SECRET = "s3cret"


def script(**answers: Any) -> Callable[[Connection], Awaitable[None]]:
    """A provider of contract 2 that checks its secret; `state=…` etc. replace an answer: (status, body) or "hang"."""

    async def talk(connection: Connection) -> None:
        asked = connection.asked
        name = asked.path.rpartition("/")[2]
        answer = answers.get(name, {"health": (200, {"status": "ok"}), "state": (200, STATE)}.get(name, (404, {})))
        if answer == "hang":
            await connection.hang()
        elif asked.path.startswith("/internal/") and answers.get("checks", True) and not knows(asked.headers):
            await connection.answer(401, {"detail": "who are you?"})
        else:
            await connection.answer(*answer)

    def knows(headers: dict[str, str]) -> bool:
        return headers.get("authorization") == f"Bearer {answers.get('secret', SECRET)}"

    return talk


@pytest.fixture
def look(make: Callable[..., Provider]) -> Callable[..., dict[str, Step]]:
    """The steps, by name, of a provider at this URL that has its key to push."""

    def run(url: str, **fields: Any) -> dict[str, Step]:
        create_key("wiki", role="provider", source="wiki")
        steps = examine(make(url=url, **{"secret": SECRET, **fields}), now=NOON)
        assert all(step.fix or step.state == "ok" for step in steps)
        return {step.name: step for step in steps}

    return run


def test_a_well_provider_of_contract_two_passes_every_step(look: Callable[..., dict[str, Step]]) -> None:
    with scripted(script(manifest=(200, {"id": "wiki", "version": "1.2"}))) as server:
        steps = look(server.url)
    assert verdict(list(steps.values())) == "ok"
    assert list(steps) == [
        "registration", "access key", "secret", "name", "policy",
        "connection", "health", "contract", "credential", "state", "manifest",
    ]  # fmt: skip
    assert "Contract 2" in steps["contract"].detail
    assert "'1.2'" in steps["manifest"].detail


def test_nothing_that_it_asks_starts_a_sync_and_the_secret_stays_inside(look: Callable[..., dict[str, Step]]) -> None:
    with scripted(script()) as server:
        look(server.url)
    assert {asked.method for asked in server.asked} == {"GET"}
    assert not any("authorization" in asked.headers for asked in server.asked if "/internal/" not in asked.path)
    assert not SyncRun.objects.exists()


def test_a_provider_of_contract_one_is_asked_for_its_methods(look: Callable[..., dict[str, Step]]) -> None:
    with scripted(script(state=(404, {}), sync=(405, {}))) as server:
        steps = look(server.url)
    assert "Contract 1" in steps["contract"].detail
    assert "--sync" in steps["credential"].fix
    assert {asked.method for asked in server.calls("/internal/sync")} == {"OPTIONS"}


@pytest.mark.parametrize(
    ("answers", "step", "state", "sentence"),
    [
        ({"secret": "another"}, "credential", "bad", "does not accept its secret (401)"),
        ({"checks": False}, "credential", "warn", "answers anyone"),
        ({"state": (404, {}), "sync": (404, {})}, "contract", "bad", "Nothing is at /internal/sync"),
        ({"state": (200, {"hello": 1})}, "contract", "bad", "tells no `in_progress`"),
        ({"state": (500, b"boom")}, "contract", "bad", "answers 500: 'boom'"),
        ({"state": (200, {**STATE, "last_error": "disk full"})}, "state", "warn", "disk full"),
        ({"health": (503, {})}, "health", "warn", "answers 503"),
        ({"health": (200, {"status": "starting"})}, "health", "warn", "'starting'"),
        ({"manifest": (200, b"<html>")}, "manifest", "warn", "<html>"),
    ],
)
def test_each_fault_has_its_step(
    look: Callable[..., dict[str, Step]], answers: dict[str, Any], step: str, state: str, sentence: str
) -> None:
    with scripted(script(**answers)) as server:
        found = look(server.url)[step]
    assert (found.state, sentence in found.detail) == (state, True), found


@pytest.mark.parametrize(
    ("url", "step", "sentence"),
    [
        ("http://nowhere.invalid", "name", "cannot be resolved"),
        ("http://127.0.0.1:1", "connection", "refuses connections"),
    ],
)
def test_what_cannot_be_reached_ends_there(
    look: Callable[..., dict[str, Step]], url: str, step: str, sentence: str
) -> None:
    steps = look(url)
    assert list(steps)[-1] == step
    assert sentence in steps[step].detail


def test_a_certificate_that_nobody_trusts_is_told(look: Callable[..., dict[str, Step]], tmp_path: Path) -> None:
    with scripted(script(), ssl_context=self_signed(tmp_path)) as server:
        steps = look(server.url)
    assert steps["connection"].state == "bad"
    assert "certificate" in steps["connection"].fix


def test_a_name_that_leads_to_a_metadata_service_is_never_called(make: Callable[..., Provider]) -> None:
    async def resolve(host: str, port: int) -> list[str]:
        return ["169.254.169.254"]

    steps = examine(make(), now=NOON, resolve=resolve)
    assert (steps[-1].name, steps[-1].state) == ("policy", "bad")


def test_a_secret_in_the_clear_over_a_public_address_is_pointed_out() -> None:
    steps = [tell_policy("http://wiki.test", ["93.184.216.34"]), tell_policy("https://wiki.test", ["1.1.1.1"])]
    assert [step.state for step in steps] == ["warn", "ok"]


def test_a_provider_that_hangs_everywhere_costs_a_bounded_time(
    look: Callable[..., dict[str, Step]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answers, "PROBE_MS", 200)
    began = time.monotonic()
    with scripted(script(health="hang", state="hang", manifest="hang")) as server:
        steps = look(server.url)
    assert time.monotonic() - began < MOST_PROBES * 0.2 + 5
    assert [steps[name].state for name in ("health", "contract")] == ["warn", "bad"]


def test_a_lookup_that_hangs_costs_a_bounded_time(
    make: Callable[..., Provider], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def resolve(host: str, port: int) -> list[str]:
        await asyncio.sleep(60)
        raise OutboundUnavailable("never", code="dns_failed")

    monkeypatch.setattr(answers, "PROBE_MS", 100)
    assert examine(make(), now=NOON, resolve=resolve)[-1].name == "name"


def test_a_provider_without_a_key_to_push_with_is_told_how_to_make_one(make: Callable[..., Provider]) -> None:
    step = next(step for step in examine(make(url="http://127.0.0.1:1"), now=NOON) if step.name == "access key")
    assert step.state == "bad"
    assert "manage.py create_key wiki --role provider --source wiki" in step.fix


def test_a_secret_that_no_key_opens_is_said_before_anything_is_asked(
    make: Callable[..., Provider], settings: Any
) -> None:
    with scripted(script()) as server:
        found = make(url=server.url, secret=SECRET)
        settings.SECRETS_KEYS = [Fernet.generate_key().decode()]
        steps = examine(found, now=NOON)
    assert (steps[-1].name, steps[-1].state) == ("secret", "bad")
    assert not server.asked


# --- by API and command -----------------------------------------------------------------------------------------------


@pytest.fixture
def admin(api: Callable[..., Api]) -> Api:
    return api("admin")


def test_the_api_answers_with_steps_and_their_worst(admin: Api, make: Callable[..., Provider]) -> None:
    make(url="http://127.0.0.1:1")
    answer = admin("post", "/api/v1/plugins/context_provider/wiki/doctor").json()
    assert (answer["provider"], answer["status"]) == ("wiki", "bad")
    assert answer["steps"][-1]["name"] == "connection"
    assert admin("post", "/api/v1/plugins/context_provider/nobody/doctor").status_code == 404


def run_command(*arguments: str) -> str:
    out = StringIO()
    call_command("doctor", *arguments, stdout=out)
    return out.getvalue()


def test_the_command_prints_the_steps_and_fails_where_something_is_bad(make: Callable[..., Provider]) -> None:
    with scripted(script()) as server:
        make(url=server.url, secret=SECRET)
        with pytest.raises(SystemExit):
            run_command("wiki")
        create_key("wiki", role="provider", source="wiki")
        assert "✓ credential" in run_command("wiki")


def test_without_an_argument_the_installation_comes_first(
    make: Callable[..., Provider], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRASH_DAY", "30")
    make(url="http://127.0.0.1:1")
    out = StringIO()
    with pytest.raises(SystemExit):
        call_command("doctor", stdout=out)
    assert out.getvalue().startswith("Larder\n")
    assert "workers" in out.getvalue()
    assert "TRASH_DAY is set, and nothing reads it.\n" in out.getvalue()
    assert "→ Did you mean TRASH_DAYS?\n" in out.getvalue()
    assert "\nwiki\n" in out.getvalue()


def test_the_command_refuses_an_unknown_provider_and_a_sync_of_all(db: None) -> None:
    with pytest.raises(CommandError, match="no provider 'nobody'"):
        run_command("nobody")
    with pytest.raises(CommandError, match="one provider"):
        run_command("--sync")


def test_an_admins_key_is_no_providers_and_the_page_leads_to_a_form_that_is_filled_in(
    make: Callable[..., Provider], client: Any, django_user_model: Any
) -> None:
    create_key("first", role="admin")
    create_key("reads", role="provider", source="wiki", narrowing=Narrowing(verbs=("read",)))
    made = make(url="http://127.0.0.1:1")
    assert next(step for step in examine(made, now=NOON) if step.name == "access key").state == "bad"
    client.force_login(django_user_model.objects.create_superuser("ada"))
    page = client.post("/providers/wiki/doctor/").content.decode()
    link = "/keys/?role=provider&amp;source=wiki&amp;name=wiki#new"
    assert link in page
    form = client.get(link.replace("&amp;", "&")).context["form"]
    assert [form[name].value() for name in ("name", "role", "source")] == ["wiki", "provider", "wiki"]
    create_key("several", role="provider", narrowing=Narrowing(sources=("wiki", "hr")))
    assert next(step for step in examine(made, now=NOON) if step.name == "access key").state == "ok"


def test_documents_that_expire_before_the_next_sync_are_told(
    make: Callable[..., Provider], push: Callable[..., Any]
) -> None:
    made = make(url="http://127.0.0.1:1", sync_schedule="0 0 * * *")
    made.next_run_at = NOON + timedelta(hours=12)

    def told() -> list[str]:
        return [step.detail for step in look_through(made, now=NOON)]

    push({"id": "a", "content": "a", "expires_at": NOON + timedelta(hours=13)}, at=NOON)
    assert told() == []
    push(*({"id": n, "content": n, "expires_at": NOON + timedelta(hours=6)} for n in ("b", "c")), at=NOON)
    assert "expire before the next sync" in told()[0]


def test_pruning_after_a_sync_that_brings_changes_alone_is_told(
    make: Callable[..., Provider], push: Callable[..., Any]
) -> None:
    made = make(url="http://127.0.0.1:1", prune="unseen")
    push(*map(str, range(9)), at=NOON)
    run = SyncRun.objects.create(
        provider=made, state="succeeded", trigger="manual", queued_at=NOON, started_at=NOON, finished_at=NOON
    )
    RunCounts.objects.create(run=run.pk, source="wiki", opened_at=NOON, closed_at=NOON, updated=2)
    assert "brought 2 documents, while 9 were there" in look_through(made, now=NOON)[0].detail
    RunCounts.objects.update(unchanged=7)
    assert look_through(made, now=NOON) == []
    made.prune = "off"
    RunCounts.objects.update(unchanged=0)
    assert look_through(made, now=NOON) == []


def test_a_web_page_in_place_of_json_asks_for_the_url_first() -> None:
    page = OutboundResponse(status=200, headers=httpx.Headers(), body=b"<!doctype html><title>Welcome</title>")
    with pytest.raises(CallRefused, match=r"is a web page, no JSON\. Is the URL right"):
        read_state(page)


@pytest.mark.parametrize(
    ("said", "shown_as"),
    [
        (b'{"detail": "who\'s there?"}', "'who's there?'"),
        (b'{"message": "no\\nline"}', "'no\\nline'"),
        (b'{"code": 7}', "'{\"code\": 7}'"),
        (b"plain\x1b[31m", "'plain\\x1b[31m'"),
    ],
)
def test_what_a_provider_said_is_shown_as_it_meant_it(said: bytes, shown_as: str) -> None:
    assert shown(said) == shown_as
