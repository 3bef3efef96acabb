"""Each way in which a provider fails has its state, its code and a sentence."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from providers.models import RunState, SyncRun
from providers.runs import sync
from tests.providers.runs import after_run
from tests.providers.scripted import Script, drip_headers, hang, provider, script_of
from tests.timing import in_time

Queued = Callable[..., SyncRun]

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("queue")]


@pytest.mark.parametrize("script", [hang, drip_headers])
def test_a_provider_that_hangs_or_drips_times_out_within_a_second(queued: Queued, script: Script) -> None:
    with provider(script) as served:
        run = in_time(lambda: after_run(queued(served.url, uuid4().hex, sync_timeout_ms=500)), within_s=1.5)
    assert run.state == RunState.TIMED_OUT


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (401, "unauthorized"),
        (403, "forbidden"),
        (404, "not_found"),
        (422, "rejected"),
        (429, "rate_limited"),
        (500, "provider_error"),
        (503, "provider_error"),
        (307, "redirect_refused"),
    ],
)
def test_each_refusal_has_its_code_and_a_sentence(queued: Queued, status: int, code: str) -> None:
    with provider(script_of(status, b"<script>alert(1)</script>", Location="http://169.254.169.254/")) as served:
        run = after_run(queued(served.url))
    assert (run.state, run.error_code, run.http_status) == (RunState.FAILED, code, status)
    assert run.error.startswith(("The provider", "There is no", "Answered with"))
    assert len(served.asked) == 1


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, b"<html>\x00\x1b[31m"),
        (200, b"[1, 2]"),
        (200, b'{"upserted": NaN}'),
        (200, {"upserted": "many"}),
        (200, {"upserted": -1}),
        (200, {"upserted": True}),
        (200, b"[" * 100_000),
        (200, b"\xff\xfe"),
        (202, b""),
        (202, {"in_progress": "yes"}),
        (202, {"in_progress": False, "last_sync_count": 1.5}),
    ],
)
def test_an_answer_that_cannot_be_read_is_shown_escaped(queued: Queued, status: int, body: object) -> None:
    with provider(script_of(status, body)) as served:
        run = after_run(queued(served.url))
    assert (run.state, run.error_code) == (RunState.FAILED, "bad_answer")
    assert run.error.isprintable()
    assert len(run.error) < 1_500


def test_a_huge_body_is_stopped(queued: Queued, settings: Any) -> None:
    settings.SYNC_BODY_BYTES = 5_000
    with provider(script_of(200, b" " * 6_000)) as served:
        assert after_run(queued(served.url)).error_code == "body_too_large"


def test_a_secret_whose_key_was_lost_is_a_configuration_error(queued: Queued, settings: Any) -> None:
    from cryptography.fernet import Fernet

    with provider(script_of(200)) as served:
        run = queued(served.url, secret="s3cret")
        settings.SECRETS_KEYS = [Fernet.generate_key().decode()]
        run = after_run(run)
    assert (run.state, run.error_code) == (RunState.FAILED, "secret_unreadable")
    assert served.asked == []


def test_a_rotated_key_still_opens_old_secrets(queued: Queued, settings: Any) -> None:
    from cryptography.fernet import Fernet

    with provider(script_of(200)) as served:
        run = queued(served.url, secret="s3cret")
        settings.SECRETS_KEYS = [Fernet.generate_key().decode(), *settings.SECRETS_KEYS]
        assert after_run(run).state == RunState.SUCCEEDED


def test_a_fault_of_larders_own_is_not_blamed_on_the_provider(queued: Queued, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*args: object, **kwargs: object) -> None:
        raise RuntimeError("disk full")

    monkeypatch.setattr(sync, "open_client", broken)
    run = after_run(queued("http://127.0.0.1:9"))
    assert (run.state, run.error_code) == (RunState.FAILED, "internal_error")
    assert "disk full" not in run.error
