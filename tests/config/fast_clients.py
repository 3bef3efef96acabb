"""Clients that ask by one path of a query each."""

import io
import json
from collections.abc import Callable
from typing import Any, NoReturn

from django.test import Client

from accounts.models import AccessKey
from config.web.fast_path import QUERY, Environ, FastPath

Made = tuple[AccessKey, str]


class PassedOn(Exception):
    pass


class FastClient:
    """A client of the fast path alone: what would go on to Django raises PassedOn."""

    def __init__(self, key: str, *, header: str = "HTTP_AUTHORIZATION") -> None:
        self.key, self.sent = key, {header: f"Bearer {key}" if header == "HTTP_AUTHORIZATION" else key}

    def __call__(self, question: dict[str, Any] | bytes, **headers: str) -> tuple[dict[str, str], bytes]:
        def django(environ: Environ, start_response: Callable[..., Any]) -> NoReturn:
            raise PassedOn

        said: dict[str, Any] = {}
        body = question if isinstance(question, bytes) else json.dumps(question).encode()
        environ = {
            "PATH_INFO": QUERY,
            "REQUEST_METHOD": "POST",
            "HTTP_HOST": "testserver",
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.input": io.BytesIO(body),
            **self.sent,
            **headers,
        }
        parts = FastPath(django)(environ, lambda status, headers: said.update(status=status, headers=dict(headers)))
        self.status = said["status"]
        return said["headers"], b"".join(parts)

    def ids(self, question: dict[str, Any], **headers: str) -> list[str]:
        return [each["id"] for each in json.loads(self(question, **headers)[1])["documents"]]


class FullClient:
    """The same key through Django."""

    def __init__(self, key: str) -> None:
        self.key = key

    def __call__(self, question: dict[str, Any], *, header: str = "Authorization") -> tuple[dict[str, str], bytes]:
        headers = {header: f"Bearer {self.key}" if header == "Authorization" else self.key}
        answer = Client().post(QUERY, data=question, content_type="application/json", headers=headers)
        assert answer.status_code == 200, answer.content
        return dict(answer.headers), answer.content
