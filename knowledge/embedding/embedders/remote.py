"""What embedders that are servers share: bounded JSON over HTTP, and a class of error for each kind of answer."""

import json
import time
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any

import httpx
from pydantic_core import from_json

from knowledge.embedding.embedders.base import (
    HARMLESS,
    MOST_TEXTS,
    REFUSED,
    EmbedderFailing,
    EmbedderLoading,
    EmbedderTimeout,
    EmbedderUnavailable,
    EmbeddingRefused,
    Vector,
    checked,
    refuse_lone_surrogates,
    unavailable_extra,
)
from knowledge.embedding.embedders.warming import WarmUp
from knowledge.embedding.embedders.whole_calls import WholeCallTransport, until

TIMEOUT_S = 120.0
"""Where the caller sets none: long enough for a server that has to load a large model first."""

CONNECT_TIMEOUT_S = 3.0
PROBE_TIMEOUT_S = 2.0
SIGN_OF_LIFE = 1 / 8
"""Of the time that a first call has, this share is kept for asking whether the server is there at all."""

MOST_ANSWER_BYTES = 64 * 1024 * 1024
MESSAGE_CHARS = 200


class RemoteEmbedder(ABC):
    """An embedding server. Its client is kept, and may be used by many threads at once.

    The environment's proxies are not used, redirects not followed, compressed answers not asked for.
    """

    prefix: str
    advice: str
    """What to do when the server can't be reached; `{model}` stands for the model."""
    sign_of_life: str
    """An address that a server which is there answers at once, whatever it says."""

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
        self._warm_up = WarmUp(self._embed_patiently)
        self._client = httpx.Client(
            headers={"Accept-Encoding": "identity", **(headers or {})},
            transport=transport or WholeCallTransport(),
            trust_env=False,
        )

    def probe(self) -> None:
        """Asks for a real vector: a server that can be reached may still make none."""
        self._expect_vector(ends_at=time.monotonic() + PROBE_TIMEOUT_S)

    def _expect_vector(self, *, ends_at: float) -> None:
        try:
            self.embed([HARMLESS], timeout_s=max(ends_at - time.monotonic(), 0.1))
        except EmbeddingRefused as refused:
            raise self._failing(f"Embedding backend at {self.url} refuses any text: {refused.detail}") from refused

    @abstractmethod
    def _embed_some(self, texts: Sequence[str], *, ends_at: float) -> Any:
        """The server's rows for at most 64 texts, unchecked."""

    @property
    def known_dimensions(self) -> int | None:
        """None before the first answer."""
        return self._dimensions

    @property
    def dimensions(self) -> int:
        """As the latest answer had them; asks for one when there was none."""
        if self._dimensions is None:
            self.embed(["How wide are you?"])
        assert self._dimensions is not None  # noqa: S101 -- an answer that passed the checks has set it
        return self._dimensions

    def embed(self, texts: Sequence[str], *, timeout_s: float | None = None) -> list[Vector]:
        """Raises EmbedderLoading where a server that is there gives a first answer in more than `timeout_s`."""
        refuse_lone_surrogates(texts)
        if timeout_s is None:
            return self._embed_patiently(texts)
        ends_at = time.monotonic() + timeout_s
        if not self._warm_up.is_warm:
            vectors = self._embed_cold(texts, timeout_s=timeout_s)
            if vectors is not None:
                return vectors
        return self._embed_now(texts, ends_at=ends_at)

    def _embed_patiently(self, texts: Sequence[str]) -> list[Vector]:
        return self._embed_now(texts, ends_at=time.monotonic() + TIMEOUT_S)

    def _embed_cold(self, texts: Sequence[str], *, timeout_s: float) -> list[Vector] | None:
        """By a call that goes on when this one gives up; None where somebody else's call has warmed the model."""
        try:
            return self._warm_up.embed(texts, timeout_s=timeout_s * (1 - SIGN_OF_LIFE))
        except TimeoutError:
            pass
        if not self._gives_sign_of_life(within_s=timeout_s * SIGN_OF_LIFE):
            self._warm_up.forget()
            raise self._late()
        raise self._loading()

    def _gives_sign_of_life(self, *, within_s: float) -> bool:
        try:
            self._exchange("GET", self.sign_of_life, body=None, ends_at=time.monotonic() + within_s)
        except EmbedderUnavailable:
            return False
        return True

    def _embed_now(self, texts: Sequence[str], *, ends_at: float) -> list[Vector]:
        vectors: list[Vector] = []
        for first in range(0, len(texts), MOST_TEXTS):
            some = texts[first : first + MOST_TEXTS]
            rows = self._embed_some(some, ends_at=ends_at)
            vectors += checked(rows, count=len(some), dimensions=vectors[0].size if vectors else None)
            self._dimensions = vectors[0].size
        self._warm_up.note_answer()
        return vectors

    def _call(self, method: str, path: str, *, body: Any = None, ends_at: float) -> Any:
        """The JSON of a 2xx answer. Raises by status: what may differ for another text is EmbeddingRefused."""
        status, answer = self._exchange(method, path, body=body, ends_at=ends_at)
        if status == httpx.codes.NOT_FOUND:
            raise self._unreachable()
        if status == httpx.codes.INTERNAL_SERVER_ERROR or (400 <= status < 500 and status not in NOT_THE_TEXT):
            raise EmbeddingRefused(f"{REFUSED} (HTTP {status}): {_message(answer)}")
        if not 200 <= status < 300:
            raise self._not_served(status, answer)
        try:
            return from_json(answer)  # vectors are long lists of numbers, which it reads twice as fast as `json`
        except ValueError:
            raise self._failing(f"Embedding backend at {self.url} answered no JSON: {_message(answer)}") from None

    def _exchange(self, method: str, path: str, *, body: Any, ends_at: float) -> tuple[int, bytes]:
        left_s = max(ends_at - time.monotonic(), 0.001)
        timeout = httpx.Timeout(left_s, connect=min(left_s, CONNECT_TIMEOUT_S))
        try:
            with (
                until(ends_at),
                self._client.stream(method, self._address + path, json=body, timeout=timeout) as response,
            ):
                return response.status_code, self._read(response, ends_at=ends_at)
        except httpx.ConnectTimeout:  # of a hasty call it does not say that nobody is there
            raise self._late() if left_s < CONNECT_TIMEOUT_S else self._unreachable() from None
        except httpx.TimeoutException:
            raise self._late() from None
        except (httpx.ReadError, httpx.WriteError, httpx.RemoteProtocolError):
            raise self._failing(self._unreachable().detail) from None  # it broke off
        except (httpx.HTTPError, httpx.InvalidURL):
            raise self._unreachable() from None

    def _read(self, response: httpx.Response, *, ends_at: float) -> bytes:
        if response.headers.get("Content-Encoding", "identity") != "identity":
            raise self._failing(f"Embedding backend at {self.url} answered compressed, unasked.")
        answer = bytearray()
        for chunk in response.iter_bytes():
            answer += chunk
            if len(answer) > MOST_ANSWER_BYTES:
                raise self._failing(f"Embedding backend at {self.url} answered more than 64 MiB.")
            if time.monotonic() > ends_at:
                raise self._late()
        return bytes(answer)

    def _unreachable(self) -> EmbedderUnavailable:
        advice = self.advice.format(model=self.model)
        error = self._unavailable(f"Embedding backend unreachable at {self.url or '(no address set)'}. {advice}")
        error.advice = advice
        return error

    def _unavailable(self, detail: str) -> EmbedderUnavailable:
        return EmbedderUnavailable(detail, **unavailable_extra(url=self.url, model=self.model))

    def _not_served(self, status: int, answer: bytes) -> EmbedderUnavailable:
        message = _message(answer)
        if status == httpx.codes.SERVICE_UNAVAILABLE and "loading" in message.lower():
            return self._loading()
        reason = "the credentials are not accepted" if status in CREDENTIALS_REFUSED else message
        detail = f"Embedding backend at {self.url} answered HTTP {status}: {reason}"
        return self._failing(detail) if status >= 500 else self._unavailable(detail)

    def _failing(self, detail: str) -> EmbedderFailing:
        return EmbedderFailing(detail, **unavailable_extra(url=self.url, model=self.model))

    def _late(self) -> EmbedderTimeout:
        detail = (
            f"Embedding backend at {self.url} did not answer in time. Look whether it hangs, and restart it; "
            "QUERY_EMBED_BUDGET_MS gives more time to one that is only slow."
        )
        return EmbedderTimeout(detail, **unavailable_extra(url=self.url, model=self.model))

    def _loading(self) -> EmbedderLoading:
        detail = f"Embedding backend at {self.url} still loads the model '{self.model}'; come back in some seconds."
        return EmbedderLoading(detail, **unavailable_extra(url=self.url, model=self.model))


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
    return " ".join(text.split())[:MESSAGE_CHARS] or "and said nothing"
