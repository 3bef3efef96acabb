"""Who may call a provider, what else it answers, and what a signed call has to look like."""

import base64
import hashlib
import hmac
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from larder_sdk import KnowledgeClient
from larder_sdk.provider import create_provider_app, sign, verify_signature

from tests.sdk.played import SECRET, Played, plain_list, run

NOW = datetime(2026, 1, 1, tzinfo=UTC)


# -- who may call ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Authorization": f"Bearer {SECRET}"}, 202),
        ({"Authorization": f"bearer  {SECRET}"}, 202),
        ({"X-Internal-API-Key": SECRET}, 202),
        ({}, 401),
        ({"Authorization": "Bearer wrong"}, 401),
        ({"Authorization": f"Basic {SECRET}"}, 401),
        ({"Authorization": "Bearer"}, 401),
        ({"X-Internal-API-Key": ""}, 401),
    ],
)
def test_the_secret_opens(headers: dict[str, str], status: int) -> None:
    answer = run(Played(plain_list).call("POST", "/internal/sync", headers=headers))
    assert answer.status_code == status
    assert (answer.headers.get("www-authenticate") == "Bearer") == (status == 401)


def test_without_a_secret_nobody_gets_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LARDER_PROVIDER_SECRET", raising=False)
    played = Played(plain_list)
    played.app = create_provider_app(name="demo", sync=plain_list, client=played.store)
    for headers in ({"Authorization": "Bearer "}, {"X-Internal-API-Key": ""}, {}):
        assert run(played.call("POST", "/internal/sync", headers=headers)).status_code == 401


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/health", 200),
        ("HEAD", "/health", 200),
        ("GET", "/manifest", 200),
        ("GET", "/internal/state", 401),
        ("GET", "/internal/sync", 405),
        ("HEAD", "/internal/sync", 405),
        ("POST", "/health", 405),
        ("GET", "/", 404),
        ("POST", "/internal/sync/", 404),
        ("GET", "/internal/%00", 404),
    ],
)
def test_other_requests_are_answered_calmly(method: str, path: str, status: int) -> None:
    answer = run(Played(plain_list).call(method, path, headers={}))
    assert answer.status_code == status
    assert ("allow" in answer.headers) == (status == 405)


def test_the_manifest_names_the_provider() -> None:
    manifest = run(Played(plain_list, version="1.2").call("GET", "/manifest")).json()
    assert manifest == {"id": "demo", "version": "1.2", "kind": "context_provider", "contract": 2}


@pytest.mark.parametrize(("sent", "passed_on"), [("run-7", "run-7"), ("evil\tid", None), ("x" * 129, None), ("", None)])
def test_the_correlation_id_travels_with_the_pushes(sent: str, passed_on: str | None) -> None:
    seen: list[str | None] = []

    async def sync(client: KnowledgeClient) -> int:
        seen.append(client.correlation_id)
        return 0

    headers = {"X-Internal-API-Key": SECRET, "X-Correlation-ID": sent}
    run(Played(sync).sync(headers=headers))
    assert seen == [passed_on]


# -- signatures ------------------------------------------------------------------------------------


def signed(body: bytes, *, secret: str = SECRET, at: datetime = NOW) -> dict[str, str]:
    """Headers made without the code under test."""
    timestamp = str(int(at.timestamp()))
    mac = hmac.new(secret.encode(), b"msg_1." + timestamp.encode() + b"." + body, hashlib.sha256).digest()
    signature = "v1," + base64.b64encode(mac).decode()
    return {"webhook-id": "msg_1", "webhook-timestamp": timestamp, "webhook-signature": signature}


def test_a_true_signature_is_accepted() -> None:
    assert verify_signature(signed(b"{}"), b"{}", secret=SECRET, now=NOW)


def test_one_of_several_signatures_is_enough() -> None:
    headers = signed(b"{}")
    headers["webhook-signature"] = "v1,AAAA v2,zzz " + headers["webhook-signature"]
    assert verify_signature(headers, b"{}", secret=SECRET, now=NOW)


@pytest.mark.parametrize("secret", ["whsec_", "whsec_shared", "whsec_c2hhcmVkIHNlY3JldA", "whsec_-_-_"])
def test_a_secret_that_nothing_can_be_signed_with_is_told_at_the_start(secret: str) -> None:
    with pytest.raises(ValueError, match="goes on in Base64"):
        create_provider_app(name="demo", sync=plain_list, secret=secret, url="http://larder", key="k")


def test_a_secret_in_the_standard_form_is_decoded() -> None:
    key = base64.b64encode(SECRET.encode()).decode()
    assert verify_signature(signed(b"{}"), b"{}", secret=f"whsec_{key}", now=NOW)
    assert sign("msg_1", int(NOW.timestamp()), b"{}", secret=f"whsec_{key}") == signed(b"{}")["webhook-signature"]


@pytest.mark.parametrize(
    "change",
    [
        {"webhook-id": "msg_2"},
        {"webhook-id": ""},
        {"webhook-timestamp": "1"},
        {"webhook-timestamp": "now"},
        {"webhook-timestamp": "9" * 400},
        {"webhook-signature": "v1,"},
        {"webhook-signature": ""},
        {"webhook-signature": "é"},
    ],
)
def test_a_changed_message_is_refused(change: dict[str, str]) -> None:
    assert not verify_signature(signed(b"{}") | change, b"{}", secret=SECRET, now=NOW)


def test_another_body_another_secret_or_another_day_is_refused() -> None:
    assert not verify_signature(signed(b"{}"), b"[]", secret=SECRET, now=NOW)
    assert not verify_signature(signed(b"{}", secret="other"), b"{}", secret=SECRET, now=NOW)
    assert not verify_signature(signed(b"{}"), b"{}", secret=SECRET, now=NOW + timedelta(minutes=6))


@pytest.mark.parametrize(
    ("body", "headers", "status"),  # headers are made when the test runs: a signature holds for five minutes
    [
        (b'{"run": 1}', lambda: signed(b'{"run": 1}', at=datetime.now(UTC)), 202),
        (b'{"run": 2}', lambda: signed(b'{"run": 1}', at=datetime.now(UTC)), 401),
        (b'{"run": 1}', lambda: signed(b'{"run": 1}'), 401),
        (b"x" * 2_000_000, lambda: signed(b"x" * 2_000_000, at=datetime.now(UTC)), 401),
        (b"x" * 2_000_000, dict, 202),
    ],
    ids=["true", "forged", "old", "too long to check", "long but unsigned"],
)
def test_a_call_that_is_signed_has_to_be_signed_well(
    body: bytes, headers: Callable[[], dict[str, str]], status: int
) -> None:
    sent = headers() | {"X-Internal-API-Key": SECRET}
    assert run(Played(plain_list).call("POST", "/internal/sync", headers=sent, content=body)).status_code == status
