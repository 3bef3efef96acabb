"""One call to Larder: which error an answer means, and what is asked again."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx
import pytest
from larder_sdk import (
    Conflict,
    Forbidden,
    Invalid,
    KnowledgeDocument,
    LarderError,
    NotFound,
    Refused,
    Retry,
    TooLarge,
    Unauthorized,
    Unavailable,
    Unexpected,
)
from larder_sdk.exchange import Pause

from tests.sdk.conftest import Script

Play = Callable[..., Script]
PUSHED = httpx.Response(200, json={"upserted": 1, "created": 1})
BUSY = httpx.Response(503, json={"detail": "Embedding backend unreachable", "embedding": {"reachable": False}})


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (400, Refused),
        (401, Unauthorized),
        (403, Forbidden),
        (404, NotFound),
        (409, Conflict),
        (413, TooLarge),
        (422, Invalid),
        (500, Unexpected),
        (302, Unexpected),
        (504, Unavailable),
    ],
)
def test_every_status_has_its_error(script: Play, status: int, error: type[LarderError]) -> None:
    played = script(httpx.Response(status, json={"code": "why", "detail": "Because.", "more": 1}))
    with pytest.raises(LarderError) as caught:
        played.client().get("a")
    assert type(caught.value) is error
    assert (caught.value.status, caught.value.code, str(caught.value)) == (status, "why", "Because.")
    assert caught.value.extra == {"more": 1}
    assert len(played.requests) == 1


@pytest.mark.parametrize("body", [b"<html>", b"[]", b"null", b'{"documents": 3}', b'{"documents": [{}]}'])
def test_an_answer_that_is_not_larders_is_unexpected(script: Play, body: bytes) -> None:
    with pytest.raises(Unexpected):
        script(httpx.Response(200, content=body)).client().query("who?")


@pytest.mark.parametrize(
    "passing", [BUSY, httpx.Response(429), httpx.ConnectError("refused"), httpx.ReadError("reset")]
)
def test_what_is_unavailable_is_asked_again(script: Play, passing: httpx.Response | Exception) -> None:
    played = script(passing, passing, PUSHED)
    assert played.client().upsert(KnowledgeDocument(id="a", content="text")).created == 1
    assert len(played.requests) == 3


def test_insisting_ends(script: Play) -> None:
    played = script(BUSY)
    with pytest.raises(Unavailable) as caught:
        played.client(retry=Retry(attempts=3, first_pause_s=0.001)).query("who?")
    assert len(played.requests) == 3
    assert caught.value.extra == {"embedding": {"reachable": False}}


def test_an_answer_that_took_too_long_is_not_asked_for_again(script: Play) -> None:
    played = script(httpx.ReadTimeout(""))
    with pytest.raises(Unavailable) as caught:
        played.client().query("who?")
    assert str(caught.value) == "Larder took too long: POST /api/v1/knowledge/query (ReadTimeout)"
    assert len(played.requests) == 1


def test_a_server_that_says_when_to_come_back_is_believed() -> None:
    policy = Retry(attempts=4, first_pause_s=0.5, longest_pause_s=15)
    assert policy.pause(1, 7.0) == Pause(7.0)
    assert policy.pause(1, 60.0) is None
    assert policy.pause(4, 1.0) is None
    assert 1.0 <= policy.pause(3, None).seconds <= 3.0


def test_a_longer_absence_is_the_callers_to_wait_for(script: Play) -> None:
    played = script(httpx.Response(503, headers={"Retry-After": "120"}))
    with pytest.raises(Unavailable) as caught:
        played.client().query("who?")
    assert (caught.value.retry_after, len(played.requests)) == (120.0, 1)


def test_retry_after_may_be_a_date(script: Play) -> None:
    later = format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True)
    with pytest.raises(Unavailable) as caught:
        script(httpx.Response(429, headers={"Retry-After": later})).client().query("who?")
    assert 3590 < (caught.value.retry_after or 0) <= 3600
