"""A web site on loopback as a source."""

import gzip
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from larder_sources.changes import SourceUnavailable
from larder_sources.config import ConfigRefused
from larder_sources.formats import sitemaps

from tests.sources.conftest import Keeper
from tests.sources.web_server import Site, web_site

SENTENCE = "Flights are booked two weeks in advance, by whoever flies, and paid for by the department that asked."


@pytest.fixture
def site() -> Iterator[Site]:
    with web_site() as made:
        yield made


@pytest.fixture
def pages(site: Site, tmp_path: Path) -> Keeper:
    site.sitemap(travel="2024-05-04", leave="", pay="2024-05-04T10:00:00+02:00")
    for name in ("travel", "leave", "pay"):
        site.page(f"/{name}", f"{name.title()}: {SENTENCE}", ETag=f'"{name}-1"')
    return Keeper(folder=tmp_path, options={"kind": "site", "url": site.url, "delay_ms": 0})


def test_the_pages_of_the_sitemap_become_documents(pages: Keeper, site: Site) -> None:
    pages.options["tags"] = ["site", "{{ path }}"]
    pages.sync()
    found = pages.documents()[f"{site.url}/travel"]
    assert SENTENCE in found.content
    assert found.metadata == {"url": f"{site.url}/travel", "title": "/travel"}
    assert (found.tags, found.updated_at and found.updated_at.isoformat()) == (
        ["site", "travel"],
        "2024-05-04T00:00:00+00:00",
    )


def test_a_page_is_asked_for_again_only_where_it_may_have_changed(pages: Keeper, site: Site) -> None:
    pages.sync()
    site.take_asked()
    second = pages.sync()
    assert site.take_asked() == ["/robots.txt", "/sitemap.xml", "/leave"]  # which tells no lastmod
    assert (second.full, second.pushed, second.unchanged) == (False, 0, 3)
    site.sitemap(travel="2024-06-01", leave="", pay="2024-05-04T10:00:00+02:00")
    site.page("/travel", f"Trains instead. {SENTENCE}", ETag='"travel-2"')
    site.page("/leave", f"Leave is asked for. {SENTENCE}", ETag='"leave-2"')
    third = pages.sync()
    assert (third.pushed, third.unchanged) == (2, 1)
    assert "Trains instead" in pages.documents()[f"{site.url}/travel"].content


def test_pages_without_an_etag_are_asked_for_by_their_date(pages: Keeper, site: Site) -> None:
    site.sitemap(leave="")
    site.page("/leave", SENTENCE, Last_Modified="Sat, 04 May 2024 10:00:00 GMT")
    pages.sync()
    assert pages.sync().unchanged == 1


def test_what_left_the_sitemap_or_is_not_found_is_gone(pages: Keeper, site: Site) -> None:
    pages.sync()
    site.sitemap(leave="", pay="2024-05-04T10:00:00+02:00")
    del site.replies["/leave"]
    assert pages.sync().deleted == 2
    assert pages.ids() == [f"{site.url}/pay"]


def test_indexes_packed_sitemaps_and_lists_are_read(pages: Keeper, site: Site) -> None:
    site.sitemap("/one.xml", travel="2024-05-04")
    site.replies["/one.xml.gz"] = site.replies.pop("/one.xml")
    site.replies["/one.xml.gz"].body = gzip.compress(site.replies["/one.xml.gz"].body)
    site.file("/two.txt", f"{site.url}/leave\n{site.url}/travel\nhttp://127.0.0.1:9/elsewhere\n")
    entries = "".join(
        f"<sitemap><loc>{site.url}/{name}</loc></sitemap>" for name in ("one.xml.gz", "two.txt", "index.xml")
    )
    site.file("/index.xml", f"<sitemapindex>{entries}</sitemapindex>", type="application/xml")
    site.file("/robots.txt", f"Sitemap: {site.url}/index.xml\n")
    pages.sync()
    assert pages.ids() == [f"{site.url}/leave", f"{site.url}/travel"]


def test_robots_txt_is_respected(pages: Keeper, site: Site) -> None:
    site.file("/robots.txt", "User-agent: larder-sources\nDisallow: /pay\nDisallow: /leave\nCrawl-delay: 1\n")
    began = time.monotonic()
    pages.sync()
    assert pages.ids() == [f"{site.url}/travel"]
    assert time.monotonic() - began > 1  # between the sitemap and the page
    site.file("/robots.txt", "down", status=503)
    with pytest.raises(SourceUnavailable, match=r"robots.txt of .* HTTP 503"):
        pages.sync()


def test_requests_keep_their_distance(pages: Keeper, site: Site) -> None:
    pages.options["delay_ms"] = 60
    began = time.monotonic()
    pages.sync()
    assert time.monotonic() - began > 0.06 * (len(site.take_asked()) - 1)


def test_only_what_the_globs_fit_is_asked_for(pages: Keeper, site: Site) -> None:
    pages.options |= {"include": ["t*", "pay"], "exclude": ["pay"]}
    pages.sync()
    assert pages.ids() == [f"{site.url}/travel"]
    assert "/pay" not in site.asked


def test_a_redirect_within_the_site_is_followed_and_none_out_of_it(pages: Keeper, site: Site) -> None:
    site.file("/travel", "", status=301, Location="/leave")
    site.file("/pay", "", status=302, Location="http://localhost:9/")
    told = pages.sync().state["passed_over"]["first"]
    assert told == {f"{site.url}/pay": "it leads to another host, localhost:9"}
    assert "Leave:" in pages.documents()[f"{site.url}/travel"].content


def test_what_is_no_page_is_told(pages: Keeper, site: Site) -> None:
    pages.options["max_bytes"] = 2_000
    site.file("/travel", b"%PDF-1.7", type="application/pdf")
    site.page("/leave", SENTENCE * 50)
    told = pages.sync().state["passed_over"]["first"]
    assert told[f"{site.url}/travel"] == "it is application/pdf, not a page"
    assert "more than max_bytes" in told[f"{site.url}/leave"]


def test_a_page_that_fails_for_once_stays_as_it_was(pages: Keeper, site: Site) -> None:
    pages.sync()
    site.file("/leave", "down", status=503)
    synced = pages.sync()
    assert (synced.unread, synced.deleted) == (1, 0)
    assert len(pages.ids()) == 3


def test_a_site_that_fails_page_after_page_is_given_up(pages: Keeper, site: Site) -> None:
    pages.sync()
    site.sitemap(**{f"new-{number}": "" for number in range(30)}, travel="2024-05-04")
    for number in range(30):
        site.file(f"/new-{number}", "down", status=500)
    site.take_asked()
    with pytest.raises(SourceUnavailable, match="10 pages in a row failed"):
        pages.sync()
    assert len(site.take_asked()) == 12
    assert len(pages.ids()) == 3


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("<html>no sitemap</html>", "is no sitemap: it is <html>"),
        ("<urlset><url>", "is no sitemap: "),
        ("hello", "is no sitemap: 'hello' is no address"),
        (b"\x1f\x8bnot packed", "cannot be unpacked"),
        ('<!DOCTYPE a [<!ENTITY b "c">]><urlset><url><loc>&b;</loc></url></urlset>', None),
    ],
)
def test_what_is_no_sitemap_is_told(pages: Keeper, site: Site, body: str | bytes, told: str | None) -> None:
    site.file("/sitemap.xml", body, type="application/xml")
    if told:
        with pytest.raises(SourceUnavailable, match=told):
            pages.configured().source.check()
    else:
        assert pages.configured().source.check().startswith("0 pages")


def test_a_sitemap_that_unpacks_without_an_end_is_refused(
    pages: Keeper, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sitemaps, "MOST_BYTES", 1_000)
    site.file("/sitemap.xml", gzip.compress(b" " * 100_000))
    with pytest.raises(SourceUnavailable, match="has more than 1,000 bytes unpacked"):
        pages.sync()


def test_a_site_of_too_many_pages_is_told(pages: Keeper) -> None:
    pages.options["max_pages"] = 2
    with pytest.raises(SourceUnavailable, match="has more than max_pages pages, 2"):
        pages.sync()


def test_check_counts_the_pages(pages: Keeper, site: Site) -> None:
    assert pages.configured().source.check() == f"3 pages of {site.url.removeprefix('http://')}"
    assert site.take_asked() == ["/robots.txt", "/sitemap.xml"]


def test_an_address_with_credentials_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigRefused, match="it holds credentials") as refused:
        Keeper(folder=tmp_path, options={"kind": "site", "url": "http://ann:very-secret@127.0.0.1:9/"}).configured()
    assert "very-secret" not in str(refused.value)
