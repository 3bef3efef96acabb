"""Every verb of the memory clients as a plan (see `larder_sdk.exchange`), told once and without a network.

A write bears an `Idempotency-Key` of its own, so that insisting on it stores it once.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Generator, Mapping, Sequence
from typing import Any, TypeVar
from urllib.parse import quote

from pydantic import BaseModel, ValidationError

from larder_sdk.errors import Unexpected
from larder_sdk.exchange import Call, Outcome, Pause, Plan, Retry, ask, exchange
from larder_sdk.memory.shapes import Document, DocumentPage, EntityFacts, FactVersion, Upload

ROOT = "/api/v1/"
S = TypeVar("S", bound=BaseModel)
Scopes = str | Sequence[str | Sequence[str]] | Mapping[str, str]
"""`"org/acme"`; a list of alternatives; within it lists that must hold together; or `{"org": "acme", "user": "al"}`."""


def write(path: str, body: Mapping[str, Any], shape: type[S], *, root: str, retry: Retry) -> Plan[S]:
    headers = {"Idempotency-Key": uuid.uuid4().hex}
    call = Call(method="POST", path=path, root=root, body=_json(body), headers=headers)
    return read(shape, (yield from ask(call, retry)))


def post(path: str, body: Mapping[str, Any], shape: type[S], *, root: str, retry: Retry) -> Plan[S]:
    return read(shape, (yield from ask(Call(method="POST", path=path, root=root, body=_json(body)), retry)))


def get(path: str, params: Mapping[str, Any], shape: type[S], *, root: str, retry: Retry) -> Plan[S]:
    return read(shape, (yield from ask(_get(path, params, root=root), retry)))


def delete(path: str, *, root: str, retry: Retry) -> Plan[None]:
    yield from exchange(Call(method="DELETE", path=path, root=root), retry)


def answer(method: str, path: str, body: Mapping[str, Any] | None, *, root: str, retry: Retry) -> Plan[dict[str, Any]]:
    """An answer that has no shape of its own."""
    call = Call(method=method, path=path, root=root, body=None if body is None else _json(body))
    return (yield from ask(call, retry))


def raw(document_id: str, *, root: str, retry: Retry) -> Plan[bytes]:
    call = Call(method="GET", path=f"{document_path(document_id)}/raw", root=root)
    return (yield from exchange(call, retry)).content


def upload(
    file: bytes, *, name: str, media_type: str, metadata: Mapping[str, Any], root: str, retry: Retry
) -> Plan[Upload]:
    call = Call(
        method="POST",
        path="/documents",
        root=root,
        form={"metadata": json.dumps(given(metadata))},
        files={"file": (name or "file", file, media_type or "application/octet-stream")},
    )
    return read(Upload, (yield from ask(call, retry)))


def documents(params: Mapping[str, Any], *, root: str, retry: Retry) -> Plan[DocumentPage]:
    return (yield from get("/documents", params, DocumentPage, root=root, retry=retry))


def wait(
    document_ids: Sequence[str], *, every_s: float, root: str, retry: Retry
) -> Generator[Call | Pause, Outcome | None, list[Document]]:
    """Ask after documents until each is ready or failed; they come in the order of their ids."""
    done: dict[str, Document] = {}
    while True:
        for document_id in document_ids:
            if document_id not in done:
                document = yield from get(document_path(document_id), {}, Document, root=root, retry=retry)
                if document.is_done:
                    done[document_id] = document
        if len(done) == len(set(document_ids)):
            return [done[document_id] for document_id in document_ids]
        yield Pause(every_s)


def history(path: str, params: Mapping[str, Any], *, root: str, retry: Retry) -> Plan[list[FactVersion]]:
    told = yield from ask(_get(path, params, root=root), retry)
    rows = told.get("history")
    if not isinstance(rows, list):
        raise Unexpected("Larder answered without a list of history")
    return [read(FactVersion, row) for row in rows]


def entity(path: str, params: Mapping[str, Any], *, root: str, retry: Retry) -> Plan[EntityFacts]:
    return (yield from get(path, params, EntityFacts, root=root, retry=retry))


# -- bodies, addresses, answers ---------------------------------------------------------------------


def _get(path: str, params: Mapping[str, Any], *, root: str) -> Call:
    return Call(method="GET", path=path, root=root, params={name: str(value) for name, value in given(params).items()})


def given(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Without what is None."""
    return {name: value for name, value in fields.items() if value is not None}


def document_path(document_id: str) -> str:
    return f"/documents/{quote(document_id, safe='')}"


def entity_path(entity_type: str, name: str) -> str:
    return f"/entities/{quote(entity_type, safe='')}/{quote(name, safe='')}"


def read(shape: type[S], told: Any) -> S:
    try:
        return shape.model_validate(told)
    except ValidationError as error:
        raise Unexpected(f"Larder answered with a {shape.__name__} that cannot be read: {error}") from error


def _json(body: Mapping[str, Any]) -> bytes:
    return json.dumps(given(body), default=_text).encode()


def _text(value: Any) -> str:
    return str(value.isoformat() if hasattr(value, "isoformat") else value)
