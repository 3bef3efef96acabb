import asyncio
import inspect
import json
import math
from collections.abc import Callable

import httpx
import pytest
from larder_sdk import (
    Conflict,
    Counts,
    Invalid,
    KnowledgeClient,
    KnowledgeDocument,
    Pending,
    SyncKnowledgeClient,
    Unexpected,
    calls,
)
from larder_sdk.batches import batches

from tests.sdk.conftest import Script

Play = Callable[..., Script]
PUSHED = httpx.Response(200, json={"upserted": 1, "created": 1})
NOTHING_FOUND = httpx.Response(200, json={"documents": []})
BUSY = httpx.Response(503, json={"detail": "Embedding backend unreachable", "embedding": {"reachable": False}})


def document(number: int = 0, **fields: object) -> KnowledgeDocument:
    return KnowledgeDocument.model_validate({"id": f"d{number}", "content": "text"} | fields)


def test_both_clients_have_the_same_verbs_with_the_same_arguments() -> None:
    verbs = [name for name in vars(SyncKnowledgeClient) if not name.startswith("_") and name not in ("close", "list")]
    for verb in [*verbs, "list"]:
        twins = [inspect.signature(getattr(kind, verb)) for kind in (KnowledgeClient, SyncKnowledgeClient)]
        assert list(twins[0].parameters.values()) == list(twins[1].parameters.values()), verb
    assert "bulk_upsert" in verbs


@pytest.mark.parametrize("url", ["http://larder", "http://larder/", "http://larder/api/v1/knowledge/"])
def test_an_address_may_or_may_not_name_the_api(url: str) -> None:
    assert SyncKnowledgeClient(url).url == "http://larder/api/v1/knowledge"


def test_a_push_says_who_pushes_what_and_how_long_it_waits(script: Play) -> None:
    played = script(PUSHED)
    counts = played.client().correlated("run-7").upsert(document(score=0.5), wait_s=0)
    request = played.requests[0]
    assert counts == Counts(upserted=1, created=1)
    assert (request.method, request.url.path) == ("POST", "/api/v1/knowledge/upsert")
    assert request.headers["authorization"] == "Bearer key"
    assert request.headers["prefer"] == "wait=0"
    assert request.headers["x-correlation-id"] == "run-7"
    assert "score" not in json.loads(request.content)


def test_without_a_wish_the_server_decides_how_long_to_wait(script: Play) -> None:
    played = script(PUSHED)
    played.client().upsert(document())
    assert "prefer" not in played.requests[0].headers


def test_a_long_list_goes_in_batches_and_the_counts_add_up(script: Play) -> None:
    played = script(httpx.Response(200, json={"upserted": 1000}), httpx.Response(200, json={"upserted": 5}))
    assert played.client().bulk_upsert(document(number) for number in range(1005)).upserted == 1005
    assert [len(json.loads(request.content)["documents"]) for request in played.requests] == [1000, 5]


def test_batches_stay_within_the_bytes_and_a_giant_goes_alone() -> None:
    documents = [document(1, content="x" * 100), document(2, content="x" * 5000), document(3), document(4)]
    parts = list(batches(documents, max_bytes=600))
    assert [(part.first, len(part.documents)) for part in parts] == [(0, 1), (1, 1), (2, 2)]
    assert [doc["id"] for part in parts for doc in json.loads(part.body())["documents"]] == ["d1", "d2", "d3", "d4"]


def test_an_empty_push_asks_nobody(script: Play) -> None:
    played = script(PUSHED)
    assert played.client().bulk_upsert([]) == Counts()
    assert not played.requests


def test_a_refused_item_of_a_later_batch_is_named_by_its_place_in_the_whole(script: Play) -> None:
    refusal = {"code": "invalid_documents", "detail": "no", "errors": [{"index": 4, "id": "d1004", "reason": "blank"}]}
    played = script(httpx.Response(200, json={"upserted": 1000}), httpx.Response(422, json=refusal))
    with pytest.raises(Invalid) as caught:
        played.client().bulk_upsert(document(number) for number in range(1005))
    assert caught.value.errors == [{"index": 1004, "id": "d1004", "reason": "blank"}]
    assert caught.value.code == "invalid_documents"


def test_a_document_that_is_not_json_is_named_before_anything_is_sent(script: Play) -> None:
    played = script(PUSHED)
    with pytest.raises(Invalid) as caught:
        played.client().bulk_upsert([document(), document(1, metadata={"thing": object()})])
    assert (caught.value.errors[0]["index"], caught.value.errors[0]["id"]) == (1, "d1")
    assert not played.requests


def test_a_nan_is_left_for_the_server_to_refuse(script: Play) -> None:
    played = script(PUSHED)
    played.client().upsert(document(metadata={"x": math.nan}))
    assert b"NaN" in played.requests[0].content


@pytest.mark.parametrize("source", ["wiki", "people & places"])
def test_ids_and_sources_are_encoded_in_paths(script: Play, source: str) -> None:
    played = script(httpx.Response(204))
    played.client(source=source).delete("a/b #?:%é")
    quoted = source.replace(" ", "%20").replace("&", "%26")
    wanted = f"/api/v1/knowledge/sources/{quoted}/documents/a%2Fb%20%23%3F%3A%25%C3%A9"
    assert played.requests[0].url.raw_path.decode() == wanted


def test_without_a_source_the_key_says_whose_document_is_meant(script: Play) -> None:
    played = script(httpx.Response(204))
    played.client().delete("a")
    assert played.requests[0].url.path == "/api/v1/knowledge/documents/a"


def test_the_clients_source_stands_in_where_a_document_names_none(script: Play) -> None:
    played = script(PUSHED)
    played.client(source="wiki").bulk_upsert([document(1), document(2, source="other")])
    assert [doc["source"] for doc in json.loads(played.requests[0].content)["documents"]] == ["wiki", "other"]


def test_replacing_is_one_call_also_with_nothing_left(script: Play) -> None:
    played = script(httpx.Response(200, json={"upserted": 0, "deleted": 4}))
    assert played.client().replace_source([], source="wiki").deleted == 4
    assert (played.requests[0].method, played.requests[0].content) == ("PUT", b'{"documents":[]}')


def test_replacing_without_knowing_the_source_is_a_mistake_of_the_caller(script: Play) -> None:
    with pytest.raises(ValueError, match="source="):
        script(PUSHED).client().replace_source([document()])


def test_a_set_too_large_for_one_push_goes_in_parts_and_the_server_judges_the_rest(
    script: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calls, "MAX_REPLACE", 2)
    begun, judged = httpx.Response(201, json={"id": "a/b"}), httpx.Response(200, json={"deleted": 0, "held": 7})
    parts = [httpx.Response(200, json={"upserted": count}) for count in (1000, 1)]
    played = script(begun, *parts, judged)
    counts = played.client(source="wiki").replace_source(map(document, range(1001)))
    assert counts == Counts(upserted=1001, held=7)
    asked = [(request.method, request.url.raw_path.decode().partition("/wiki/")[2]) for request in played.requests]
    part = ("PUT", "replacements/a%2Fb")
    assert asked == [("POST", "replacements"), part, part, ("POST", "replacements/a%2Fb/finish")]


def test_a_replacement_that_a_newer_one_has_ended_deletes_nothing(
    script: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calls, "MAX_REPLACE", 1)
    lost = httpx.Response(409, json={"code": "replacement_lost", "detail": "A newer one has begun."})
    played = script(httpx.Response(201, json={"id": "a"}), lost)
    with pytest.raises(Conflict) as conflict:
        played.client(source="wiki").replace_source(map(document, range(2)))
    assert (conflict.value.code, len(played.requests)) == ("replacement_lost", 2)


def test_a_replacement_without_an_id_is_unexpected(script: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calls, "MAX_REPLACE", 1)
    with pytest.raises(Unexpected):
        script(httpx.Response(201, json={})).client(source="wiki").replace_source(map(document, range(2)))


def test_a_listing_reads_page_after_page(script: Play) -> None:
    pages = [
        httpx.Response(200, json={"documents": [document(1).model_dump()], "next": "abc"}),
        httpx.Response(200, json={"documents": [document(2).model_dump()], "next": None}),
    ]
    played = script(*pages)
    assert [doc.id for doc in played.client().list(tags="a+b", q="x")] == ["d1", "d2"]
    assert dict(played.requests[0].url.params) == {"tags": "a+b", "q": "x", "limit": "100"}
    assert played.requests[1].url.params["cursor"] == "abc"


def test_a_listing_may_go_by_id(script: Play) -> None:
    played = script(httpx.Response(200, json={"documents": [], "next": None}))
    assert list(played.client().list(order="id")) == []
    assert dict(played.requests[0].url.params) == {"order": "id", "limit": "100"}


def test_a_query_asks_within_its_limits(script: Play) -> None:
    played = script(NOTHING_FOUND)
    client = played.client().for_analysis({"retrieval_limits": {"max_top_k": 2, "min_score_floor": 0.3}})
    assert client.query("who?", tags="employee", top_k=10) == []
    wanted = {"text": "who?", "tags": "employee", "top_k": 2, "min_score": 0.3}
    assert json.loads(played.requests[0].content) == wanted | {"strategy": "similarity", "mode": "semantic"}


def test_a_query_may_ask_by_words(script: Play) -> None:
    played = script(NOTHING_FOUND)
    played.client().query("VPN-4711", mode="keyword")
    assert json.loads(played.requests[0].content)["mode"] == "keyword"


@pytest.mark.parametrize(
    ("told", "pending"),
    [
        ({"passages": 3, "more": False}, Pending(passages=3, more=False)),
        ({"passages": 0, "more": True}, Pending(passages=0, more=True)),
        (None, None),
        ("3", None),
    ],
)
def test_an_answer_tells_what_meaning_cannot_find_yet(script: Play, told: object, pending: Pending | None) -> None:
    answer = {"documents": [{"id": "a", "content": "b"}], "pending": told}
    hits = script(httpx.Response(200, json=answer)).client().query("who")
    assert (hits, hits.pending) == ([KnowledgeDocument(id="a", content="b")], pending)
    assert script(NOTHING_FOUND).client().query("who").pending is None


def test_a_query_leaves_out_what_it_is_told_to(script: Play) -> None:
    played = script(NOTHING_FOUND, NOTHING_FOUND)
    played.client().query("who?", exclude_tags=["draft"], exclude_flags=True)
    asked = json.loads(played.requests[0].content)
    assert (asked["exclude_tags"], asked["exclude_flags"]) == (["draft"], True)
    played.client().query("who?")
    assert not {"exclude_tags", "exclude_flags"} & set(json.loads(played.requests[1].content))


def test_limits_of_a_client_hold_beside_those_of_an_analysis(script: Play) -> None:
    client = script(NOTHING_FOUND).client(retrieval_limits={"max_top_k": 2})
    assert client.for_analysis({"retrieval_limits": {"max_top_k": 5}}).retrieval_limits.max_top_k == 2
    assert client.retrieval_limits.min_score_floor is None


def test_an_analysis_may_start_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LARDER_URL", "http://larder:8000")
    client = KnowledgeClient.for_analysis({"retrieval_limits": {"max_top_k": 4}})
    assert (client.url, client.retrieval_limits.max_top_k) == ("http://larder:8000/api/v1/knowledge", 4)


def test_an_environment_without_an_address_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LARDER_URL", raising=False)
    with pytest.raises(RuntimeError, match="LARDER_URL"):
        KnowledgeClient.from_env()


def test_fetch_takes_its_arguments_in_the_order_of_older_programs(script: Play) -> None:
    played = script(NOTHING_FOUND)
    played.client().fetch("employee", "who?", 3)
    asked = json.loads(played.requests[0].content)
    assert (asked["tags"], asked["text"], asked["top_k"]) == ("employee", "who?", 3)


def test_half_a_character_in_a_query_is_left_for_the_server_to_refuse(script: Play) -> None:
    played = script(NOTHING_FOUND)
    played.client().query("who \ud83d")
    assert b"who \\ud83d" in played.requests[0].content


@pytest.mark.parametrize("text", ["", "  \n"])
def test_a_blank_query_asks_nobody(script: Play, text: str) -> None:
    with pytest.raises(ValueError, match="blank"):
        script(NOTHING_FOUND).client().query(text)


def test_the_awaited_client_does_the_same(script: Play) -> None:
    played = script(BUSY, PUSHED, httpx.Response(200, json={"documents": [document(1).model_dump()], "next": None}))

    async def use() -> tuple[Counts, list[str]]:
        async with played.async_client() as client:
            return await client.bulk_upsert([document(1)]), [doc.id async for doc in client.list()]

    assert asyncio.run(use()) == (Counts(upserted=1, created=1), ["d1"])
    assert len(played.requests) == 3


def test_a_count_without_a_total_is_unexpected(script: Play) -> None:
    with pytest.raises(Unexpected, match="total"):
        script(httpx.Response(200, json={"documents": []})).client().count()


def test_an_answer_tells_whether_it_was_reranked(script: Play) -> None:
    why_not = {"code": "reranker_timeout", "detail": "It did not answer in time."}
    found = {"id": "a", "content": "text", "score": 0.5, "rerank_score": 7.5}
    played = script(
        httpx.Response(200, json={"documents": [found], "reranked": True}),
        httpx.Response(200, json={"documents": [], "reranked": False, "rerank_fallback": why_not}),
        NOTHING_FOUND,
    )
    client = played.client()
    hits = client.query("who", rerank=True)
    assert (hits.reranked, hits.not_reranked, hits[0].rerank_score) == (True, "", 7.5)
    hits = client.query("who", rerank=False)
    assert (hits.reranked, hits.not_reranked) == (False, "It did not answer in time.")
    assert client.query("who").reranked is None
    assert [json.loads(each.content).get("rerank") for each in played.requests] == [True, False, None]
