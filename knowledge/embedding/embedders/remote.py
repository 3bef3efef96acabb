"""What embedders that are servers share: bounded JSON over HTTP, and a class of error for each kind of answer."""

import json
import time
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any

import httpx

from knowledge.embedding.embedders.base import (
    MOST_TEXTS,
    EmbedderTimeout,
    EmbedderUnavailable,
    EmbeddingRefused,
    Vector,
    checked,
    refuse_lone_surrogates,
    unavailable_extra,
)

TIMEOUT_S = 120.0
"""Where the caller sets none: long enough for a server that has to load a large model first."""

CONNECT_TIMEOUT_S = 3.0
PROBE_TIMEOUT_S = 2.0
MOST_ANSWER_BYTES = 64 * 1024 * 1024
MESSAGE_CHARS = 200


class RemoteEmbedder(ABC):
    """An embedding server. Its client is kept, and may be used by many threads at once.

    The environment's proxies are not used, redirects not followed, compressed answers not asked for.
    """

    prefix: str
    advice: str
    """What to do when the server can't be reached; `{model}` stands for the model."""

    def __init__(
        self,
        model: str,
        *,
        url: str,
        headers: Mapping[str, str] | None = None,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self.model = model
        self.name = f"{self.prefix}:{model}"
        self._address = url.rstrip("/")
        self.url = without_credentials(self._address)
        self._dimensions: int | None = None
        self._client = httpx.Client(
            headers={"Accept-Encoding": "identity", **(headers or {})}, transport=transport, trust_env=False
        )

    @abstractmethod
    def probe(self) -> None: ...

    @abstractmethod
    def _embed_some(self, texts: Sequence[str], *, ends_at: float) -> Any:
        """The server's rows for at most 64 texts, unchecked."""

    @property
    def dimensions(self) -> int:
        """As the latest answer had them; asks for one when there was none."""
        if self._dimensions is None:
            self.embed(["How wide are you?"])
        assert self._dimensions is not None  # noqa: S101 -- an answer that passed the checks has set it
        return self._dimensions

    def embed(self, texts: Sequence[str], *, timeout_s: float | None = None) -> list[Vector]:
        refuse_lone_surrogates(texts)
        ends_at = time.monotonic() + (TIMEOUT_S if timeout_s is None else timeout_s)
        vectors: list[Vector] = []
        for first in range(0, len(texts), MOST_TEXTS):
            some = texts[first : first + MOST_TEXTS]
            rows = self._embed_some(some, ends_at=ends_at)
            vectors += checked(rows, count=len(some), dimensions=vectors[0].size if vectors else None)
            self._dimensions = vectors[0].size
        return vectors

    def _call(self, method: str, path: str, *, body: Any = None, ends_at: float) -> Any:
        """The JSON of a 2xx answer. Raises by status: what may differ for another text is EmbeddingRefused."""
        status, answer = self._exchange(method, path, body=body, ends_at=ends_at)
        if status == httpx.codes.NOT_FOUND:
            raise self._unreachable()
        if status == httpx.codes.INTERNAL_SERVER_ERROR or (400 <= status < 500 and status not in NOT_THE_TEXT):
            raise EmbeddingRefused(f"The embedding backend refused the text (HTTP {status}): {_message(answer)}")
        if not 200 <= status < 300:
            reason = "the credentials are not accepted" if status in CREDENTIALS_REFUSED else _message(answer)
            raise self._unavailable(f"Embedding backend at {self.url} answered HTTP {status}: {reason}")
        try:
            return json.loads(answer)
        except (ValueError, RecursionError):
            raise self._unavailable(f"Embedding backend at {self.url} answered no JSON: {_message(answer)}") from None

    def _exchange(self, method: str, path: str, *, body: Any, ends_at: float) -> tuple[int, bytes]:
        left_s = max(ends_at - time.monotonic(), 0.001)
        timeout = httpx.Timeout(left_s, connect=min(left_s, CONNECT_TIMEOUT_S))
        try:
            with self._client.stream(method, self._address + path, json=body, timeout=timeout) as response:
                return response.status_code, self._read(response, ends_at=ends_at)
        except httpx.ConnectTimeout:
            raise self._unreachable() from None
        except httpx.TimeoutException:
            raise self._late() from None
        except (httpx.HTTPError, httpx.InvalidURL):
            raise self._unreachable() from None

    def _read(self, response: httpx.Response, *, ends_at: float) -> bytes:
        if response.headers.get("Content-Encoding", "identity") != "identity":
            raise self._unavailable(f"Embedding backend at {self.url} answered compressed, unasked.")
        answer = bytearray()
        for chunk in response.iter_bytes():
            answer += chunk
            if len(answer) > MOST_ANSWER_BYTES:
                raise self._unavailable(f"Embedding backend at {self.url} answered more than 64 MiB.")
            if time.monotonic() > ends_at:
                raise self._late()
        return bytes(answer)

    def _unreachable(self) -> EmbedderUnavailable:
        advice = self.advice.format(model=self.model)
        return self._unavailable(f"Embedding backend unreachable at {self.url or '(no address set)'}. {advice}")

    def _unavailable(self, detail: str) -> EmbedderUnavailable:
        return EmbedderUnavailable(detail, **unavailable_extra(url=self.url, model=self.model))

    def _late(self) -> EmbedderTimeout:
        detail = f"Embedding backend at {self.url} did not answer in time."
        return EmbedderTimeout(detail, **unavailable_extra(url=self.url, model=self.model))


CREDENTIALS_REFUSED = frozenset({401, 403})
"""Servers like to quote the key in these answers, so their words are not repeated."""

NOT_THE_TEXT = CREDENTIALS_REFUSED | {402, 405, 407, 408, 425, 429}
"""4xx answers that say nothing about the text: credentials, credit, the address, haste."""


def without_credentials(url: str) -> str:
    """An address as it may be shown."""
    scheme, separator, rest = url.partition("://")
    authority, slash, path = rest.partition("/")
    return f"{scheme}{separator}{authority.rpartition('@')[2]}{slash}{path}"


def _message(answer: bytes) -> str:
    """The first characters of what the server says about its error."""
    text = answer[: 4 * MESSAGE_CHARS].decode(errors="replace")
    try:
        error = json.loads(answer)["error"]
        text = str(error["message"] if isinstance(error, dict) else error)
    except (ValueError, RecursionError, KeyError, TypeError):
        pass
    return " ".join(text.split())[:MESSAGE_CHARS]
