"""Keys that are narrowed to sources, tags and verbs, and keys that belong to a person."""

import io
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from accounts.errors import KeyInvalid
from accounts.keys import authenticate, create_key
from accounts.limits import EXPRESSION, Narrowing, Verb
from accounts.models import AccessKey, AuditEntry
from config.web.fast_path import FastPath
from core.errors import LarderError
from knowledge.models import Document
from knowledge.run_counts import Counts
from knowledge.search.frequencies import forget_frequencies
from knowledge.search.keyword import searching
from knowledge.tagexpr import parse_tags
from tests.config.test_stage_caps import EVERYWHERE, METHODS
from tests.conftest import Api
from tests.memory.test_isolation import OF_THE_STORE, filled

BASE = "/api/v1/knowledge"
HIDDEN = "the safe opens with 4711"
SEEN = "the canteen opens at noon"

pytestmark = pytest.mark.django_db


@pytest.fixture
def keyed(client: Client) -> Callable[..., Api]:
    """`keyed(tags="public")` speaks with a provider's key that is narrowed so."""
    client.raise_request_exception = False

    def speak(role: str = "provider", source: str | None = None, **narrowed: Any) -> Api:
        return Api(client, create_key("narrow", role=role, source=source, narrowing=Narrowing(**narrowed))[1])

    return speak


@pytest.fixture
def stored(push: Callable[..., Counts]) -> None:
    push(
        {"id": "open", "content": SEEN, "source": "hr", "tags": ["public", "hr"]},
        {"id": "safe", "content": HIDDEN, "source": "hr", "tags": ["hr"]},
        {"id": "other", "content": HIDDEN, "source": "vault", "tags": ["secret"]},
    )


def found(api: Api, **asked: Any) -> set[str]:
    answer = api("post", f"{BASE}/query", {"text": "what opens", "top_k": 50, **asked})
    assert answer.status_code == 200, answer.content
    return {document["id"] for document in answer.json()["documents"]}


def listed(api: Api, query: str = "") -> set[str]:
    return {document["id"] for document in api("get", f"{BASE}/documents{query}").json()["documents"]}


@pytest.mark.parametrize("mode", ["semantic", "keyword", "hybrid"])
def test_tags_are_anded_to_every_read(stored: None, keyed: Callable[..., Api], mode: str) -> None:
    narrow = keyed(tags="public+hr|press")
    assert found(narrow, mode=mode) == found(narrow, mode=mode, tags="hr|secret") == {"open"}
    assert found(narrow, mode=mode, tags="secret") == found(narrow, mode=mode, source="vault") == set()
    assert listed(narrow) == listed(narrow, "?source=hr") == {"open"}
    assert narrow("get", f"{BASE}/documents/open").status_code == 200
    assert narrow("get", f"{BASE}/documents/safe").status_code == 404
    assert narrow("delete", f"{BASE}/documents/safe").status_code == 404
    assert narrow("delete", f"{BASE}/documents/open").status_code == 204


def test_several_sources_are_all_that_it_reaches(stored: None, keyed: Callable[..., Api]) -> None:
    narrow = keyed(sources=("hr", "wiki"))
    assert found(narrow) == listed(narrow) == {"open", "safe"}
    assert narrow("post", f"{BASE}/query", {"text": "safe", "source": "vault"}).status_code == 403
    assert narrow("get", f"{BASE}/documents?source=vault").status_code == 403
    assert narrow("get", f"{BASE}/documents/other").status_code == 404
    assert narrow("delete", f"{BASE}/documents/other").status_code == 404
    assert [each["source"] for each in narrow("get", f"{BASE}/sources").json()["sources"]] == ["hr"]
    assert narrow("post", f"{BASE}/upsert", {"id": "a", "content": "b"}).json()["code"] == "source_missing"
    for source, status in (("wiki", 200), ("vault", 403)):
        assert narrow("post", f"{BASE}/upsert", {"id": "a", "content": "b", "source": source}).status_code == status
        whole = narrow("put", f"{BASE}/sources/{source}/documents", {"documents": []})
        assert whole.status_code == status


def test_explaining_tells_nothing_of_the_rest(stored: None, keyed: Callable[..., Api]) -> None:
    told = keyed(tags="public")(
        "post", f"{BASE}/query", {"text": "safe", "tags": "hr", "min_score": 1, "explain": True}
    )
    explained = told.json()["explanation"]
    assert [each["documents"] for each in explained["branches"]] == [1]
    assert {each["id"] for each in explained["near_misses"]} <= {"open"}


@pytest.mark.parametrize("narrowed", [{"tags": "public"}, {"sources": ("wiki",)}, {"source": "wiki"}, {}])
def test_no_explanation_tells_which_words_hidden_documents_hold(
    push: Callable[..., Counts], keyed: Callable[..., Api], api: Callable[..., Api], narrowed: dict[str, Any]
) -> None:
    """A key without any narrowing reads no memory, whose words are counted with the others."""
    push({"id": "other", "content": HIDDEN, "source": "memory.acme"})
    asked = {"text": "4711 4712", "mode": "keyword", "explain": True}
    for ask in (keyed("analyzer", **narrowed), api("admin")):  # each word is counted in what the key may find
        explained = ask("post", f"{BASE}/query", asked).json()["explanation"]
        assert explained["counted_in"] == "scope"
        assert [(each["stem"], each["passages"]) for each in explained["terms"]] == [("4711", 0), ("4712", 0)]
        assert len({each["weight"] for each in explained["terms"]}) == 1


@pytest.mark.parametrize("narrowed", [{"tags": "public"}, {"sources": ("wiki",)}, {"source": "wiki"}, {}])
def test_what_is_counted_over_the_whole_store_is_told_to_admins_alone(
    push: Callable[..., Counts],
    keyed: Callable[..., Api],
    api: Callable[..., Api],
    narrowed: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(searching, "measure_scope", lambda *_, **__: None)  # too much is in each scope to be counted
    push({"id": "other", "content": HIDDEN, "source": "memory.acme"})
    asked = {"text": "4711 4712", "mode": "keyword", "explain": True}
    explained = keyed("analyzer", **narrowed)("post", f"{BASE}/query", asked).json()["explanation"]
    assert explained["counted_in"] == "store"
    assert [(each["passages"], each["weight"]) for each in explained["terms"]] == [(None, None)] * 2
    told = api("admin")("post", f"{BASE}/query", asked).json()["explanation"]["terms"]
    assert [(each["stem"], each["passages"]) for each in told] == [("4712", 0), ("4711", 1)]


def test_scores_of_words_tell_nothing_of_what_a_key_may_not_read(
    stored: None, push: Callable[..., Counts], keyed: Callable[..., Api]
) -> None:
    """Others' documents hold one word of the question often and the other never; the score stays what it was."""
    narrow = keyed("analyzer", source="hr")
    asked = {"text": "safe 4711 board", "mode": "keyword"}
    before = [each["score"] for each in narrow("post", f"{BASE}/query", asked).json()["documents"]]
    push(*({"id": f"other {n}", "content": f"the safe of floor {n}", "source": "vault"} for n in range(30)))
    forget_frequencies()
    assert before
    assert [each["score"] for each in narrow("post", f"{BASE}/query", asked).json()["documents"]] == before


def test_a_write_outside_of_its_tags_is_refused_whole(stored: None, keyed: Callable[..., Api]) -> None:
    """Also of a document that it could not read, which it would take over by tags of its own."""
    narrow = keyed(source="hr", tags="public")
    for document in (
        {"id": "new", "tags": ["hr"]},
        {"id": "safe", "tags": ["public"]},
        {"id": "new", "tags": ["flag:public"]},
    ):
        batch = {"documents": [{"id": "fine", "content": "x", "tags": ["public"]}, {"content": "x", **document}]}
        answer = narrow("post", f"{BASE}/bulk-upsert", batch)
        assert (answer.status_code, answer.json()["code"], answer.json()["id"]) == (403, "forbidden", document["id"])
    Document.objects.filter(key="safe").update(deleted_at=timezone.now())
    assert narrow("post", f"{BASE}/upsert", {"id": "safe", "content": "x", "tags": ["public"]}).status_code == 403
    assert set(Document.objects.values_list("key", flat=True)) == {"open", "safe", "other"}
    assert narrow("post", f"{BASE}/upsert", {"id": "new", "content": "x", "tags": ["public", "b"]}).status_code == 200


@pytest.mark.parametrize("verb", Verb)
def test_a_verb_is_all_that_it_may_do(stored: None, keyed: Callable[..., Api], verb: Verb) -> None:
    narrow = keyed(source="hr", verbs=(verb,))
    asked = {
        Verb.QUERY: narrow("post", f"{BASE}/query", {"text": "x"}),
        Verb.READ: narrow("get", f"{BASE}/documents"),
        Verb.WRITE: narrow("post", f"{BASE}/upsert", {"id": "a", "content": "b"}),
        Verb.DELETE: narrow("delete", f"{BASE}/documents/open"),
    }
    assert {each for each, answer in asked.items() if answer.status_code < 300} == {verb}
    assert {answer.status_code for each, answer in asked.items() if each is not verb} == {403}


@pytest.mark.parametrize(
    ("verbs", "status"), [((Verb.WRITE,), 403), ((Verb.DELETE,), 403), ((Verb.WRITE, Verb.DELETE), 200)]
)
def test_a_whole_set_takes_the_verbs_of_both_things_that_it_does(
    stored: None, keyed: Callable[..., Api], verbs: tuple[Verb, ...], status: int
) -> None:
    narrow = keyed(source="vault", verbs=verbs)
    kept = {"documents": [{"id": "new", "content": "x"}]}
    assert narrow("put", f"{BASE}/sources/vault/documents", kept).status_code == status
    assert narrow("post", f"{BASE}/sources/vault/replacements").status_code in (201, 403)
    begun = keyed(source="vault")("post", f"{BASE}/sources/vault/replacements").json()["id"]
    assert narrow("post", f"{BASE}/sources/vault/replacements/{begun}/finish").status_code == status
    assert Document.objects.filter(key="other", deleted_at=None).exists() == (status == 403)


@pytest.mark.parametrize(
    "narrowed", [{"tags": "public"}, {"sources": ("wiki", "press")}, {"tags": "public", "sources": ("hr",)}]
)
def test_no_address_of_any_kind_shows_it_what_is_hidden(
    stored: None, keyed: Callable[..., Api], client: Client, narrowed: dict[str, Any]
) -> None:
    narrow = keyed(**narrowed)
    body = json.dumps({"text": HIDDEN, "top_k": 50, "documents": [], "name": "vault", "explain": True})
    paths = {
        *EVERYWHERE,
        f"{BASE}/sources/vault/documents/other",
        f"{BASE}/documents?q=safe",
        f"{BASE}/documents/other",
    }
    for path in sorted(paths):
        for method in METHODS:
            answer = client.generic(method, path, body, content_type="application/json", headers=narrow.headers)
            assert HIDDEN.encode() not in answer.content, (method, path)
    assert Document.objects.filter(content=HIDDEN, deleted_at=None).count() == 2


def test_addresses_that_do_not_obey_refuse(stored: None, keyed: Callable[..., Api], client: Client) -> None:
    """Files, collections, counts: whatever does not say that it obeys."""
    narrow, refused = keyed(tags="public"), set()
    for method, path in OF_THE_STORE:
        answer = client.generic(
            method, filled(path, "acme"), b"{}", content_type="application/json", headers=narrow.headers
        )
        refused |= {path} if answer.status_code == 403 else set()
    assert {
        "/v1/collections",
        "/api/documents",
        "/api/documents/{file_id}/chunks",
        f"{BASE}/stats",
        f"{BASE}/tags",
    } <= refused


@pytest.mark.django_db(transaction=True)
def test_both_paths_of_a_query_obey_and_notice_at_once(
    stored: None, push: Callable[..., Counts], client: Client
) -> None:
    """The fast path answers what was asked before, and forgets a key whose row has changed."""
    key, raw = create_key("narrow", role="analyzer", narrowing=Narrowing(tags="public"))
    unbound = create_key("wide", role="analyzer")[1]
    body = json.dumps({"text": "what opens", "top_k": 50}).encode()

    def ask(with_key: str) -> tuple[bool, set[str]]:
        django: list[bool] = []

        def beyond(environ: Any, start_response: Any) -> list[bytes]:
            django.append(True)
            headers = {"Authorization": f"Bearer {with_key}"}
            answer = client.post(f"{BASE}/query", body, content_type="application/json", headers=headers)
            start_response(str(answer.status_code), [])
            return [answer.content]

        environ = {
            "PATH_INFO": f"{BASE}/query", "REQUEST_METHOD": "POST", "HTTP_AUTHORIZATION": f"Bearer {with_key}",
            "CONTENT_LENGTH": str(len(body)), "HTTP_HOST": "localhost", "wsgi.input": io.BytesIO(body),
        }  # fmt: skip
        answer = b"".join(FastPath(beyond)(environ, lambda status, headers: None))
        return not django, {each["id"] for each in json.loads(answer).get("documents", [])}

    assert ask(unbound) == (False, {"open", "safe", "other"})
    assert ask(unbound) == (True, {"open", "safe", "other"})
    ask(raw)
    assert ask(raw) == (True, {"open"})
    AccessKey.objects.filter(pk=key.pk).update(tags="", sources=["vault"])
    assert ask(raw) == (False, {"other"})
    assert ask(raw) == (True, {"other"})
    AccessKey.objects.filter(pk=key.pk).update(verbs=["read"])
    assert ask(raw) == (False, set())


@pytest.mark.parametrize(
    ("field", "role", "given"),
    [
        ("tags", "provider", {"tags": "Public"}),
        ("tags", "provider", {"tags": "a+"}),
        ("tags", "provider", {"tags": "|".join("abcdefghijklmnopq")}),
        ("tags", "admin", {"tags": "a"}),
        ("verbs", "provider", {"verbs": ("own",)}),
        ("verbs", "agent", {"verbs": ("read",)}),
        ("sources", "provider", {"sources": ("a/b",)}),
        ("sources", "provider", {"sources": ("memory.acme",)}),
        ("sources", "provider", {"sources": tuple(map(str, range(101)))}),
    ],
)
def test_what_cannot_be_narrowed_so_is_refused(db: None, field: str, role: str, given: dict[str, Any]) -> None:
    with pytest.raises(KeyInvalid) as refused:
        create_key("x", role=role, narrowing=Narrowing(**given))
    assert refused.value.extra == {"field": field}


def test_the_database_keeps_the_rules_too(db: None) -> None:
    key, _ = create_key("x", role="provider", source="hr")
    for changed in ({"sources": ["a"]}, {"role": "admin", "source": None, "verbs": ["read"]}):
        with pytest.raises(IntegrityError), transaction.atomic():
            AccessKey.objects.filter(pk=key.pk).update(**changed)


@given(st.text(alphabet="ab:_-+| \tA", max_size=12))
def test_the_form_of_an_expression_is_that_of_the_store(text: str) -> None:
    try:
        parsed = parse_tags(text) is not None
    except LarderError:
        parsed = False
    assert bool(EXPRESSION.fullmatch(text)) == parsed


# --- owners -----------------------------------------------------------------------------------------------------------


def test_a_key_ends_with_its_owner(db: None) -> None:
    ada = get_user_model().objects.create_user("ada", is_staff=True)
    key, raw = create_key("ada's", role="analyzer", owner=ada)
    assert authenticate(raw, now=timezone.now()) == key
    get_user_model().objects.update(is_active=False)
    assert authenticate(raw, now=timezone.now()) is None
    assert AccessKey.objects.get().state(timezone.now()) == "suspended"
    assert not AccessKey.objects.usable(timezone.now()).exists()
    ada.delete()
    assert not AccessKey.objects.exists()


def test_an_admins_key_is_one_while_its_owner_is_an_admin(db: None) -> None:
    ada = get_user_model().objects.create_superuser("ada")
    _, raw = create_key("ada's", role="admin", owner=ada)
    get_user_model().objects.update(is_superuser=False)
    assert authenticate(raw, now=timezone.now()) is None
    with pytest.raises(KeyInvalid, match="no admin"):
        create_key("more", role="admin", owner=get_user_model().objects.get())


def test_all_that_it_is_narrowed_to_is_told_by_the_api_the_audit_and_the_command(api: Callable[..., Api]) -> None:
    get_user_model().objects.create_user("ada", is_staff=True)
    narrowed = {"sources": ["b", "a"], "tags": " public ", "verbs": ["read", "query"], "owner": "ada"}
    made = api("admin")("post", "/api/v1/keys", {"name": "x", "role": "analyzer", **narrowed})
    kept = {"sources": ["a", "b"], "tags": "public", "verbs": ["query", "read"], "owner": "ada"}
    assert made.status_code == 201
    assert {name: made.json()[name] for name in kept} == kept
    noted = AuditEntry.objects.get(object__startswith="x (").after
    assert {name: noted[name] for name in kept} == kept
    call_command("create_key", "y", role="analyzer", sources=["a", "b"], tags="public", verbs=["query"], owner="ada")
    key = AccessKey.objects.get(name="y")
    assert (key.sources, key.tags, key.verbs) == (["a", "b"], "public", ["query"])
    assert key.owner is not None
    assert (
        api("admin")("post", "/api/v1/keys", {"name": "z", "role": "analyzer", "owner": "bob"}).json()["field"]
        == "owner"
    )
