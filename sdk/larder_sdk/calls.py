"""Every verb of the clients, told once and without a network.

A verb is a plan (see `larder_sdk.exchange`); the asynchronous and the blocking client only carry plans out.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import Any
from urllib.parse import quote

from pydantic import ValidationError

from larder_sdk.batches import Batch, batches, encode, grouped
from larder_sdk.documents import Counts, Hits, KnowledgeDocument, Page, Pending
from larder_sdk.errors import Refused, Unexpected
from larder_sdk.exchange import Call, Plan, Retry, ask, exchange

MAX_REPLACE = 10_000
"""Documents of a source that are replaced in one push; a larger set goes in parts."""


MAX_GET = 1_000
"""Documents that are named by their ids in one call."""


def upsert(doc: KnowledgeDocument, *, source: str, wait_s: int | None, retry: Retry) -> Plan[Counts]:
    body = encode(doc, index=0, source=source)
    return Counts.read((yield from ask(Call(method="POST", path="/upsert", body=body, wait_s=wait_s), retry)))


def bulk_upsert(docs: Iterable[KnowledgeDocument], *, source: str, wait_s: int | None, retry: Retry) -> Plan[Counts]:
    total = Counts()
    for batch in batches(docs, source=source):
        total += yield from _push(batch, method="POST", path="/bulk-upsert", wait_s=wait_s, retry=retry)
    return total


def replace_source(docs: Iterable[KnowledgeDocument], *, source: str, wait_s: int | None, retry: Retry) -> Plan[Counts]:
    """No more than two pushes are held in memory, however many documents there are."""
    pushes = batches(docs, source=source, max_documents=MAX_REPLACE)
    first, second = next(pushes, Batch(first=0, documents=[])), next(pushes, None)
    if second is None:
        return (yield from _push(first, method="PUT", path=_documents_path(source), wait_s=wait_s, retry=retry))
    replacement = yield from begin_replacement(source=source, retry=retry)
    total = Counts()
    encoded = (document for push in chain((first, second), pushes) for document in push.documents)
    for batch in grouped(encoded):
        total += yield from _push_part(batch, replacement, source=source, wait_s=wait_s, retry=retry)
    return total + (yield from finish_replacement(replacement, source=source, retry=retry))


def begin_replacement(*, source: str, retry: Retry) -> Plan[str]:
    begun = yield from ask(Call(method="POST", path=_replacements_path(source)), retry)
    if not isinstance(begun.get("id"), str):
        raise Unexpected("Larder began a replacement without an id")
    return str(begun["id"])


def replace_part(
    docs: Iterable[KnowledgeDocument], replacement: str, *, source: str, wait_s: int | None, retry: Retry
) -> Plan[Counts]:
    total = Counts()
    for batch in batches(docs, source=source):
        total += yield from _push_part(batch, replacement, source=source, wait_s=wait_s, retry=retry)
    return total


def finish_replacement(replacement: str, *, source: str, retry: Retry) -> Plan[Counts]:
    path = f"{_replacement_path(replacement, source=source)}/finish"
    return Counts.read((yield from ask(Call(method="POST", path=path), retry)))


def delete(doc_id: str, *, source: str, retry: Retry) -> Plan[None]:
    yield from exchange(Call(method="DELETE", path=_document_path(doc_id, source=source)), retry)


def delete_many(
    doc_ids: Sequence[str] | None, *, filter: Mapping[str, Any] | None, source: str, retry: Retry
) -> Plan[int]:
    if doc_ids is None and filter is None:
        raise ValueError("nothing is named to delete: give ids, a filter, or both")
    narrowed: dict[str, Any] = {"source": source} if source else {}
    narrowed |= {} if filter is None else {"filter": filter}
    parts = [None] if doc_ids is None else [doc_ids[at : at + MAX_GET] for at in range(0, len(doc_ids), MAX_GET)]
    deleted = 0
    for part in parts:
        body = _json(narrowed if part is None else {"ids": part, **narrowed})
        more = True
        while more:
            answer = yield from ask(Call(method="POST", path="/documents/delete", body=body), retry)
            deleted += int(answer.get("deleted", 0))
            more = bool(answer.get("more"))
    return deleted


def get(doc_id: str, *, source: str, retry: Retry) -> Plan[KnowledgeDocument]:
    call = Call(method="GET", path=_document_path(doc_id, source=source))
    return read_document((yield from ask(call, retry)))


def get_many(
    doc_ids: Sequence[str], *, source: str, include_vectors: bool, retry: Retry
) -> Plan[list[KnowledgeDocument]]:
    found: list[KnowledgeDocument] = []
    asked = {**({"source": source} if source else {}), **({"include_vectors": True} if include_vectors else {})}
    for first in range(0, len(doc_ids), MAX_GET):
        body = _json({"ids": doc_ids[first : first + MAX_GET], **asked})
        answer = yield from ask(Call(method="POST", path="/documents/get", body=body), retry)
        of = {"embedding_model": model} if (model := answer.get("embedding_model")) else {}
        found += [each.model_copy(update=of) if each.vectors else each for each in read_documents(answer)]
    return found


def count(*, filter: Mapping[str, Any] | None, retry: Retry, **asked: str | None) -> Plan[int]:
    params = _parameters(asked, filter) | {"limit": "1", "total": "true"}
    answer = yield from ask(Call(method="GET", path="/documents", params=params), retry)
    if not isinstance(total := answer.get("total"), int):
        raise Unexpected("Larder answered without a total")
    return total


def metadata_keys(*, filter: Mapping[str, Any] | None, retry: Retry, **asked: str | None) -> Plan[list[dict[str, Any]]]:
    call = Call(method="GET", path="/metadata", params=_parameters(asked, filter))
    return _rows((yield from ask(call, retry)), "keys")


def metadata_values(*, filter: Mapping[str, Any] | None, retry: Retry, **asked: str | None) -> Plan[dict[str, Any]]:
    call = Call(method="GET", path="/metadata/values", params=_parameters(asked, filter))
    answer = yield from ask(call, retry)
    _rows(answer, "values")
    return answer


def list_page(*, filter: Mapping[str, Any] | None, retry: Retry, limit: int, **asked: str | None) -> Plan[Page]:
    params = _parameters(asked, filter) | {"limit": str(limit)}
    answer = yield from ask(Call(method="GET", path="/documents", params=params), retry)
    return Page(documents=read_documents(answer), next=answer.get("next") or None)


def query(question: Mapping[str, Any], *, retry: Retry) -> Plan[Hits]:
    answer = yield from ask(Call(method="POST", path="/query", body=_json(question)), retry)
    why_not = answer.get("rerank_fallback") or {}
    return Hits(
        read_documents(answer),
        pending=_pending(answer.get("pending")),
        reranked=answer.get("reranked"),
        not_reranked=str(why_not.get("detail", "")) if isinstance(why_not, dict) else "",
    )


def stats(*, retry: Retry) -> Plan[dict[str, Any]]:
    return (yield from ask(Call(method="GET", path="/stats"), retry))


def rows(path: str, name: str, *, retry: Retry) -> Plan[list[dict[str, Any]]]:
    return _rows((yield from ask(Call(method="GET", path=path), retry)), name)


# -- pushes ----------------------------------------------------------------------------------------


def _push(batch: Batch, *, method: str, path: str, wait_s: int | None, retry: Retry) -> Plan[Counts]:
    try:
        answer = yield from ask(Call(method=method, path=path, body=batch.body(), wait_s=wait_s), retry)
    except Refused as refusal:
        _count_from(refusal, batch.first)
        raise
    return Counts.read(answer)


def _push_part(batch: Batch, replacement: str, *, source: str, wait_s: int | None, retry: Retry) -> Plan[Counts]:
    path = _replacement_path(replacement, source=source)
    return (yield from _push(batch, method="PUT", path=path, wait_s=wait_s, retry=retry))


def _count_from(refusal: Refused, first: int) -> None:
    """Turn indices within a batch into indices within everything that was passed."""
    for error in refusal.errors:
        if isinstance(error, dict) and isinstance(error.get("index"), int):
            error["index"] += first


# -- addresses and answers --------------------------------------------------------------------------


def _parameters(asked: Mapping[str, str | None], filter: Mapping[str, Any] | None) -> dict[str, str]:
    params = {name: value for name, value in asked.items() if value}
    return params | ({} if filter is None else {"filter": json.dumps(filter)})


def _json(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value).encode()


def _replacements_path(source: str) -> str:
    return f"/sources/{quote(source, safe='')}/replacements"


def _replacement_path(replacement: str, *, source: str) -> str:
    return f"{_replacements_path(source)}/{quote(replacement, safe='')}"


def _documents_path(source: str) -> str:
    return f"/sources/{quote(source, safe='')}/documents"


def _document_path(doc_id: str, *, source: str) -> str:
    return f"{_documents_path(source) if source else '/documents'}/{quote(doc_id, safe='')}"


def read_document(answer: Any) -> KnowledgeDocument:
    try:
        return KnowledgeDocument.model_validate(answer)
    except ValidationError as error:
        raise Unexpected(f"Larder answered with a document that cannot be read: {error}") from error


def read_documents(answer: Mapping[str, Any]) -> list[KnowledgeDocument]:
    return [read_document(document) for document in _rows(answer, "documents")]


def _pending(told: Any) -> Pending | None:
    """None, too, of a server that does not tell."""
    if not isinstance(told, dict) or not isinstance(passages := told.get("passages"), int):
        return None
    return Pending(passages=passages, more=bool(told.get("more")))


def _rows(answer: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    rows = answer.get(name)
    if not isinstance(rows, list):
        raise Unexpected(f"Larder answered without a list of {name}")
    return rows
