"""Whose body is read."""

from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from config.middleware import STRANGERS_BYTES

pytestmark = pytest.mark.django_db
LARGE = STRANGERS_BYTES + 1


class Unreadable:
    def read(self, *size: int) -> bytes:
        raise AssertionError("The body was read.")

    readline = read


def send(client: Client, length: int, *, to: str = "/files/") -> Any:
    client.handler.enforce_csrf_checks = True
    client.cookies[settings.CSRF_COOKIE_NAME] = "t" * 32  # which anybody can make up
    body = {
        "CONTENT_TYPE": "multipart/form-data; boundary=b",
        "CONTENT_LENGTH": str(length),
        "wsgi.input": Unreadable(),
    }
    return client.generic("POST", to, **body)


def test_a_strangers_large_body_is_not_read(client: Client) -> None:
    answer = send(client, LARGE)
    assert (answer.status_code, answer["Location"], answer["Connection"]) == (302, "/login/?next=/", "close")


def test_a_small_body_is_read_whoever_sends_it(client: Client) -> None:
    with pytest.raises(AssertionError, match="was read"):
        send(client, STRANGERS_BYTES)


def test_a_large_body_of_somebody_signed_in_is_read(admin_client: Client) -> None:
    with pytest.raises(AssertionError, match="was read"):
        send(admin_client, LARGE)


def test_programs_without_a_key_are_told_so_unread(client: Client) -> None:
    assert send(client, LARGE, to="/v1/collections/reports/documents").status_code == 401
