"""RSS and Atom feeds on loopback as sources."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from larder_sources.changes import SourceUnavailable
from larder_sources.formats.html import text_of_html

from tests.sources.conftest import NOW, Keeper
from tests.sources.web_server import Site, web_site

ITEM = """<item><title>{title}</title><link>http://example.com/{guid}</link><guid isPermaLink='false'>{guid}</guid>
{more}
<description>&lt;p&gt;{text}&lt;/p&gt;&lt;script&gt;alert(1)&lt;/script&gt;</description></item>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title>News</title><entry><id>urn:1</id><title>One</title>
<updated>2024-05-04T10:00:00Z</updated><published>2024-05-03T10:00:00Z</published><author><name>Ann</name></author>
<category term="Release Notes"/><link href="http://example.com/1"/>
<content type="html">&lt;h2&gt;What is new&lt;/h2&gt;&lt;ul&gt;&lt;li&gt;Tea&lt;/li&gt;&lt;/ul&gt;</content></entry>
</feed>"""


@pytest.fixture
def site() -> Iterator[Site]:
    with web_site() as made:
        yield made


@pytest.fixture
def news(site: Site, tmp_path: Path) -> Keeper:
    rss(site, "1", "2")
    return Keeper(folder=tmp_path, options={"kind": "feed", "url": f"{site.url}/feed"})


def rss(site: Site, *guids: str, text: str = "Text", more: str = "", etag: str = "") -> None:
    items = "".join(ITEM.format(title=f"Title {guid}", guid=guid, text=f"{text} {guid}", more=more) for guid in guids)
    body = f"<rss version='2.0'><channel><title>News</title>{items}</channel></rss>"
    site.file("/feed", body, type="application/rss+xml")
    if etag:
        site.replies["/feed"].headers["ETag"] = etag


def test_entries_become_documents_by_their_ids(news: Keeper) -> None:
    news.sync()
    found = news.documents()["1"]
    assert found.content == "Title 1\n\nText 1"
    assert found.metadata == {"title": "Title 1", "url": "http://example.com/1", "feed": "News"}


def test_atom_gives_times_categories_and_the_text_of_its_html(news: Keeper, site: Site) -> None:
    site.file("/feed", ATOM, type="application/atom+xml")
    news.sync()
    found = news.documents()["urn:1"]
    assert found.content == "One\n\nWhat is new\n\n- Tea"
    assert found.tags == ["release_notes"]
    assert found.metadata["author"] == "Ann"
    assert found.metadata["published"] == "2024-05-03T10:00:00+00:00"
    assert found.updated_at
    assert found.updated_at.isoformat() == "2024-05-04T10:00:00+00:00"


def test_what_falls_out_of_the_feed_stays(news: Keeper, site: Site) -> None:
    news.sync()
    rss(site, "2", "3")
    synced = news.sync()
    assert (synced.full, synced.pushed, synced.unchanged, synced.deleted) == (False, 1, 1, 0)
    assert news.ids() == ["1", "2", "3"]
    news.state = {}
    assert news.sync().full
    assert news.ids() == ["1", "2", "3"]


def test_an_entry_that_changed_is_updated(news: Keeper, site: Site) -> None:
    news.sync()
    rss(site, "1", "2", text="Other")
    assert news.sync().pushed == 2
    assert news.documents()["1"].content == "Title 1\n\nOther 1"


def test_a_feed_that_is_the_same_is_not_sent_again(news: Keeper, site: Site) -> None:
    rss(site, "1", etag='"one"')
    news.sync()
    assert (news.sync().unchanged, news.state["source"]) == (0, {"etag": '"one"'})
    rss(site, "1", "2", etag='"two"')
    assert news.sync().pushed == 1


def test_entries_end_some_time_after_they_were_published(news: Keeper, site: Site) -> None:
    news.options["expires"] = "{{ published | plus('30d') }}"
    rss(site, *map(str, range(40)), more=f"<pubDate>{NOW:%a, %d %b %Y %H:%M:%S} GMT</pubDate>")
    news.sync()
    assert news.documents()["1"].expires_at == NOW + timedelta(days=30)
    rss(site, "40")
    news.now = NOW + timedelta(days=31)
    synced = news.sync()
    assert (synced.full, synced.pushed, synced.deleted) == (False, 1, 40)
    assert news.ids() == ["40"]


def test_an_entry_without_an_id_is_known_by_its_address(news: Keeper, site: Site) -> None:
    body = "<rss version='2.0'><channel><item><title>A</title><link>http://example.com/a</link></item></channel></rss>"
    site.file("/feed", body)
    news.sync()
    assert news.ids() == ["http://example.com/a"]


@pytest.mark.parametrize(("body", "status"), [("<html>no feed</html>", 200), ("", 200), ("gone", 404), ("down", 503)])
def test_what_is_no_feed_is_told(news: Keeper, site: Site, body: str, status: int) -> None:
    site.file("/feed", body, status=status)
    with pytest.raises(SourceUnavailable, match=r"/feed(:| is no feed| was answered with HTTP 404)"):
        news.sync()


def test_an_empty_feed_is_no_fault(news: Keeper, site: Site) -> None:
    rss(site)
    assert news.sync().pushed == 0


def test_check_counts_the_entries(news: Keeper) -> None:
    assert news.configured().source.check() == "2 entries in News"


def test_the_text_of_html_has_a_line_for_each_block() -> None:
    html = "<h1>A</h1><p>b <b>c</b>\n d &amp; e</p><style>x</style><ul><li>f<li>g</ul><table><tr><td>h<td>i</table>"
    assert text_of_html(html) == "A\n\nb c d & e\n\n- f\n- g\n\nh i"


def test_of_entries_with_one_id_the_first_counts(news: Keeper, site: Site) -> None:
    rss(site, "1", "2", "1")
    synced = news.sync()
    assert (synced.pushed, synced.unread, news.ids()) == (2, 0, ["1", "2"])


def test_credentials_in_the_address_are_not_told(tmp_path: Path) -> None:
    away = Keeper(folder=tmp_path, options={"kind": "feed", "url": "http://ann:very-secret@127.0.0.1:9/feed"})
    with pytest.raises(SourceUnavailable, match=r"The feed http://127.0.0.1:9/feed: ") as refused:
        away.sync()
    assert "very-secret" not in str(refused.value)
