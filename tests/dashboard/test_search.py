"""The search of the page: what it says while one types, after it answered, and why."""

import json
import shlex
from collections.abc import Callable

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from accounts.models import Stage
from dashboard.templatetags.documents import waiting_words
from knowledge.run_counts import Counts
from knowledge.search.query import Pending
from tests.embedding import HashingEmbedder
from tests.knowledge.played_reranker import serving, turned


def text_of(client: Client, path: str, status: int = 200, **query: str) -> str:
    answer = client.get(path, query or None)
    assert answer.status_code == status
    return answer.content.decode()


def test_a_tag_expression_is_read_as_one_types(staff: Client, push: Callable[..., Counts]) -> None:
    push(
        {"id": "a", "content": "a", "tags": ["policy", "finance"]},
        {"id": "b", "content": "b", "tags": ["policy"]},
        {"id": "c", "content": "c", "tags": ["director"], "source": "people"},
    )
    reading = staff.get("/knowledge/tags/", {"tags": "policy+finance|director"}).context["reading"].meaning
    assert [(list(each.tags), each.documents) for each in reading.alternatives] == [
        (["policy", "finance"], 1),
        (["director"], 1),
    ]
    assert reading.documents == 2
    of_people = staff.get("/knowledge/tags/", {"tags": "policy|director", "source": "people"}).context["reading"]
    assert of_people.meaning.documents == 1
    assert "all documents are searched" in text_of(staff, "/knowledge/tags/", tags=" ")


def test_a_wrong_expression_shows_where(staff: Client, db: None) -> None:
    page = text_of(staff, "/knowledge/tags/", tags="ab++c")
    assert 'ab+<mark class="wrong">+</mark>c' in page
    assert "Invalid tag expression at position 3" in page
    assert '<mark class="wrong">␣</mark>' in text_of(staff, "/knowledge/tags/", tags="ab+")
    assert text_of(staff, "/knowledge/tags/", tags="a\0b")


def test_a_tag_that_nobody_carries_is_told_with_the_one_it_resembles(
    staff: Client, push: Callable[..., Counts]
) -> None:
    push({"id": "a", "content": "a", "tags": ["policy", "kind:function"]})
    unknown = staff.get("/knowledge/tags/", {"tags": "polcy|functoin|zzz"}).context["reading"].meaning.unknown
    assert [(each.tag, each.near) for each in unknown] == [
        ("polcy", "policy"),
        ("functoin", "kind:function"),
        ("zzz", ""),
    ]


def test_the_reading_stands_in_the_page_without_script(staff: Client, push: Callable[..., Counts]) -> None:
    push({"id": "a", "content": "apples", "tags": ["fruit"]})
    assert "1 document" in text_of(staff, "/knowledge/", text="apples", tags="fruit|paint")
    wrong = text_of(staff, "/knowledge/", 422, text="apples", tags="a+")
    assert '<mark class="wrong">␣</mark>' in wrong


def test_why_tells_plan_branches_caches_limits_and_near_misses(staff: Client, push: Callable[..., Counts]) -> None:
    push({"id": "near", "content": "apples and a lot of other things", "tags": ["fruit"]})
    push({"id": "best", "content": "apples", "tags": ["fruit"]})
    page = text_of(staff, "/knowledge/", text="apples", tags="fruit", min_score="0.9")
    why = page.partition('id="why"')[2].partition("</details>")[0]
    assert "<b>exact</b>" in why
    assert "2 documents" in why
    assert "was made now and is cached" in why
    assert "Just below 0.9" in why
    assert 'href="/knowledge/wiki/near/"' in why
    assert 'aria-label="embed ' in why
    again = text_of(staff, "/knowledge/", text="apples", tags="fruit", min_score="0.9")
    assert "vector was cached" in again


def test_as_a_stage_its_limits_apply_as_to_a_key(staff: Client, push: Callable[..., Counts]) -> None:
    Stage.objects.create(name="triage", max_top_k=1, min_score_floor=0.25)
    push("apples one", "apples two")
    answer = staff.get("/knowledge/", {"text": "apples", "stage": "triage"})
    assert len(answer.context["finding"].answer.hits) == 1
    page = answer.content.decode()
    assert "top k 1 instead of 10, min score 0.25 instead of 0." in page
    assert "not one of the available choices" in text_of(staff, "/knowledge/", 422, text="apples", stage="nothing")


def test_a_question_is_reranked_where_that_is_chosen(
    staff: Client, push: Callable[..., Counts], settings: Settings
) -> None:
    push("apples apples", "red apples", "pears")
    assert "Reranked" not in text_of(staff, "/knowledge/", text="apples")
    with serving("jina", settings) as server:
        server.answer = turned(server)
        first = staff.get("/knowledge/", {"text": "apples"}).context["finding"].answer.hits
        page = staff.get("/knowledge/", {"text": "apples", "rerank": "yes"})
        hits = page.context["finding"].answer.hits
        assert [hit.document.key for hit in hits] == [hit.document.key for hit in first][::-1]
        assert "reranked 0.020" in page.content.decode()
        assert '"rerank": true' in page.context["curl"]
        server.answer = lambda body: (500, b"")
        told = text_of(staff, "/knowledge/", text="red", rerank="yes")
        assert "Not reranked." in told
        assert "HTTP 500" in told
    assert "not one of the available choices" in text_of(staff, "/knowledge/", 422, text="x", rerank="often")


def test_the_same_query_as_curl_survives_the_shell(staff: Client, push: Callable[..., Counts]) -> None:
    push("apples")
    asked = {"text": 'it\'s $HOME `x` "y"', "tags": "a|b", "top_k": "3", "strategy": "diverse", "source": "wiki"}
    curl = staff.get("/knowledge/", asked).context["curl"]
    words = shlex.split(curl.replace("\\\n", " "))
    assert words[2] == "http://testserver/api/v1/knowledge/query"
    assert json.loads(words[-1]) == {**asked, "top_k": 3, "mode": "semantic"}


def test_what_still_works_without_the_embedder_is_offered(
    staff: Client, push: Callable[..., Counts], embedder: HashingEmbedder
) -> None:
    push({"id": "vpn", "content": "error 4711"})
    embedder.available = False
    page = text_of(staff, "/knowledge/", text="4711", strategy="diverse")
    offered = page.partition("the list still work.")[2].partition('href="')[2].partition('"')[0].replace("&amp;", "&")
    assert text_of(staff, offered).count('class="hit"') == 1


def test_nothing_found_says_what_to_change(staff: Client, push: Callable[..., Counts]) -> None:
    push({"id": "a", "content": "apples and pears", "tags": ["fruit"]})
    assert "The best document scores" in text_of(staff, "/knowledge/", text="apples", min_score="0.99")
    assert "Use fewer tags" in text_of(staff, "/knowledge/", text="apples", tags="paint")
    assert "No document has any of these words" in text_of(staff, "/knowledge/", text="zebra", mode="keyword")
    for mode in ("keyword", "hybrid"):
        assert "No document has the words in quotes side by side" in text_of(
            staff, "/knowledge/", text='"pears apples"', mode=mode
        )


def test_what_waits_for_its_vectors_is_offered_by_its_words(staff: Client, push: Callable[..., Counts]) -> None:
    push("apples")
    push({"id": "b", "content": "more apples", "tags": ["late"]}, budget_s=0)
    page = text_of(staff, "/knowledge/", text="apples", tags="late")
    assert "It can be found by its words, and by meaning later." in page
    assert "Use fewer tags" not in page
    offered = page.partition("by meaning later.")[2].partition('href="')[2].partition('"')[0].replace("&amp;", "&")
    assert text_of(staff, offered).count('class="hit"') == 1


def test_a_question_asks_the_database_a_dozen_times_at_most(
    staff: Client, push: Callable[..., Counts], django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    push({"id": "a", "content": "apples", "tags": ["fruit"]})
    with django_assert_max_num_queries(12):
        text_of(staff, "/knowledge/", text="apples", tags="fruit", mode="hybrid")


def test_what_meaning_cannot_find_yet_is_told_beside_the_hits(staff: Client, push: Callable[..., Counts]) -> None:
    push("apples")
    push("more apples", budget_s=0)
    page = text_of(staff, "/knowledge/", text="apples")
    assert "1 passage waits for its vector and cannot be found by meaning." in page
    assert "for its vector" not in text_of(staff, "/knowledge/", text="apples", mode="keyword")


@pytest.mark.parametrize(
    ("pending", "told"),
    [
        (Pending(passages=2, more=False), "2 passages wait for their vectors and cannot be found by meaning."),
        (
            Pending(passages=1, more=True),
            "1 passage or more wait for their vectors and cannot be found by meaning.",
        ),
        (Pending(passages=0, more=True), "Many passages still wait for their vectors; some that match may be missing."),
    ],
)
def test_how_much_waits_is_told_in_words(pending: Pending, told: str) -> None:
    assert waiting_words(pending) == told


def test_a_question_is_asked_in_a_language_that_the_documents_have(staff: Client, push: Callable[..., Counts]) -> None:
    push(
        {"id": "a", "content": "Viele Häuser stehen dort.", "language": "german", "source": "wiki"},
        {"id": "b", "content": "Many houses.", "source": "notes"},
    )
    form = staff.get("/knowledge/").context["search_form"]
    assert [name for name, _ in form.fields["language"].choices] == ["", "english", "german"]
    asked = {"text": "Häusern", "mode": "keyword", "language": "german"}
    found = staff.get("/knowledge/", asked)
    assert [hit.document.key for hit in found.context["finding"].answer.hits] == ["a"]
    assert json.loads(shlex.split(found.context["curl"])[-1])["language"] == "german"
    assert not staff.get("/knowledge/", asked | {"language": "english"}).context["finding"].answer.hits
    of_notes = staff.get("/knowledge/", asked | {"source": "notes", "language": ""}).context["search_form"]
    assert [name for name, _ in of_notes.fields["language"].choices] == ["", "english"]
    assert staff.get("/knowledge/", asked | {"language": "french"}).status_code == 200
    assert staff.get("/knowledge/", asked | {"language": "klingon\0"}).status_code == 422
