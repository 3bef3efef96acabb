"""Every method of a memory's published client: `memory_client.py CLASS URL CONTEXT KEY PRINCIPAL FILES KEY FILE`.

CLASS is `surrealdb_memory:Memory`, `surrealdb_memory:AsyncMemory`, `surrealdb.spectron:Spectron` or its
`AsyncSpectron`; whether a method is awaited shows when it is called. FILES is a context whose documents no model reads,
so that nothing waits for one. Tells what each method gave, and which were not called.
"""

import asyncio
import importlib
import inspect
import io
import json
import sys
import time
from typing import Any

named, url, context, key, principal, files, files_key, path = sys.argv[1:]
module_name, _, class_name = named.partition(":")
library = importlib.import_module(module_name)
Client = getattr(library, class_name)
APIError: Any = getattr(library, f"{class_name.removeprefix('Async')}APIError")
WAIT_S = 40
called: set[str] = set()


class Calls:
    """The client, or a namespace of it: every call is noted, and awaited where it must be."""

    def __init__(self, inner: Any, prefix: str = "") -> None:
        self.inner, self.prefix = inner, prefix

    def __getattr__(self, name: str) -> Any:
        found, at = getattr(self.inner, name), f"{self.prefix}{name}"
        if not callable(found):
            return Calls(found, f"{at}.")

        async def call(*given: Any, **options: Any) -> Any:
            called.add(at)
            result = found(*given, **options)
            return await result if inspect.isawaitable(result) else result

        return call


def public(client: Any, prefix: str = "") -> set[str]:
    """Its methods and those of its namespaces, by their dotted names."""
    found: set[str] = set()
    for name in dir(client):
        if name.startswith("_") or (not prefix and name in ("api_key", "context_id", "endpoint")):
            continue
        value = getattr(client, name)
        found |= {f"{prefix}{name}"} if callable(value) else public(value, f"{prefix}{name}.")
    return found


async def listed(stream: Any) -> list[Any]:
    return [each async for each in stream] if hasattr(stream, "__aiter__") else list(stream)


async def refusal(call: Any) -> list[Any]:
    try:
        await call
    except APIError as error:
        return [type(error).__name__, error.status_code, bool(error.message), bool(error.trace_id)]
    return []


def rows(found: list[dict[str, Any]], *names: str) -> list[list[Any]]:
    return [[each[name] for name in names] for each in found]


async def facts(memory: Any) -> dict[str, Any]:
    first = await memory.remember("I work at Acme.", session_id="desk", labels=["by=desk"], role="user")
    preview = await memory.remember("I live in Riga.", infer="preview", memory_category="identity")
    triple = {"entity": {"type": "product", "name": "Widget"}, "key": "price", "value": "29.99"}
    triples = await memory.remember(infer="triples", triples=[triple])
    said = [
        {"role": "user", "content": "I work at Globex now."},
        {"role": "assistant", "content": "Congratulations."},
        {"role": "user", "content": "Please always answer in German."},
    ]
    batch = await memory.remember_many(said, session_id="desk", extract="per_message", infer="full", labels=["by=desk"])
    placed = await memory.remember("My dog is called Rex.", scopes=["org/acme/user/bo", ["team/a", "team/b"]])
    return {
        "first": [first.mode, first.session_id, rows(first.extraction.relations, "verb", "object", "effect")],
        "first_is_chunk": first.turn_id == first.chunk_id,
        "preview": [preview.preview, rows(preview.extraction.relations, "object", "effect")],
        "triples": [triples.mode, bool(triples.session_id), rows(triples.extraction.attributes, "key", "value")],
        "batch": [batch.session_id, len(batch.turn_ids), len(batch.extractions)],
        "corrections": rows(batch.extractions[0].corrections, "key", "oldValue", "newValue"),
        "instructions": len(batch.extractions[2].instructions),
        "placed": rows(placed.extraction.relations, "verb", "object"),
    }


async def reading(memory: Any) -> dict[str, Any]:
    found = await memory.recall("where do I work?", k=3, mode="hybrid", include=["facts"], scope_view="strict")
    passages = await memory.recall("Congratulations", session_id="desk", labels=["by=desk"], include=["passages"])
    before = await memory.recall("where do I work?", as_of="2020-01-01T00:00:00Z")
    there = await memory.recall("what is my dog called?", lens="org/acme/user/bo", valid_from="2020-01-01T00:00:00Z")
    block = await memory.query_context("where do I work?", k=3, scope_view="strict")
    state, profile = await memory.state(), await memory.profile()
    inspected = await memory.inspect("relation:user/works_at/Globex")
    return {
        "tier": [found.tier, found.classification_kind, found.seed_entities],
        "hit": [found.hits[0].text, found.hits[0].score, found.hits[0].source],
        "passages": any("Congratulations" in hit.text for hit in passages.hits),
        "before": len(before.hits),
        "there": any("Rex" in hit.text for hit in there.hits),
        "block": ["[memory] works at: Globex" in block.context.splitlines(), block.tier],
        "state": [
            rows(state.identity["relations"], "label", "object"),
            rows(state.knowledge["attributes"], "key", "value"),
            len(state.instructions),
            len(state.unknowns),
        ],
        "profile": [[each.key, each.value] for each in profile.static],
        "wishes": len(profile.instructions),
        "inspected": inspected["kind"],
        "health": await memory.health(),
    }


async def entities(memory: Any) -> dict[str, Any]:
    listed_ = await memory.entities.list(entity_type="organisation")
    widget = await memory.entities.get("product", "Widget")
    history = await memory.entities.history("person", "user", "works_at")
    await memory.entities.delete("product", "Widget")
    gone = await memory.recall("what is the price of Widget?", include=["facts"])
    return {
        "names": sorted(each.name for each in listed_.entities),
        "widget": [widget.entity.name, [[each.key, each.value] for each in widget.attributes]],
        "history": [[each.value, bool(each.superseded_by)] for each in history.history],
        "gone": any("29.99" in hit.text for hit in gone.hits),
    }


async def sessions(memory: Any) -> dict[str, Any]:
    made = await memory.sessions.create(scopes="org/acme", metadata={"channel": "desk"})
    turns = await memory.sessions.turns("desk", limit=2, offset=1)
    block = await memory.sessions.context("desk", "where do I work?")
    await memory.sessions.delete(made.id)
    return {
        "scopes": made.scopes,
        "turns": [[each.seq, each.role, each.content] for each in turns.turns],
        "block": "user: I work at Acme." in block.context,
        "again": await refusal(memory.sessions.turns(made.id)),
    }


async def conversing(memory: Any) -> dict[str, Any]:
    answer = await memory.chat("Where do I work?", session_id="desk", bypass_cache=True, labels=["by=desk"])
    chunks = await listed(await memory.chat("Where do I work?", stream=True, session_id="desk"))
    thought = await memory.reflect("where do I work?", persist=True)
    consolidated = await memory.consolidate(dry_run=True, fact_limit=10, observation_limit=10)
    elaborated = await memory.elaborate(entity_ref="person/user", budget=5, dry_run=True, sweep=True)
    return {
        "reply": [answer.reply, answer.session_id, answer.trace_id[:6], answer.memory_updates.turn_id[:5]],
        "stream": "".join(chunk.delta for chunk in chunks),
        "pieces": len(chunks),
        "done": [chunks[-1].done, chunks[-1].session_id, chunks[-1].trace_id[:6]],
        "thought": [thought.reflection, len(thought.evidence), rows(thought.persisted_attributes, "key", "value")],
        "consolidated": [consolidated.dry_run, consolidated.created, consolidated.outcomes],
        "elaborated": [elaborated.relations_emitted, elaborated.outcomes],
    }


async def ready(memory: Any, document_id: str) -> Any:
    ends_at = time.monotonic() + WAIT_S
    while (found := await memory.documents.get(document_id)).status not in ("ready", "failed"):
        assert time.monotonic() < ends_at, found
        await asyncio.sleep(0.2)
    return found


async def documents(memory: Any) -> dict[str, Any]:
    text = b"Parcels may be returned within 30 days."
    bare = await memory.documents.upload(text)
    again = await memory.documents.upload(text, filename="other.txt", content_type="text/plain", scopes="org/acme")
    file = await memory.documents.upload(path, title="Shipping", source="wiki")
    opened = await memory.documents.upload(io.BytesIO(b"sku,price\n1,29.99\n"), filename="prices.csv")
    broken = await refusal(memory.documents.upload(b"\x00\xff\xfe broken"))
    done = [await ready(memory, each.id) for each in (bare, file, opened)]
    page = await memory.documents.list(status="ready", mime_type="text/plain", page=0, page_size=10)
    chunks = await memory.documents.chunks(bare.id, page=0, page_size=5)
    only = {"documentIds": [bare.id]}
    hits = await memory.documents.query(
        "how long may I return parcels?", k=3, mode="hybrid", threshold=0.0, expand_graph=False, filter=only
    )
    raw = await memory.documents.fetch_raw(bare.id)
    keywords = await words(memory.documents, bare.id)
    once_more = await memory.documents.reprocess(bare.id)
    await ready(memory, bare.id)
    await memory.documents.delete(bare.id)
    return {
        "again": [again.id == bare.id, again.deduplicated, bare.deduplicated, bool(bare.content_hash)],
        "done": [[each.status, bool(each.error)] for each in done],
        "file": [done[1].title, done[1].source, done[1].mime_type, done[1].chunk_count],
        "broken": broken,
        "page": [len(page.documents), page.total, page.page, page.page_size],
        "chunks": [each.text for each in chunks.chunks],
        "hits": [[hit.chunk["text"], hit.document["id"] == bare.id, 0 <= hit.score <= 1] for hit in hits.results],
        "raw": raw == text,
        "words": keywords,
        "once_more": [once_more.id == bare.id],
        "links": (await memory.documents.recompute_links()).links_emitted,
        "deleted": await refusal(memory.documents.get(bare.id)),
    }


async def words(documents: Any, document_id: str) -> list[Any]:
    listed_ = await documents.keywords.list(q="parcel", min_document_count=1, sort="count", page=0, page_size=5)
    one = await documents.keywords.get("parcel")
    like = await documents.keywords.search("parcels", k=2, threshold=0.5)
    own = await documents.keywords.for_document(document_id)
    return [
        [each.normalised for each in listed_.keywords],
        [one.normalised, one.document_count, len(one.documents)],
        [each.normalised for each in like.results],
        "parcel" in [each.normalised for each in own.keywords],
    ]


async def access(memory: Any) -> dict[str, Any]:
    await memory.scopes.register("team/new", description="a team", display_name="New")
    await memory.remember("I like tea.", scopes="team/new")
    await memory.scopes.delete("team/new")
    closed = await refusal(memory.remember("I like coffee.", scopes="team/new"))
    forgotten = await memory.scopes.forget("team/new")
    granted = await memory.principals.grant(principal, "org/acme/*", ["memory:read", "memory:write"])
    effective = await memory.principals.effective(principal, "org/acme/user/bo")
    own = await memory.whoami(on_behalf_of=principal)
    outside = await refusal(memory.remember("I like tea.", scopes="org/globex", on_behalf_of=principal))
    revoked = await memory.principals.revoke(principal, "org/acme/*", ["memory:write"])
    return {
        "scopes": "org/acme/user/bo" in [each.path for each in await memory.scopes.list()],
        "closed": closed,
        "forgotten": forgotten.forgotten > 0,
        "granted": granted.grants,
        "effective": [effective.path, effective.verbs],
        "delegated": [own.enforce, own.delegated_principal_id == granted.id],
        "outside": outside,
        "revoked": revoked.grants,
        "found": [(await memory.principals.get(principal)).id == granted.id, len(await memory.principals.list())],
        "keys": await keys(memory),
    }


async def keys(memory: Any) -> list[Any]:
    made = await memory.keys.create(name="narrow", grants={"memory:read": ["org/acme"]}, ttl_seconds=600)
    names = [each.name for each in await memory.keys.list()]
    rotated = await memory.keys.rotate("narrow", ttl_seconds=600)
    old, new = (Calls(Client(context, endpoint=url, api_key=each.key)) for each in (made, rotated))
    told = [
        await refusal(old.state()),
        await refusal(new.remember("I like tea.")),
        (await new.recall("where do I work?", k=1)).hits[0].text,
    ]
    for each in (old, new):
        await each.close()
    await memory.keys.delete("narrow")
    return ["narrow" in names, made.valid_until is not None, *told, len(await memory.keys.list()) == len(names) - 1]


async def upkeep(memory: Any) -> dict[str, Any]:
    traces = await memory.traces.list(limit=5)
    one = await memory.traces.get(traces.traces[0].id)
    stats = await memory.traces.stats()
    audit = await memory.audit(kind="decision", since="2020-01-01T00:00:00Z", until="2100-01-01T00:00:00Z", limit=5)
    fsck = await memory.lifecycle.fsck(check="duplicates", duplicate_threshold=0.9, max_results=10)
    return {
        "traces": [len(traces.traces), one.id == traces.traces[0].id, one.query_text == traces.traces[0].query_text],
        "stats": [stats.total_queries > 0, stats.window_hours],
        "audit": len(audit.rows),
        "responses": [each.kind for each in (await memory.audit(kind="response")).rows],
        "lifecycle": [(await memory.lifecycle.decay()).affected, (await memory.lifecycle.expire()).affected],
        "fsck": [fsck.total, (await memory.lifecycle.fsck()).injection],
        "forgotten": (await memory.forget("what is my dog called?")).deleted,
        "purged": await purged(memory),
        "missing": await refusal(memory.entities.get("person", "Nobody")),
        "malformed": await refusal(memory.recall("x", k=51)),
        "elsewhere": await refusal(memory.recall("x", location={"lat": 1, "lon": 1})),
    }


async def purged(memory: Any) -> bool:
    """What is named is known for certain, whatever a search finds."""
    await memory.remember("I work at Initech.")
    return bool((await memory.forget("Initech", purge=True)).deleted)


async def main() -> None:
    client = Client(context, endpoint=url, api_key=key)
    memory = Calls(client)
    shelf = Calls(Client(files, endpoint=url, api_key=files_key))
    parts = (facts, reading, conversing, entities, sessions, access, upkeep)
    told: dict[str, Any] = {part.__name__: await part(memory) for part in parts}
    told["documents"] = await documents(shelf)
    for each in (memory, shelf):
        await each.close()
    told["not_called"] = sorted(public(client) - called)
    print(json.dumps(told))


asyncio.run(main())
