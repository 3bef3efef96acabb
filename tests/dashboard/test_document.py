"""One document, whatever it holds and however it stands."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import uuid4

from django.test import Client
from pytest_django import DjangoAssertNumQueries

from knowledge.models import Change, Document, Passage
from knowledge.run_counts import Counts
from providers.models import Provider, SyncRun
from tests.embedding import HashingEmbedder


def page_of(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def test_passages_of_a_very_long_document_come_a_stretch_at_a_time(staff: Client, push: Callable[..., Counts]) -> None:
    push({"id": "book", "content": "word " * 190_000})
    first = staff.get("/knowledge/wiki/book/")
    assert first.context["passages"] > 500
    assert len(first.context["blocks"]) == 60
    assert 'href="?from=61#content"' in first.content.decode()
    last = staff.get("/knowledge/wiki/book/", {"from": "500"})
    assert last.context["blocks"][0].number == 500
    assert 'href="?from=440#content"' in last.content.decode()
    for odd in ("0", "-1", "x", "9" * 30):
        assert staff.get("/knowledge/wiki/book/", {"from": odd}).status_code == 200


def test_a_hit_leads_to_the_stretch_that_holds_its_passage(staff: Client, push: Callable[..., Counts]) -> None:
    push({"id": "book", "content": "filler text " * 20_000 + "zebra"})
    page = page_of(staff, "/knowledge/?text=zebra&mode=keyword")
    number = Passage.objects.count()
    address = page.partition('<h3><a href="')[2].partition('"')[0]
    assert address.endswith(f"#passage-{number}")
    assert f'id="passage-{number}"' in page_of(staff, address.partition("#")[0])


def test_the_content_is_shown_by_passages_as_text_or_as_the_json_that_it_is(
    staff: Client, push: Callable[..., Counts]
) -> None:
    push({"id": "plain", "content": "just text"}, {"id": "object", "content": '{"b": [1, 2], "a": "ü"}'}, "[not json")
    assert 'id="passage-1"' in page_of(staff, "/knowledge/wiki/plain/")
    assert 'id="passage-1"' not in page_of(staff, "/knowledge/wiki/plain/?show=text")
    assert "show=json" not in page_of(staff, "/knowledge/wiki/plain/?show=nonsense")
    assert "{\n  &quot;b&quot;: [\n    1,\n    2\n  ]" in page_of(staff, "/knowledge/wiki/object/")
    assert 'id="passage-1"' in page_of(staff, "/knowledge/wiki/object/?show=passages")
    assert 'id="passage-1"' in page_of(staff, "/knowledge/wiki/[not json/")


def test_json_that_is_too_deep_is_text(staff: Client, push: Callable[..., Counts]) -> None:
    push({"id": "deep", "content": "[" * 50_000})
    assert "show=json" not in page_of(staff, "/knowledge/wiki/deep/")


def test_each_passage_says_how_it_stands(staff: Client, push: Callable[..., Counts], now: datetime) -> None:
    push({"id": "a", "content": "good text. " * 150 + "\n\n" + "☠ " * 900 + "\n\n" + "more good text. " * 100})
    page = page_of(staff, "/knowledge/wiki/a/")
    assert "Partly refused" in page
    assert "refused</small>" in page
    assert "The text holds &#x27;☠&#x27;." in page
    push({"id": "b", "content": "unembedded"}, budget_s=0)
    assert ">waiting</small>" in page_of(staff, "/knowledge/wiki/b/")


def test_neighbours_come_from_stored_vectors_alone(
    staff: Client, push: Callable[..., Counts], embedder: HashingEmbedder, now: datetime
) -> None:
    push("red apples here", "red apples there", "something else entirely", {"id": "gone", "content": "red apples gone"})
    Document.objects.filter(key="gone").update(deleted_at=now)
    calls = embedder.calls
    embedder.available = False
    part = staff.get("/knowledge/neighbours/?source=wiki&id=red apples here")
    assert [near.document.key for near in part.context["neighbours"]] == ["red apples there", "something else entirely"]
    assert part.context["neighbours"][0].score > part.context["neighbours"][1].score
    assert embedder.calls == calls
    page = page_of(staff, "/knowledge/wiki/red%20apples%20here/")
    assert 'hx-trigger="load"' in page
    assert 'href="?neighbours=1#neighbours"' in page
    assert "red apples there" in page_of(staff, "/knowledge/wiki/red%20apples%20here/?neighbours=1")


def test_a_document_without_vectors_has_no_neighbours(staff: Client, push: Callable[..., Counts]) -> None:
    push("a", "b", budget_s=0)
    assert staff.get("/knowledge/neighbours/?source=wiki&id=a").context["neighbours"] == []


def test_history_shows_what_each_update_did_and_links_to_its_run(
    staff: Client,
    push: Callable[..., Counts],
    provider: Callable[..., Provider],
    run: Callable[..., SyncRun],
    now: datetime,
) -> None:
    provider()
    kept = run()
    push({"id": "a", "content": "the old text"})
    push({"id": "a", "content": "the new text"})
    Change.objects.filter(kind="updated").update(run=kept.pk)
    Change.objects.filter(kind="created").update(run=uuid4())
    page = page_of(staff, "/knowledge/wiki/a/")
    assert "<del>old</del><ins>new</ins>" in page
    assert f'href="/runs/{kept.pk}/"' in page
    assert "a sync that is no longer kept" in page


def test_a_long_history_has_pages(staff: Client, push: Callable[..., Counts], now: datetime) -> None:
    for number in range(13):
        push({"id": "a", "content": f"text {number}"}, at=now + timedelta(minutes=number))
    first = staff.get("/knowledge/wiki/a/")
    assert len(first.context["changes"]) == 10
    second = staff.get("/knowledge/wiki/a/", {"changes": str(first.context["older_changes"])})
    assert len(second.context["changes"]) == 3
    assert "Newest changes" in second.content.decode()


def test_an_expiry_is_said_relative_and_exact(staff: Client, push: Callable[..., Counts], now: datetime) -> None:
    at = now + timedelta(days=2, minutes=5)
    push({"id": "a", "content": "a", "expires_at": at})
    assert f"in 2 days<small>{at:%a %d %b %Y, %H:%M:%S} UTC</small>" in page_of(staff, "/knowledge/wiki/a/")


def test_deleting_takes_a_reason_and_leads_back_to_the_filtered_list(
    staff: Client, push: Callable[..., Counts], htmx: dict[str, str]
) -> None:
    push("a", "b")
    address = "/knowledge/delete/?source=wiki&id="
    here = {**htmx, "HX-Current-URL": "http://testserver/knowledge/?source=wiki&sort=id"}
    answer = staff.post(f"{address}a", {"reason": "sent by mistake\0"}, headers=here)
    assert answer["HX-Redirect"] == "/knowledge/?source=wiki&sort=id"
    assert Document.objects.get(key="a").deleted_reason == "deleted by ada: sent by mistake"
    elsewhere = {**htmx, "HX-Current-URL": "http://testserver/knowledge/wiki/b/"}
    assert staff.post(f"{address}b", headers=elsewhere)["HX-Redirect"] == "/knowledge/"


def test_the_inspector_asks_the_database_a_dozen_times_at_most(
    staff: Client, push: Callable[..., Counts], django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    push("a", "b")
    for path in (
        "/knowledge/wiki/a/?neighbours=1",
        "/knowledge/trash/?q=a&tags=x",
        "/knowledge/?q=a&tags=x",
        "/knowledge/",
    ):
        with django_assert_max_num_queries(12):
            staff.get(path)


def test_a_viewer_is_offered_no_deletion(viewer: Client, push: Callable[..., Counts]) -> None:
    push("a")
    page = page_of(viewer, "/knowledge/wiki/a/")
    assert "/knowledge/delete/" not in page
    assert 'name="reason"' not in page


def test_it_tells_whose_word_endings_count(staff: Client, push: Callable[..., Counts]) -> None:
    push({"id": "haus", "content": "Haus", "language": "german"}, "house")
    own, other = (page_of(staff, f"/knowledge/wiki/{key}/") for key in ("haus", "house"))
    assert "german" in own
    assert "not told by itself" not in own
    assert "english<span" in other
    assert "not told by itself" in other


def test_a_list_is_narrowed_to_words_of_every_language(staff: Client, push: Callable[..., Counts]) -> None:
    push({"id": "one", "content": "Ein Haus", "language": "german"}, {"id": "two", "content": "university"})
    lists = [page_of(staff, f"/knowledge/?q={words}") for words in ("Häuser", "universities")]
    assert [("/wiki/one/" in page, "/wiki/two/" in page) for page in lists] == [(True, False), (False, True)]
