"""Every verb of the clients, told once and without a network.

A verb is a *plan*: a generator that yields what should happen next, a `Call` to send or a `Pause` to
wait, and is sent what came of it: the response, or the transport's error. What it returns is the verb's
result. The asynchronous and the blocking client only carry plans out.
"""

from __future__ import annotations

import json
import random
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar
from urllib.parse import quote

import httpx
from pydantic import ValidationError
from pydantic_core import PydanticSerializationError

from larder.documents import Counts, KnowledgeDocument, Page
from larder.errors import REFUSALS, UNAVAILABLE, Invalid, LarderError, Refused, Unavailable, Unexpected

API = "/api/v1/knowledge"
MAX_BATCH = 1000
"""Documents that one push may hold."""
MAX_REPLACE = 10_000
"""Documents of a source that are replaced in one push; a larger set goes in parts."""
MAX_BATCH_BYTES = 30 * 1024 * 1024
"""Bytes of documents in one push: the server's 32 MiB with room to spare."""

RETRIED = frozenset({429, 502, 503})
RETRIED_ERRORS = (httpx.ConnectError, httpx.ConnectTimeout, httpx.NetworkError, httpx.RemoteProtocolError)

T = TypeVar("T")
Outcome = httpx.Response | httpx.RequestError


@dataclass(frozen=True, kw_only=True)
class Call:
    """One HTTP request. `path` is below the API's root, percent-encoded."""

    method: str
    path: str
    body: bytes | None = None
    params: Mapping[str, str] | None = None
    wait_s: int | None = None


@dataclass(frozen=True)
class Pause:
    """Seconds to let pass before the next call."""

    seconds: float


Plan = Generator[Call | Pause, Outcome | None, T]


@dataclass(frozen=True, kw_only=True)
class Retry:
    """How long to insist on what is unavailable.

    At most `attempts` calls, with pauses that double from `first_pause_s`, give or take half. A server's
    Retry-After goes first. A pause beyond `longest_pause_s` is not waited for: the error is raised
    and says when to come back.
    """

    attempts: int = 4
    first_pause_s: float = 0.5
    longest_pause_s: float = 15.0

    def pause(self, attempt: int, retry_after: float | None) -> Pause | None:
        """The pause after the `attempt`th call (from 1), or None to give up."""
        if attempt >= self.attempts:
            return None
        seconds = retry_after
        if seconds is None:
            seconds = self.first_pause_s * 2 ** (attempt - 1) * random.uniform(0.5, 1.5)  # noqa: S311
        return Pause(seconds) if seconds <= self.longest_pause_s else None


# -- verbs -----------------------------------------------------------------------------------------


def upsert(doc: KnowledgeDocument, *, source: str, wait_s: int | None, retry: Retry) -> Plan[Counts]:
    body = _encode(doc, index=0, source=source)
    return Counts.read((yield from _ask(Call(method="POST", path="/upsert", body=body, wait_s=wait_s), retry)))


def bulk_upsert(docs: Iterable[KnowledgeDocument], *, source: str, wait_s: int | None, retry: Retry) -> Plan[Counts]:
    total = Counts()
    for batch in batches(docs, source=source):
        total += yield from _push(batch, method="POST", path="/bulk-upsert", wait_s=wait_s, retry=retry)
    return total


def replace_source(docs: Iterable[KnowledgeDocument], *, source: str, wait_s: int | None, retry: Retry) -> Plan[Counts]:
    whole = list(docs)
    fits, *more = [*batches(whole, source=source, max_documents=MAX_REPLACE)] or [Batch(first=0, documents=[])]
    if more:
        return (yield from _replace_in_parts(whole, source=source, wait_s=wait_s, retry=retry))
    return (yield from _push(fits, method="PUT", path=_documents_path(source), wait_s=wait_s, retry=retry))


def delete(doc_id: str, *, source: str, retry: Retry) -> Plan[None]:
    yield from _exchange(Call(method="DELETE", path=_document_path(doc_id, source=source)), retry)


def get(doc_id: str, *, source: str, retry: Retry) -> Plan[KnowledgeDocument]:
    call = Call(method="GET", path=_document_path(doc_id, source=source))
    return read_document((yield from _ask(call, retry)))


def list_page(*, retry: Retry, limit: int, **filters: str | None) -> Plan[Page]:
    params = {name: value for name, value in filters.items() if value} | {"limit": str(limit)}
    answer = yield from _ask(Call(method="GET", path="/documents", params=params), retry)
    return Page(documents=read_documents(answer), next=answer.get("next") or None)


def query(question: Mapping[str, Any], *, retry: Retry) -> Plan[list[KnowledgeDocument]]:
    body = _json(question)
    return read_documents((yield from _ask(Call(method="POST", path="/query", body=body), retry)))


def stats(*, retry: Retry) -> Plan[dict[str, Any]]:
    return (yield from _ask(Call(method="GET", path="/stats"), retry))


def rows(path: str, name: str, *, retry: Retry) -> Plan[list[dict[str, Any]]]:
    return _rows((yield from _ask(Call(method="GET", path=path), retry)), name)


# -- batches ---------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Batch:
    """Encoded documents of one push; `first` is the place of the first one among all that were passed."""

    first: int
    documents: Sequence[bytes]

    def body(self) -> bytes:
        return b'{"documents":[' + b",".join(self.documents) + b"]}"


def batches(
    docs: Iterable[KnowledgeDocument],
    *,
    source: str = "",
    max_documents: int = MAX_BATCH,
    max_bytes: int = MAX_BATCH_BYTES,
) -> Iterator[Batch]:
    """Documents in pushes that the server takes. One that is too long by itself goes alone, to be refused by name."""
    held: list[bytes] = []
    first = held_bytes = 0
    for index, doc in enumerate(docs):
        encoded = _encode(doc, index=index, source=source)
        if held and (len(held) == max_documents or held_bytes + len(encoded) + 1 > max_bytes):
            yield Batch(first=first, documents=held)
            first, held, held_bytes = index, [], 0
        held.append(encoded)
        held_bytes += len(encoded) + 1
    if held:
        yield Batch(first=first, documents=held)


def _push(batch: Batch, *, method: str, path: str, wait_s: int | None, retry: Retry) -> Plan[Counts]:
    try:
        answer = yield from _ask(Call(method=method, path=path, body=batch.body(), wait_s=wait_s), retry)
    except Refused as refusal:
        _count_from(refusal, batch.first)
        raise
    return Counts.read(answer)


def _replace_in_parts(whole: list[KnowledgeDocument], *, source: str, wait_s: int | None, retry: Retry) -> Plan[Counts]:
    """A set larger than one push: its parts are stored one by one, then the server judges what none of them named."""
    begun = yield from _ask(Call(method="POST", path=_replacements_path(source)), retry)
    if not isinstance(begun.get("id"), str):
        raise Unexpected("Larder began a replacement without an id")
    path = f"{_replacements_path(source)}/{quote(begun['id'], safe='')}"
    total = Counts()
    for batch in batches(whole, source=source):
        total += yield from _push(batch, method="PUT", path=path, wait_s=wait_s, retry=retry)
    return total + Counts.read((yield from _ask(Call(method="POST", path=f"{path}/finish"), retry)))


def _count_from(refusal: Refused, first: int) -> None:
    """Turn indices within a batch into indices within everything that was passed."""
    for error in refusal.errors:
        if isinstance(error, dict) and isinstance(error.get("index"), int):
            error["index"] += first


def _encode(doc: KnowledgeDocument, *, index: int, source: str) -> bytes:
    """A document on the wire; an empty source takes the one given."""
    if source and not doc.source:
        doc = doc.model_copy(update={"source": source})
    try:
        return doc.model_dump_json(exclude={"score", "passage"}).encode()
    except PydanticSerializationError as error:
        reason = f"cannot be written as JSON: {error}"
        errors = [{"index": index, "id": doc.id, "field": "metadata", "reason": reason}]
        raise Invalid(f"Document {doc.id!r} {reason}", code="invalid_documents", extra={"errors": errors}) from error


def _json(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value).encode()


def _replacements_path(source: str) -> str:
    return f"/sources/{quote(source, safe='')}/replacements"


def _documents_path(source: str) -> str:
    return f"/sources/{quote(source, safe='')}/documents"


def _document_path(doc_id: str, *, source: str) -> str:
    return f"{_documents_path(source) if source else '/documents'}/{quote(doc_id, safe='')}"


# -- calls and answers -----------------------------------------------------------------------------


def _ask(call: Call, retry: Retry) -> Plan[dict[str, Any]]:
    """The JSON object that answers a call."""
    response = yield from _exchange(call, retry)
    answer = _object(response)
    if answer is None:
        raise Unexpected(f"{_told(call)} was answered with something else than JSON", status=response.status_code)
    return answer


def _exchange(call: Call, retry: Retry) -> Plan[httpx.Response]:
    """The successful response to a call, after as many attempts as the policy grants."""
    attempt = 1
    while True:
        outcome = yield call
        assert outcome is not None  # noqa: S101 - a shell answers every call
        error = _trouble(call, outcome)
        if error is None:
            return outcome  # type: ignore[return-value]
        pause = retry.pause(attempt, getattr(error, "retry_after", None)) if _passing(outcome) else None
        if pause is None:
            raise error
        yield pause
        attempt += 1


def _passing(outcome: Outcome) -> bool:
    """Whether another attempt may succeed. An answer that took too long is not asked for again."""
    if isinstance(outcome, httpx.Response):
        return outcome.status_code in RETRIED
    return isinstance(outcome, RETRIED_ERRORS)


def _trouble(call: Call, outcome: Outcome) -> LarderError | None:
    """The error that an outcome means, None for success."""
    if isinstance(outcome, httpx.RequestError):
        what = "took too long" if isinstance(outcome, httpx.TimeoutException) else "could not be reached"
        error = Unavailable(f"Larder {what}: {_told(call)} ({outcome or type(outcome).__name__})", code="unreachable")
        error.__cause__ = outcome
        return error
    if outcome.is_success:
        return None
    answer = _object(outcome) or {}
    status, detail = outcome.status_code, _detail(answer) or f"{_told(call)} was answered HTTP {outcome.status_code}"
    extra = {name: value for name, value in answer.items() if name not in ("code", "detail")}
    rest: dict[str, Any] = {"status": status, "code": str(answer.get("code") or ""), "extra": extra}
    if status in UNAVAILABLE:
        return Unavailable(detail, retry_after=_retry_after(outcome), **rest)
    if 400 <= status < 500:
        return REFUSALS.get(status, Refused)(detail, **rest)
    return Unexpected(detail, **rest)


def _told(call: Call) -> str:
    return f"{call.method} {API}{call.path}"


def _detail(answer: Mapping[str, Any]) -> str:
    detail = answer.get("detail")
    return detail if isinstance(detail, str) else ""


def _object(response: httpx.Response) -> dict[str, Any] | None:
    try:
        answer = response.json()
    except ValueError:
        return None
    return answer if isinstance(answer, dict) else None


def _retry_after(response: httpx.Response) -> float | None:
    """Retry-After in seconds from now, given in seconds or as a date (RFC 9110, 10.2.3)."""
    value = response.headers.get("retry-after", "").strip()
    if value.isdecimal():
        return float(value)
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    return max(0.0, (moment.replace(tzinfo=moment.tzinfo or UTC) - datetime.now(UTC)).total_seconds())


def read_document(answer: Any) -> KnowledgeDocument:
    try:
        return KnowledgeDocument.model_validate(answer)
    except ValidationError as error:
        raise Unexpected(f"Larder answered with a document that cannot be read: {error}") from error


def read_documents(answer: Mapping[str, Any]) -> list[KnowledgeDocument]:
    return [read_document(document) for document in _rows(answer, "documents")]


def _rows(answer: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    rows = answer.get(name)
    if not isinstance(rows, list):
        raise Unexpected(f"Larder answered without a list of {name}")
    return rows
