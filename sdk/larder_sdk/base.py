"""What both clients know: where Larder is, as whom they ask, and how a call looks as an HTTP request."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import Any, Generic, Self, TypeVar

import httpx
from pydantic import SecretStr

from larder_sdk.exchange import API, Call, Retry
from larder_sdk.limits import RetrievalLimits
from larder_sdk.tracing import trace_headers

C = TypeVar("C", bound="Client[Any]")
Transport = TypeVar("Transport", httpx.BaseTransport, httpx.AsyncBaseTransport)

TIMEOUT_S = 15.0


def sendable_key(api_key: str | SecretStr | None) -> str:
    """The key without the blanks of the file it was read from. Raises ValueError, which does not show it."""
    key = (api_key.get_secret_value() if isinstance(api_key, SecretStr) else api_key or "").strip()
    if not (key.isascii() and key.isprintable()):
        raise ValueError("The access key holds characters that no header can carry; copy it anew.")
    return key


class ForAnalysis(Generic[C]):
    """`for_analysis`, on a client or on its class.

    On a client it gives one with the same connection; on the class it starts from the environment.
    """

    def __get__(self, client: C | None, kind: type[C]) -> Callable[[object], C]:
        def for_analysis(email: object) -> C:
            """A client whose queries keep within `email.retrieval_limits`; see `RetrievalLimits.of`."""
            base = kind.from_env() if client is None else client
            return base._with(retrieval_limits=base.retrieval_limits.tightened_by(RetrievalLimits.of(email)))

        return for_analysis


def address_from_env() -> tuple[str, str | None]:
    """LARDER_URL and the key LARDER_KEY. Raises RuntimeError where LARDER_URL is not set."""
    url = os.environ.get("LARDER_URL")
    if not url:
        raise RuntimeError("LARDER_URL is not set. It is Larder's address, for example http://127.0.0.1:8000")
    return url, os.environ.get("LARDER_KEY")


class Connection(Generic[Transport]):
    """Where calls go, as whom, and how long they are insisted on. Copies made of it share its connections."""

    def __init__(
        self,
        url: str,
        api_key: str | SecretStr | None,
        *,
        timeout: float = TIMEOUT_S,
        retry: Retry = Retry(),  # noqa: B008 - frozen
        correlation_id: str | None = None,
        transport: Transport | None = None,
    ) -> None:
        """`url` is what the paths of calls are below. `timeout` is for one attempt, in seconds.

        `correlation_id` is sent with every call. `transport` replaces the network, for tests.
        """
        self.url = url
        self.timeout = timeout
        self.retry = retry
        self.correlation_id = correlation_id
        self.trace: Mapping[str, str] = {}
        self._api_key = sendable_key(api_key)
        self._connect(transport)

    def _connect(self, transport: Transport | None) -> None:
        raise NotImplementedError

    def correlated(self, correlation_id: str | None) -> Self:
        """The same client, sending `X-Correlation-ID` with every call; it shares the connection."""
        return self._with(correlation_id=correlation_id)

    def traced(self, trace: Mapping[str, str]) -> Self:
        """The same client, whose calls are a part of this trace: `traceparent`, and `tracestate` where there is one."""
        return self._with(trace=trace)

    def _with(self, **changed: Any) -> Self:
        """A copy that shares the connection."""
        copy = object.__new__(type(self))
        copy.__dict__.update(self.__dict__, **changed)
        return copy

    def request(self, call: Call) -> dict[str, Any]:
        """The arguments of httpx's `request` for a call."""
        headers = {"Accept": "application/json"}
        if self._api_key:
            headers["Authorization"] = f"Bearer {self._api_key}"
        if self.correlation_id:
            headers["X-Correlation-ID"] = self.correlation_id
        headers |= trace_headers(self.trace)
        if call.body is not None:
            headers["Content-Type"] = "application/json"
        if call.wait_s is not None:
            headers["Prefer"] = f"wait={call.wait_s}"
        body = {"content": call.body} if call.form is None else {"data": call.form, "files": call.files}
        return {
            "method": call.method,
            "url": self.url + call.path,
            "params": call.params,
            "headers": {**headers, **call.headers},
            "timeout": self.timeout + (call.wait_s or 0),
            **body,
        }


class Client(Connection[Transport]):
    """A client of the knowledge API, without its verbs."""

    def __init__(
        self,
        url: str,
        api_key: str | SecretStr | None = None,
        *,
        source: str = "",
        retrieval_limits: RetrievalLimits | Mapping[str, Any] | None = None,
        **connection: Any,
    ) -> None:
        """A client of the Larder at `url`, with or without `/api/v1/knowledge` at its end.

        `source` stands in where a document or a verb names none; a key that is bound to a source
        needs no mention of it but for `replace_source`. `connection` are the arguments of `Connection`.
        """
        self.source = source
        self.retrieval_limits = RetrievalLimits.model_validate(retrieval_limits or {})
        super().__init__(url.rstrip("/").removesuffix(API) + API, api_key, **connection)

    @classmethod
    def from_env(cls, **options: Any) -> Self:
        """A client of LARDER_URL with the key LARDER_KEY. Raises RuntimeError where LARDER_URL is not set."""
        return cls(*address_from_env(), **options)

    def question(self, text: str, *, tags: str | None, top_k: int, min_score: float, **options: Any) -> dict[str, Any]:
        """The body of a query, within the limits. Options that are not given are left out."""
        if not text.strip() and options.get("vector") is None:
            raise ValueError("a query needs a text that is not blank")
        top_k, min_score = self.retrieval_limits.cap(top_k, min_score)
        asked = {"text": text, "tags": tags or "", "top_k": top_k, "min_score": min_score}
        return asked | {name: value for name, value in options.items() if value or name == "rerank"}

    def own(self, source: str | None) -> str:
        return self.source if source is None else source

    def needed(self, source: str | None) -> str:
        if not (named := self.own(source)):
            raise ValueError("replacing a source needs its name: pass source=, here or to the client")
        return named
