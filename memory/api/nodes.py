"""`/knowledge/nodes`: records of a catalogue that is trusted, in batches, by kind and slug."""

import json
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Status
from pydantic import Field

from core.fields import Text
from memory.access.caller import MemoryCaller, Verb
from memory.api.answers.base import described
from memory.api.answers.nodes import NodeCountsOut, NodeHitsOut, NodeOut, NodesOut, RelatedOut
from memory.api.base import Lensed, body_of, caller_of, lens_of, memory_router
from memory.api.document_rows import PAGE_SIZE, page_numbers, told_page
from memory.errors import MemoryInvalid
from memory.models import Entity, Fact, ScopeSet
from memory.nodes import UpsertCounts, delete_node, read_nodes, upsert_nodes
from memory.nodes.browsing import (
    MOST_DEPTH,
    narrow_nodes,
    node_named,
    nodes_of,
    related_to,
    search_nodes,
)
from memory.scopes.paths import Clauses, parse_scopes, wire_scopes

router = memory_router("nodes")

BASE = "/knowledge/nodes"
MOST_HITS = 50
MOST_QUESTION_CHARS = 20_000


_ANY = {"type": "array", "items": {"type": "object"}}
BATCH = {
    "requestBody": {
        "content": {
            "application/json": {
                "schema": {"type": "object", "required": ["nodes"], "properties": {"nodes": _ANY, "relations": _ANY}}
            }
        }
    }
}
"""Read by hand, since a fault is told by its index."""


class NodeQuestion(Lensed):
    query: Text = Field(max_length=MOST_QUESTION_CHARS)
    k: int | None = Field(default=None, ge=1, le=MOST_HITS)
    kind: str | None = None


@router.post(
    f"{BASE}/batch", response=described(NodeCountsOut), summary="Write nodes and relations", openapi_extra=BATCH
)
def write_batch(request: HttpRequest) -> dict[str, int]:
    """`{"nodes": [{kind, slug, title, content, scope}], "relations": [{in, out, label}]}`: all of it, or nothing.

    At most 1,000 nodes and 5,000 relations. The same again writes nothing and counts `unchanged`.
    """
    caller, now = caller_of(request), timezone.now()
    caller.require(Verb.MEMORY_WRITE)
    body = body_of(request)
    given = read_nodes(body.get("nodes"), body.get("relations"))
    place = parse_scopes(body.get("scopes", body.get("scope")))

    def scopes() -> Callable[[Clauses], ScopeSet]:
        return ScopesOfBatch(caller, place, now=now).of

    counts = upsert_nodes(given, context=caller.context, scopes=scopes, actor=caller.name, now=now)
    return _counts(counts)


@router.post(f"{BASE}/search", response=described(NodeHitsOut), summary="Nodes by their text")
def find_nodes(request: HttpRequest, body: NodeQuestion) -> dict[str, Any]:
    caller, began = caller_of(request), time.perf_counter()
    if not body.query.strip():
        raise MemoryInvalid("query is blank.")
    visible = caller.reading(body.lens)
    found = search_nodes(
        body.query,
        context=caller.context,
        visible=visible,
        kind=body.kind or "",
        k=body.k or 10,
        now=timezone.now(),
    )
    rows = [{"score": score, "node": node_row(node)} for node, score in found]
    return {"results": rows, "queryMs": round((time.perf_counter() - began) * 1_000)}


@router.get(BASE, response=described(NodesOut), summary="Nodes, by kind and slug")
def list_nodes(
    request: HttpRequest, kind: str = "", q: str = "", page: int = 0, page_size: int = PAGE_SIZE
) -> dict[str, Any]:
    """Pages from 0; `q` is a part of their title or slug."""
    caller = caller_of(request)
    first, size = page_numbers(page, page_size)
    found = narrow_nodes(nodes_of(caller.context, caller.reading(lens_of(request))), kind=kind, text=q)
    shown = found.order_by("type", "slug", "pk")[first * size : (first + 1) * size]
    return {"nodes": [node_row(each) for each in shown]} | told_page(first, size, found.count())


@router.get(BASE + "/{kind}/{path:slug}/related", response=described(RelatedOut), summary="What relations lead to")
def get_related(request: HttpRequest, kind: str, slug: str, label: str = "", depth: int = 1) -> dict[str, Any]:
    """Either way, at most three steps; the nearest first. A slug may hold a `/`; this suffix wins."""
    caller = caller_of(request)
    visible = caller.reading(lens_of(request))
    if not 1 <= depth <= MOST_DEPTH:
        raise MemoryInvalid(f"depth is 1 to {MOST_DEPTH}.")
    node = node_named(nodes_of(caller.context, visible), kind, slug)
    found = related_to(node, visible, label=label, depth=depth)
    return {
        "nodes": [node_row(each) | {"distance": distance} for each, distance in found.nodes],
        "relations": [_relation(each) for each in found.relations],
        "truncated": found.truncated,
    }


@router.get(BASE + "/{kind}/{path:slug}", response=described(NodeOut), summary="One node")
def get_node(request: HttpRequest, kind: str, slug: str) -> dict[str, Any]:
    return node_row(_the_one(request, kind, slug))


@router.delete(BASE + "/{kind}/{path:slug}", response={204: None}, summary="Delete a node")
def remove_node(request: HttpRequest, kind: str, slug: str) -> Status[None]:
    """What it said and what related it ends now; its history stays."""
    caller = caller_of(request)
    caller.require(Verb.MEMORY_FORGET)
    node = _the_one(request, kind, slug)
    for path in {path for clause in node.scope_set.clauses for path in clause}:
        caller.require(Verb.MEMORY_FORGET, path=path)
    delete_node(node, actor=caller.name, now=timezone.now())
    return Status(204, None)


# --- translation ------------------------------------------------------------------------------------------------------


class ScopesOfBatch:
    """The scope sets of a batch, each asked for once. Raises MemoryForbidden, MemoryInvalid, MemoryConflict."""

    def __init__(self, caller: MemoryCaller, place: Clauses, *, now: datetime) -> None:
        self.caller, self.place, self.now = caller, place, now
        self.known: dict[str, ScopeSet] = {}

    def of(self, clauses: Clauses) -> ScopeSet:
        wanted = clauses or self.place
        mark = json.dumps(wanted)
        if mark not in self.known:
            self.known[mark] = self.caller.writing(wanted, now=self.now)
        return self.known[mark]


def node_row(node: Entity) -> dict[str, Any]:
    return {
        "id": f"entity:{node.pk.hex}",
        "kind": node.type,
        "slug": node.slug,
        "title": node.name,
        "content": node.content_json,
        "placeholder": node.placeholder,
        "scopes": wire_scopes(node.scope_set.clauses),
        "createdAt": node.created_at,
        "updatedAt": node.updated_at,
    }


def _counts(counts: UpsertCounts) -> dict[str, int]:
    return {
        "created": counts.created,
        "updated": counts.updated,
        "unchanged": counts.unchanged,
        "relations_created": counts.relations_created,
        "relations_existing": counts.relations_existing,
    }


def _relation(fact: Fact) -> Mapping[str, Any]:
    end = fact.target
    return {
        "id": f"fact:{fact.pk.hex}",
        "in": {"kind": fact.entity.type, "slug": fact.entity.slug, "title": fact.entity.name},
        "out": {"kind": end.type, "slug": end.slug, "title": end.name} if end else None,
        "label": fact.key,
    }


def _the_one(request: HttpRequest, kind: str, slug: str) -> Entity:
    caller = caller_of(request)
    return node_named(nodes_of(caller.context, caller.reading(lens_of(request))), kind, slug)
