"""A server that reranks: one call for so many texts, bounded in time and bytes, and nothing of its answer believed."""

import time
from collections.abc import Sequence
from typing import Any

import httpx
from pydantic_core import from_json

from knowledge.embedding.embedders.remote import CREDENTIALS_REFUSED, without_credentials
from knowledge.embedding.embedders.whole_calls import WholeCallTransport, until
from knowledge.reranking import RerankerKind

CONNECT_TIMEOUT_S = 3.0
MOST_ANSWER_BYTES = 16 * 1024 * 1024
MESSAGE_CHARS = 200
LARGEST = 1e300
"""Of a score: no NaN, no infinity, and no whole number that is no float."""


class RerankerError(Exception):
    """No scores, and why: `code` for programs, `detail` for people. `is_failure`: of the server, not of these texts."""

    code = "reranker_unavailable"
    is_failure = True

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


class RerankerLate(RerankerError):
    code = "reranker_timeout"


class RerankerBusy(RerankerError):
    code = "reranker_busy"
    is_failure = False


class RerankerInvalid(RerankerError):
    """It answered, and not as its kind does."""

    code = "reranker_invalid"


class RerankerRefused(RerankerError):
    code = "reranker_refused"
    is_failure = False


class RemoteReranker:
    """Its client is kept, and may be used by many threads at once.

    An address that ends with `/rerank` is asked as it is, any other with the kind's own path behind it. The
    environment's proxies are not used, redirects not followed, compressed answers not asked for.
    """

    def __init__(self, kind: RerankerKind, model: str, *, url: str = "", api_key: str = "") -> None:
        address = (url or kind.url).rstrip("/")
        self.kind, self.model = kind, model
        self.name = f"{kind.name}:{model}"
        self.url = without_credentials(address)
        self._address = address if address.endswith("/rerank") else address + kind.path
        headers = {"Authorization": f"Bearer {api_key}"} if api_key else {}
        self._client = httpx.Client(
            headers={"Accept-Encoding": "identity", **headers}, transport=WholeCallTransport(), trust_env=False
        )

    def score(self, question: str, texts: Sequence[str], *, timeout_s: float) -> list[float]:
        """How well each text answers the question, in their order. Raises RerankerError."""
        ends_at = time.monotonic() + timeout_s
        scores: list[float] = []
        for first in range(0, len(texts), self.kind.most_texts):
            some = texts[first : first + self.kind.most_texts]
            answer = self._call(self.kind.body(self.model, question, some), ends_at=ends_at)
            scores += self._checked(answer, count=len(some))
        return scores

    def _checked(self, answer: Any, *, count: int) -> list[float]:
        try:
            found = list(self.kind.read(answer))
        except (LookupError, TypeError):
            raise self._invalid("answered no list of scores") from None
        scores = {index: float(score) for index, score in found if _is_sound(index, score, count=count)}
        if len(found) != count or len(scores) != count:
            raise self._invalid(f"answered {len(found):,} scores for {count:,} texts, {len(scores):,} of them usable")
        return [scores[index] for index in range(count)]

    def _call(self, body: dict[str, Any], *, ends_at: float) -> Any:
        status, answer = self._exchange(body, ends_at=ends_at)
        if status in CREDENTIALS_REFUSED:
            raise RerankerError(f"The reranker at {self.url} answered HTTP {status}: it does not accept the key.")
        if status in (400, 413, 422):
            raise RerankerRefused(f"The reranker at {self.url} refused the texts (HTTP {status}): {_message(answer)}")
        if not 200 <= status < 300:
            raise RerankerError(f"The reranker at {self.url} answered HTTP {status}: {_message(answer)}")
        try:
            return from_json(answer)
        except ValueError:
            raise self._invalid(f"answered no JSON: {_message(answer)}") from None

    def _exchange(self, body: dict[str, Any], *, ends_at: float) -> tuple[int, bytes]:
        left_s = max(ends_at - time.monotonic(), 0.001)
        timeout = httpx.Timeout(left_s, connect=min(left_s, CONNECT_TIMEOUT_S))
        try:
            with until(ends_at), self._client.stream("POST", self._address, json=body, timeout=timeout) as response:
                return response.status_code, self._read(response, ends_at=ends_at)
        except httpx.ConnectTimeout:
            raise self._unreachable() from None
        except httpx.TimeoutException:
            raise self._late() from None
        except (httpx.HTTPError, httpx.InvalidURL):
            raise self._unreachable() from None

    def _read(self, response: httpx.Response, *, ends_at: float) -> bytes:
        if response.headers.get("Content-Encoding", "identity") != "identity":
            raise self._invalid("answered compressed, unasked")
        answer = bytearray()
        for chunk in response.iter_bytes():
            answer += chunk
            if len(answer) > MOST_ANSWER_BYTES:
                raise self._invalid(f"answered more than {MOST_ANSWER_BYTES // 1024**2} MiB")
            if time.monotonic() > ends_at:
                raise self._late()
        return bytes(answer)

    def _unreachable(self) -> RerankerError:
        return RerankerError(f"The reranker at {self.url} cannot be reached, or broke off. Check RERANK_URL.")

    def _late(self) -> RerankerLate:
        return RerankerLate(
            f"The reranker at {self.url} did not answer in time. RERANK_BUDGET_MS gives it more, RERANK_CANDIDATES "
            "less to do."
        )

    def _invalid(self, said: str) -> RerankerInvalid:
        return RerankerInvalid(f"The reranker at {self.url} {said}.")


def _is_sound(index: Any, score: Any, *, count: int) -> bool:
    is_number = isinstance(score, int | float) and not isinstance(score, bool)
    return type(index) is int and 0 <= index < count and is_number and abs(score) <= LARGEST


def _message(answer: bytes) -> str:
    """The first characters of what the server says about its error."""
    return " ".join(answer[: 4 * MESSAGE_CHARS].decode(errors="replace").split())[:MESSAGE_CHARS] or "and said nothing"
