"""Searching, browsing, looking at a document, trash and back."""

from collections.abc import Callable
from datetime import datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.utils import timezone

from dashboard.templatetags.addresses import document_url
from knowledge.models import Document
from knowledge.run_counts import Counts
from tests.embedding import HashingEmbedder

ODD_KEYS = (
    "a/b",
    "a#b",
    "a?b=c",
    "a%2Fb",
    "a:b",
    "a b",
    "/a/",
    "a//b",
    "é+ü&",
    "..",
    "a/../b",
    "./x",
    "a\\b",
    "delete",
)


def text_of(staff: Client, path: str, status: int = 200, **query: str) -> str:
    answer = staff.get(path, query or None)
    assert answer.status_code == status
    return answer.content.decode()


def test_an_empty_store_says_how_to_fill_it(staff: Client) -> None:
    assert "No documents yet" in text_of(staff, "/knowledge/")


def test_cards_count_what_is_there(staff: Client, push: Callable[..., Counts], now: datetime) -> None:
    push({"id": "a", "content": "one", "tags": ["policy"], "expires_at": now + timedelta(hours=2)})
    push({"id": "b", "content": "two", "source": "tickets"}, budget_s=0)
    page = text_of(staff, "/knowledge/")
    assert "<b>2</b><span>documents</span>" in page
    assert "<b>2</b><span>sources</span>" in page
    assert "<b>1</b><span>expire within 24 h</span>" in page
    assert "<b>1</b><span>passage waiting for a vector" in page
    assert 'href="/knowledge/?tags=policy#documents">policy 1</a>' in page


def test_a_search_by_words_needs_no_embedder(
    staff: Client, push: Callable[..., Counts], embedder: HashingEmbedder
) -> None:
    push({"id": "vpn", "content": "The VPN drops with error 4711."}, "something else")
    embedder.available = False
    page = text_of(staff, "/knowledge/", text="4711", mode="keyword")
    assert page.count('class="hit"') == 1
    assert "keyword" in page


def test_a_search_shows_scores_place_and_marked_words(staff: Client, push: Callable[..., Counts]) -> None:
    push(
        {
            "id": "travel",
            "content": "Trips are approved by the finance director.",
            "metadata": {"title": "Travel policy"},
        }
    )
    page = text_of(staff, "/knowledge/", text="who approves trips?", top_k="5")
    assert "Travel policy" in page
    assert "<mark>Trips</mark> are <mark>approved</mark>" in page
    assert "whole document" in page
    assert "exact plan" in page
    assert 'role="img" aria-label="' in page


def test_a_search_honours_tags_source_and_number(staff: Client, push: Callable[..., Counts]) -> None:
    push(
        {"id": "a", "content": "apples", "tags": ["fruit", "red"]}, {"id": "b", "content": "apples", "tags": ["fruit"]}
    )
    push({"id": "c", "content": "apples", "tags": ["fruit", "red"], "source": "shop"})
    asked = {"text": "apples", "tags": "fruit+red", "source": "shop"}
    page = staff.get("/knowledge/", asked)
    assert [hit.document.key for hit in page.context["finding"].answer.hits] == ["c"]


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("tags", "a+", "Invalid tag expression at position 2"),
        ("text", "", "Ask something"),
        ("top_k", "0", "greater than or equal to 1"),
        ("min_score", "2", "less than or equal to 1"),
        ("strategy", "best", "not one of the available choices"),
    ],
)
def test_a_wrong_field_of_the_search_has_its_sentence_beside_it(
    staff: Client, push: Callable[..., Counts], embedder: HashingEmbedder, field: str, value: str, sentence: str
) -> None:
    push("a")
    page = text_of(staff, "/knowledge/", 422, **{"text": "apples", field: value})
    assert f'id="search_{field}_error"' in page
    assert sentence in page


def test_a_search_while_the_embedder_is_away_says_so_and_the_list_stays(
    staff: Client, push: Callable[..., Counts], embedder: HashingEmbedder
) -> None:
    push("apples")
    embedder.available = False
    page = text_of(staff, "/knowledge/", text="apples")
    assert "The question could not be embedded" in page
    assert 'class="id" href="/knowledge/wiki/apples/"' in page


def test_browsing_filters_by_tags_source_and_text(staff: Client, push: Callable[..., Counts]) -> None:
    push(
        {"id": "a", "content": "red apples", "tags": ["fruit"]},
        {"id": "b", "content": "green pears", "tags": ["fruit"]},
    )
    push({"id": "c", "content": "red paint", "tags": ["paint"], "source": "shop"})
    found = staff.get("/knowledge/", {"tags": "fruit|paint", "q": "red", "source": "shop"})
    assert [document.key for document in found.context["page"].rows] == ["c"]
    assert "No document matches" in text_of(staff, "/knowledge/", tags="nothing")
    assert "Invalid tag expression at position 0" in text_of(staff, "/knowledge/", 422, tags="+")


@pytest.mark.parametrize(("target", "query"), [("documents", {"q": "a"}), ("search", {"text": "a"})])
def test_htmx_gets_the_part_it_selects_and_nothing_is_counted(
    staff: Client, push: Callable[..., Counts], htmx: dict[str, str], target: str, query: dict[str, str]
) -> None:
    push("a")
    page = staff.get("/knowledge/", query, headers={**htmx, "HX-Target": target}).content.decode()
    assert f'id="{target}"' in page
    assert "Top tags" not in page
    assert "<nav" not in page


def test_browsing_goes_on_where_the_page_ended(staff: Client, push: Callable[..., Counts]) -> None:
    push(*(f"document-{number:02}" for number in range(27)))
    first = staff.get("/knowledge/")
    assert len(first.context["page"].rows) == 25
    second = staff.get("/knowledge/", {"cursor": first.context["page"].next})
    assert len(second.context["page"].rows) == 2
    assert "Back to the newest" in second.content.decode()
    assert staff.get("/knowledge/", {"cursor": "nonsense"}).status_code == 200


@pytest.mark.parametrize("key", ODD_KEYS)
def test_every_id_has_an_address_that_leads_to_it(staff: Client, push: Callable[..., Counts], key: str) -> None:
    push({"id": key, "content": "found"})
    address = document_url(Document.objects.get())
    parts = urlsplit(address)
    assert not {".", ".."} & set(parts.path.split("/"))
    answer = staff.get(address)
    assert answer.status_code == 200
    assert answer.context["document"].key == key


@pytest.mark.parametrize("key", ODD_KEYS)
def test_every_id_can_be_deleted_and_restored(staff: Client, push: Callable[..., Counts], key: str) -> None:
    push({"id": key, "content": "here"})
    page = staff.get(document_url(Document.objects.get()))
    delete = page.content.decode().partition('hx-post="')[2].partition('"')[0].replace("&amp;", "&")
    assert parse_qs(urlsplit(delete).query)["id"] == [key]
    assert "to the trash?" in text_of(staff, delete)
    staff.post(delete)
    assert Document.objects.get().deleted_at is not None
    staff.post(delete.replace("delete/", "restore/", 1))
    assert Document.objects.get().deleted_at is None


def test_deleting_through_htmx_leads_back_to_knowledge(
    staff: Client, push: Callable[..., Counts], htmx: dict[str, str]
) -> None:
    push("a")
    answer = staff.post("/knowledge/delete/?source=wiki&id=a", headers=htmx)
    assert answer["HX-Redirect"] == "/knowledge/"
    assert "a is in the trash and can be restored" in text_of(staff, "/knowledge/")


def test_deleting_twice_is_said_and_harms_nothing(staff: Client, push: Callable[..., Counts]) -> None:
    push("a")
    staff.post("/knowledge/delete/?source=wiki&id=a")
    page = staff.post("/knowledge/delete/?source=wiki&id=a", follow=True).content.decode()
    assert "There is no document" in page


def test_what_is_nowhere_is_not_found(staff: Client, db: None) -> None:
    assert staff.get("/knowledge/wiki/nothing/").status_code == 404
    assert staff.get("/knowledge/wiki/a%00b/").status_code == 404
    assert staff.get("/knowledge/document/").status_code == 404
    assert staff.post("/knowledge/restore/?source=x&id=y").status_code == 404


def test_a_document_shows_each_passage_and_every_character_once(staff: Client, push: Callable[..., Counts]) -> None:
    content = " ".join(f"word{number:04}" for number in range(700))
    push({"id": "long", "content": content})
    answer = staff.get("/knowledge/wiki/long/")
    blocks = answer.context["blocks"]
    assert len(blocks) > 2
    assert "".join(block.shared + block.text for block in blocks) == content
    assert 'id="passage-2"' in answer.content.decode()
    assert 'class="overlap"' in answer.content.decode()


def test_a_very_long_document_shows_its_first_passages_and_offers_the_rest(
    staff: Client, push: Callable[..., Counts]
) -> None:
    push({"id": "long", "content": "word " * 30_000})
    first = staff.get("/knowledge/wiki/long/")
    assert len(first.context["blocks"]) == 60
    assert 'href="?all=1"' in first.content.decode()
    assert len(staff.get("/knowledge/wiki/long/?all=1").context["blocks"]) == first.context["passages"]


def test_a_document_without_vectors_says_that_it_waits(staff: Client, push: Callable[..., Counts]) -> None:
    push("a", budget_s=0)
    assert "Waiting for vectors" in text_of(staff, "/knowledge/wiki/a/")


def test_an_expired_document_and_one_in_the_trash_say_so(
    staff: Client, push: Callable[..., Counts], now: datetime
) -> None:
    push({"id": "a", "content": "a", "expires_at": now - timedelta(minutes=5)}, "b")
    staff.post("/knowledge/delete/?source=wiki&id=b")
    assert "No analyzer finds it. The next sweep" in text_of(staff, "/knowledge/wiki/a/")
    page = text_of(staff, "/knowledge/wiki/b/")
    assert "In the trash" in page
    assert "Restore" in page


def test_history_tells_what_happened_and_who_did_it(staff: Client, push: Callable[..., Counts]) -> None:
    push("a", actor="a key's name")
    staff.post("/knowledge/delete/?source=wiki&id=a")
    page = text_of(staff, "/knowledge/wiki/a/")
    assert "a key&#x27;s name" in page
    assert page.index("deleted</span>") < page.index("created</span>")


def test_the_trash_lists_finds_and_restores(staff: Client, push: Callable[..., Counts]) -> None:
    assert "The trash is empty" in text_of(staff, "/knowledge/trash/")
    push("apples", "pears")
    for key in ("apples", "pears"):
        staff.post(f"/knowledge/delete/?source=wiki&id={key}")
    assert "deleted by ada" in text_of(staff, "/knowledge/trash/")
    assert "/knowledge/wiki/pears/" not in text_of(staff, "/knowledge/trash/", q="apple")
    page = staff.post("/knowledge/restore/?source=wiki&id=apples", follow=True)
    assert page.redirect_chain == [("/knowledge/wiki/apples/", 302)]
    assert "apples is back" in page.content.decode()


def test_times_are_relative_in_sight_and_exact_on_hover(staff: Client, push: Callable[..., Counts]) -> None:
    at = timezone.now() - timedelta(hours=3)
    push("a", at=at)
    assert f'title="{at:%a %d %b %Y, %H:%M:%S} UTC">3 h ago</time>' in text_of(staff, "/knowledge/wiki/a/")


def test_quotes_look_for_a_text_as_it_stands_and_words_offer_it(staff: Client, push: Callable[..., Counts]) -> None:
    push({"id": "ticket:8812", "content": "The VPN drops"}, {"id": "b", "content": "Reticketing"})
    assert "No document matches" in (words := text_of(staff, "/knowledge/", q="icket"))
    assert 'href="?q=%22icket%22">Search for exactly this text</a>' in words
    found = staff.get("/knowledge/", {"q": '"icket"'})
    assert {document.key for document in found.context["page"].rows} == {"ticket:8812", "b"}
    assert "all=1" not in found.content.decode()
    assert "Nothing is ticked" in text_of(staff, "/knowledge/delete-many/", q='"icket"', all="1")


def test_a_list_that_ran_out_of_time_says_how_far_it_looked(
    staff: Client, push: Callable[..., Counts], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("knowledge.browsing.lists.WALK_MS", 0)
    push("here", "there")
    first = staff.get("/knowledge/", {"q": '"here', "sort": "id"})
    assert "1 document searched, up to wiki / there" in first.content.decode()
    assert "Search on →" in first.content.decode()
    page = text_of(staff, "/knowledge/", q='"nowhere')
    assert "Nothing found so far" in page


@pytest.mark.parametrize(
    ("sort", "said"),
    [("stored", "those stored <time"), ("updated", "those updated <time"), ("expires", "those that expire never")],
)
def test_a_list_by_a_time_says_how_far_that_is(
    staff: Client, push: Callable[..., Counts], monkeypatch: pytest.MonkeyPatch, sort: str, said: str
) -> None:
    monkeypatch.setattr("knowledge.browsing.lists.WALK_MS", 0)
    push("here", "there")
    page = text_of(staff, "/knowledge/", q='"here', sort=sort)
    assert f"searched, up to {said}" in page


def test_a_list_goes_back_to_what_stands_at_its_top(staff: Client, push: Callable[..., Counts]) -> None:
    push(*(f"document-{number:02}" for number in range(27)))
    for sort, top in (("updated", "newest"), ("id", "first")):
        cursor = staff.get("/knowledge/", {"sort": sort}).context["page"].next
        assert f"Back to the {top}" in text_of(staff, "/knowledge/", sort=sort, cursor=cursor)
