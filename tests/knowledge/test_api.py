"""The knowledge API: shapes and statuses as clients rely on them."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.test import Client
from pytest_django import Settings

from knowledge.models import Document
from tests.conftest import Api
from tests.embedding import HashingEmbedder
from tests.knowledge.conftest import BASE, DOC, bulk

pytestmark = pytest.mark.django_db


def test_upsert_and_get_round_trip(provider: Api) -> None:
    response = provider("post", f"{BASE}/upsert", DOC)
    assert response.status_code == 200
    assert response.json() == {
        "upserted": 1,
        "created": 1,
        "updated": 0,
        "renewed": 0,
        "unchanged": 0,
        "stale": 0,
        "pending": 0,
        "dropped_flags": 0,
        "deleted": 0,
    }
    got = provider("get", f"{BASE}/documents/policy/travel%231").json()
    assert got == DOC | {
        "source": "wiki",
        "passage": None,
        "highlights": None,
        "language": None,
        "rerank_score": None,
    } | {"tags": ["finance", "policy"]}


def test_a_query_answers_best_first_with_scores(provider: Api, analyzer: Api) -> None:
    provider("post", f"{BASE}/bulk-upsert", bulk(DOC, DOC | {"id": "2", "content": "Bread is baked."}))
    answer = analyzer("post", f"{BASE}/query", {"text": "who approves trips", "tags": "policy+finance|x", "top_k": 1})
    assert answer.status_code == 200
    (hit,) = answer.json()["documents"]
    assert hit["id"] == DOC["id"]
    assert 0 <= hit["score"] <= 1
    assert "explanation" not in answer.json()


def test_explain_tells_the_plan_and_the_times(provider: Api, analyzer: Api) -> None:
    provider("post", f"{BASE}/upsert", DOC)
    explained = analyzer("post", f"{BASE}/query", {"text": "trips", "tags": "b+a|c", "explain": True}).json()
    assert explained["explanation"]["plan"] == "exact"


def test_an_expiry_without_a_zone_is_utc(provider: Api) -> None:
    provider("post", f"{BASE}/upsert", DOC | {"expires_at": "2999-01-01T00:00:00"})
    assert provider("get", f"{BASE}/documents/{'policy/travel%231'}").json()["expires_at"] == "2999-01-01T00:00:00Z"


def test_what_was_read_can_be_sent_back_without_changing_anything(provider: Api) -> None:
    provider(
        "post",
        f"{BASE}/upsert",
        DOC | {"updated_at": "2026-01-01T00:00:00.123456Z", "expires_at": "2999-01-01T01:02:03.654321Z"},
    )
    read = provider("get", f"{BASE}/documents/policy/travel%231").json()
    assert provider("post", f"{BASE}/upsert", read).json()["unchanged"] == 1


@pytest.mark.parametrize("header", ["Authorization", "X-Internal-API-Key"])
def test_both_credential_headers_are_taken(client: Client, provider: Api, header: str) -> None:
    key = provider.headers["Authorization"].removeprefix("Bearer ")
    value = f"Bearer {key}" if header == "Authorization" else key
    assert client.get(f"{BASE}/documents", headers={header: value}).status_code == 200


@pytest.mark.parametrize("key", ["", "nonsense", "larder_00000000_wrong", "larder_\x00_x"])
def test_a_missing_or_unknown_key_is_401(client: Client, db: None, key: str) -> None:
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    for call in (client.get(f"{BASE}/documents", headers=headers), client.post(f"{BASE}/query", headers=headers)):
        assert call.status_code == 401
        assert call["WWW-Authenticate"] == "Bearer"
        assert call.json()["code"] == "unauthorized"


@pytest.mark.parametrize(
    ("role", "method", "path"),
    [
        ("analyzer", "post", f"{BASE}/upsert"),
        ("analyzer", "delete", f"{BASE}/documents/x"),
        ("provider", "get", f"{BASE}/readiness"),
    ],
)
def test_a_key_of_another_role_is_403(api: Callable[..., Api], role: str, method: str, path: str) -> None:
    assert api(role)(method, path, DOC if method == "post" else None).status_code == 403


def test_another_source_in_one_item_refuses_the_whole_batch(provider: Api) -> None:
    response = provider("post", f"{BASE}/bulk-upsert", bulk(DOC, DOC | {"id": "2", "source": "hr"}))
    assert response.status_code == 403
    assert not Document.objects.exists()


def test_a_bound_key_reads_its_own_source_only(api: Callable[..., Api]) -> None:
    api("provider", "hr")("post", f"{BASE}/upsert", DOC)
    wiki = api("provider", "wiki")
    assert wiki("get", f"{BASE}/documents").json()["documents"] == []
    assert wiki("post", f"{BASE}/query", {"text": "trips"}).json()["documents"] == []
    assert wiki("get", f"{BASE}/sources/hr/documents/x").status_code == 403


def test_an_unbound_key_names_the_source_of_each_document(api: Callable[..., Api]) -> None:
    admin = api("admin")
    assert admin("post", f"{BASE}/upsert", DOC).json()["code"] == "source_missing"
    both = bulk(DOC | {"source": "hr"}, DOC | {"source": "wiki"})
    assert admin("post", f"{BASE}/bulk-upsert", both).json()["created"] == 2
    assert admin("delete", f"{BASE}/documents/policy/travel%231").status_code == 409


def test_delete_takes_ids_with_slashes_and_never_a_prefix(provider: Api) -> None:
    provider("post", f"{BASE}/upsert", DOC)
    assert provider("delete", f"{BASE}/documents/policy").status_code == 404
    assert provider("delete", f"{BASE}/sources/wiki/documents/policy%2Ftravel%231").status_code == 204
    assert provider("delete", f"{BASE}/documents/policy/travel%231").status_code == 404


def test_an_id_that_an_older_client_left_unencoded_is_not_cut_at_its_question_mark(provider: Api) -> None:
    provider("post", f"{BASE}/bulk-upsert", bulk(DOC | {"id": "page"}, DOC | {"id": "page?n=2 b"}))
    assert provider("delete", f"{BASE}/documents/page?n=2%20b").status_code == 204
    assert [each["id"] for each in provider("get", f"{BASE}/documents").json()["documents"]] == ["page"]


def test_replace_deletes_what_is_missing(provider: Api) -> None:
    provider("post", f"{BASE}/bulk-upsert", bulk(DOC, DOC | {"id": "2"}))
    counts = provider("put", f"{BASE}/sources/wiki/documents", bulk(DOC)).json()
    assert (counts["unchanged"], counts["deleted"]) == (1, 1)


def test_the_list_walks_every_document_once(provider: Api) -> None:
    provider("post", f"{BASE}/bulk-upsert", bulk(*(DOC | {"id": f"{n}"} for n in range(25))))
    seen, cursor = [], ""
    while cursor is not None:
        page = provider("get", f"{BASE}/documents?limit=10&cursor={cursor}").json()
        seen += [document["id"] for document in page["documents"]]
        cursor = page["next"]
    assert sorted(seen, key=int) == [f"{n}" for n in range(25)]


def test_a_walk_by_id_sees_what_changes_meanwhile_and_one_by_storing_does_not(provider: Api) -> None:
    """What changes is the newest again, and so in front of a cursor that has begun with the newest."""

    def walk(order: str) -> list[str]:
        provider("put", f"{BASE}/sources/wiki/documents", bulk(*(DOC | {"id": f"{n}"} for n in range(9))))
        seen: list[str] = []
        cursor = ""
        while cursor is not None:
            page = provider("get", f"{BASE}/documents?limit=2&order={order}&cursor={cursor}").json()
            if not seen:
                rest = {f"{n}" for n in range(9)} - {document["id"] for document in page["documents"]}
                provider("post", f"{BASE}/bulk-upsert", bulk(*(DOC | {"id": n, "content": order} for n in rest)))
            seen += [document["id"] for document in page["documents"]]
            cursor = page["next"]
        return seen

    assert walk("id") == [f"{n}" for n in range(9)]
    assert len(walk("stored")) < 9


def test_an_order_that_is_none_and_a_cursor_of_another_are_refused(provider: Api) -> None:
    provider("post", f"{BASE}/bulk-upsert", bulk(*(DOC | {"id": f"{n}"} for n in range(3))))
    assert provider("get", f"{BASE}/documents?order=newest").status_code == 422
    cursor = provider("get", f"{BASE}/documents?order=id&limit=1").json()["next"]
    assert provider("get", f"{BASE}/documents?cursor={cursor}").json()["code"] == "invalid_cursor"


def test_the_list_filters_by_tags_source_and_substring(provider: Api, analyzer: Api) -> None:
    provider(
        "post", f"{BASE}/bulk-upsert", bulk(DOC, DOC | {"id": "2", "content": "Bread is baked.", "tags": ["food"]})
    )

    def ids(parameters: str) -> list[str]:
        return [each["id"] for each in analyzer("get", f"{BASE}/documents?{parameters}").json()["documents"]]

    assert ids("tags=food") == ["2"]
    assert ids("q=BAKED") == ["2"]
    assert ids("source=hr") == []
    assert len(ids("source=wiki")) == 2
    assert analyzer("get", f"{BASE}/documents?total=true").json()["total"] == 2


def test_a_foreign_cursor_is_422(analyzer: Api) -> None:
    for cursor in ("x", "W10", "bnVsbA", "%00"):
        assert analyzer("get", f"{BASE}/documents?cursor={cursor}").json()["code"] == "invalid_cursor"


def test_stats_sources_and_tags(provider: Api, analyzer: Api, now: datetime) -> None:
    soon = (now + timedelta(hours=1)).isoformat()
    provider("post", f"{BASE}/bulk-upsert", bulk(DOC, DOC | {"id": "2", "tags": ["policy"], "expires_at": soon}))
    stats = analyzer("get", f"{BASE}/stats").json()
    assert (stats["documents"], stats["sources"], stats["expiring_24h"], stats["pending"]) == (2, 1, 1, 0)
    assert (stats["recall"], stats["recall_questions"]) == (None, 0)
    assert analyzer("get", f"{BASE}/sources").json()["sources"][0]["source"] == "wiki"
    assert analyzer("get", f"{BASE}/tags").json()["tags"][0] == {"tag": "policy", "documents": 2}


def test_queries_without_a_key_where_the_setting_allows_them(api: Callable[..., Api], settings: Settings) -> None:
    settings.QUERY_REQUIRES_KEY = False
    assert api(None)("post", f"{BASE}/query", {"text": "x"}).status_code == 200
    assert api(None)("get", f"{BASE}/documents").status_code == 401


def test_a_staff_session_speaks_as_admin_but_only_with_a_csrf_token(admin_client: Client) -> None:
    assert admin_client.get(f"{BASE}/documents").status_code == 200
    admin_client.handler.enforce_csrf_checks = True
    assert admin_client.post(f"{BASE}/query", {"text": "x"}, content_type="application/json").status_code == 403


def test_an_address_that_does_not_exist_is_json_for_programs(client: Client) -> None:
    assert client.get("/api/v1/nothing").json()["code"] == "not_found"


def test_prefer_wait_leaves_embedding_to_a_worker(provider: Api) -> None:
    response = provider("post", f"{BASE}/upsert", DOC, Prefer="wait=0")
    assert response.json()["pending"] == 1


def test_a_query_by_words_marks_them_and_needs_no_embedder(
    provider: Api, analyzer: Api, embedder: HashingEmbedder
) -> None:
    provider("post", f"{BASE}/bulk-upsert", bulk(DOC, DOC | {"id": "2", "content": "Bread is baked. We bake it."}))
    embedder.available = False
    answer = analyzer("post", f"{BASE}/query", {"text": "baking", "mode": "keyword"})
    (hit,) = answer.json()["documents"]
    assert hit["id"] == "2"
    assert [hit["content"][start:end] for start, end in hit["highlights"]] == ["baked", "bake"]
    assert 0 < hit["score"] < 1


def test_an_explained_query_tells_how_it_was_answered(provider: Api, analyzer: Api) -> None:
    provider("post", f"{BASE}/bulk-upsert", bulk(DOC, DOC | {"id": "2", "content": "Trips", "tags": ["x"]}))
    question = {"text": "trips", "tags": "policy + finance | x | x", "mode": "hybrid", "min_score": 0.99}
    explained = analyzer("post", f"{BASE}/query", question | {"explain": True}).json()["explanation"]
    times = explained.pop("embed_ms"), explained.pop("search_ms")
    assert all(each > 0 for each in times)
    assert explained.pop("terms")[0]["stem"] == "trip"
    assert len(explained.pop("near_misses")) == 1
    assert explained == {
        "mode": "hybrid",
        "plan": "exact",
        "tags": "policy+finance|x",
        "branches": [
            {"tags": ["policy", "finance"], "documents": 1, "more": False},
            {"tags": ["x"], "documents": 1, "more": False},
        ],
        "filter": None,
        "caches": {"vector": False, "answer": False},
        "counted_in": "scope",
        "limits": None,
        "reranker": None,
        "model": "test:hashing",
    }
    analyzer("post", f"{BASE}/query", question)
    again = analyzer("post", f"{BASE}/query", question | {"explain": True}).json()["explanation"]
    assert again["caches"] == {"vector": True, "answer": True}
