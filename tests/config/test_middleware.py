"""Whose body is read, and what is said of one that does not come to its end."""

import io
import logging
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.test.client import ClientHandler

from config.web.middleware import ANONYMOUS_BODY_BYTES
from config.web.request_buffering import AT_ONCE_BYTES, RequestBuffer
from config.web.slow_clients import InFlightRequests

pytestmark = pytest.mark.django_db
LARGE = ANONYMOUS_BODY_BYTES + 1


class Unreadable:
    def read(self, *size: int) -> bytes:
        raise AssertionError("The body was read.")

    readline = read


def send(client: Client, length: int, *, to: str = "/files/") -> Any:
    client.handler.enforce_csrf_checks = True
    client.cookies[settings.CSRF_COOKIE_NAME] = "t" * 32  # which anybody can make up
    body: dict[str, Any] = {
        "CONTENT_TYPE": "multipart/form-data; boundary=b",
        "CONTENT_LENGTH": str(length),
        "wsgi.input": Unreadable(),
    }
    return client.generic("POST", to, **body)


def test_an_anonymous_large_body_is_not_read(client: Client) -> None:
    answer = send(client, LARGE)
    assert (answer.status_code, answer["Location"], answer["Connection"]) == (302, "/login/?next=/", "close")


def test_a_small_body_is_read_whoever_sends_it(client: Client) -> None:
    with pytest.raises(AssertionError, match="was read"):
        send(client, ANONYMOUS_BODY_BYTES)


def test_a_large_body_of_somebody_signed_in_is_read(admin_client: Client) -> None:
    with pytest.raises(AssertionError, match="was read"):
        send(admin_client, LARGE)


@pytest.mark.parametrize(
    "address",
    ["knowledge/query", "acme/query", "acme/context", "acme/state", "acme/reflect", "acme/documents/keywords/search"],
)
def test_a_question_that_is_too_long_is_refused_unread(client: Client, address: str) -> None:
    answer = send(client, settings.MAX_QUERY_BYTES + 1, to=f"/api/v1/{address}")
    assert (answer.status_code, answer["Connection"]) == (413, "close")
    assert f"the limit at this address is {settings.MAX_QUERY_BYTES:,}" in answer.json()["detail"]


def test_programs_without_a_key_are_told_so_unread(client: Client) -> None:
    assert send(client, LARGE, to="/v1/collections/reports/documents").status_code == 401


@pytest.mark.parametrize("length", [5_000, AT_ONCE_BYTES + 1])
def test_a_form_that_breaks_off_while_it_comes_is_no_fault_of_ours(
    admin_client: Any, caplog: pytest.LogCaptureFixture, length: int
) -> None:
    part = b'--b\r\nContent-Disposition: form-data; name="files"; filename="a.txt"\r\n\r\nhalf a li'
    admin_client.cookies[settings.CSRF_COOKIE_NAME] = "t" * 32
    environ = admin_client._base_environ(
        PATH_INFO="/files/",
        REQUEST_METHOD="POST",
        CONTENT_TYPE="multipart/form-data; boundary=b",
        CONTENT_LENGTH=str(length),
        HTTP_X_CSRFTOKEN="t" * 32,
        **{"wsgi.input": io.BytesIO(part)},
    )
    told: list[int] = []

    def django(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        answer: Any = ClientHandler(enforce_csrf_checks=True)(environ)
        told.append(answer.status_code)
        return [answer.content]

    answer = RequestBuffer(django, in_flight=InFlightRequests(patience_s=60))(environ, lambda *_: None)
    assert (told, b"body_incomplete" in b"".join(answer)) == ([400], True)
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []


@pytest.mark.parametrize("encoding", ["gzip", "br", "deflate", "x" * 200])
def test_a_compressed_body_is_refused_with_a_sentence(client: Client, encoding: str) -> None:
    headers: Any = {"Content-Encoding": encoding}
    answer = client.post("/api/v1/knowledge/query", b"\x1f\x8b", content_type="application/json", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (415, "encoding_unsupported")
    assert "send it without Content-Encoding" in answer.json()["detail"]
