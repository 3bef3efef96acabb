"""Fetching what stands at a URL: what is followed, what is refused, and the sentence for each."""

from collections.abc import Callable

import pytest
from django.conf import LazySettings

from ingestion.errors import ExtractionFailed
from ingestion.processing.fetching import Fetched, Validators, fetch, fetched_url
from providers.errors import OutboundRefused
from providers.outbound.addresses import Policy
from tests.providers.scripted import Connection, Provider, Script, provider

HTML = "text/html; charset=utf-8"


def paths(answers: dict[str, Callable[[Connection], object]]) -> Script:
    async def script(connection: Connection) -> None:
        await answers[connection.asked.path](connection)  # type: ignore[misc]

    return script


def answer(status: int = 200, body: bytes = b"<p>bread</p>", **headers: str) -> Callable[[Connection], object]:
    named = {"Content_Type": HTML} | headers
    return lambda connection: connection.answer(status, body, **named)


def go(server: Provider, path: str = "/", known: Validators = Validators()) -> Fetched | None:  # noqa: B008
    """Loopback is no public address, so these ask as a provider's calls do; the steps are the same."""
    return fetch(server.url + path, known, policy=Policy.PROVIDER)


def failure(server: Provider, path: str = "/") -> ExtractionFailed:
    with pytest.raises(ExtractionFailed) as caught:
        go(server, path)
    return caught.value


def test_a_page_comes_with_its_type_and_what_names_its_version() -> None:
    with provider(paths({"/": answer(ETag='"v1"', Last_Modified="Sat, 21 Nov 2026 00:00:00 GMT")})) as server:
        found = go(server)
    assert found == Fetched(
        body=b"<p>bread</p>",
        content_type=HTML,
        validators=Validators(etag='"v1"', last_modified="Sat, 21 Nov 2026 00:00:00 GMT"),
    )
    assert "If-None-Match" not in {name.title() for name in server.asked[0].headers}


def test_what_is_known_is_asked_for_only_if_it_changed() -> None:
    with provider(paths({"/": answer(304, b"")})) as server:
        assert go(server, known=Validators(etag='"v1"', last_modified="yesterday")) is None
    headers = {name.lower(): value for name, value in server.asked[0].headers.items()}
    assert (headers["if-none-match"], headers["if-modified-since"]) == ('"v1"', "yesterday")


def test_an_unasked_304_is_a_failure() -> None:
    with provider(paths({"/": answer(304, b"")})) as server:
        assert failure(server).code == "not_ok"


def test_redirects_are_followed_also_relative_ones_and_without_the_fragment() -> None:
    answers = {"/": answer(301, Location="/a#top"), "/a": answer(307, Location="b?x=1"), "/b?x=1": answer()}
    with provider(paths(answers)) as server:
        assert go(server) is not None
    assert [asked.path for asked in server.asked] == ["/", "/a", "/b?x=1"]


def test_five_redirects_are_followed_and_no_more() -> None:
    steps = {f"/{n}": answer(302, Location=f"/{n + 1}") for n in range(6)} | {"/6": answer()}
    with provider(paths(steps)) as server:
        assert go(server, "/1") is not None
        assert failure(server, "/0").code == "too_many_redirects"


@pytest.mark.parametrize(
    ("location", "code"),
    [
        ("http://169.254.169.254/latest/meta-data", "url_refused"),
        ("ftp://example.org/", "url_refused"),
        ("file:///etc/passwd", "url_refused"),
        ("http://user:secret@example.org/", "url_refused"),
    ],
)
def test_every_step_passes_the_guard(location: str, code: str) -> None:
    with provider(paths({"/": answer(302, Location=location)})) as server:
        found = failure(server)
    assert found.code == code
    assert not found.temporary


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/", "http://10.0.0.1/", "http://[::1]/", "http://localhost:1/"])
def test_only_public_addresses_are_fetched(url: str) -> None:
    with pytest.raises(ExtractionFailed) as caught:
        fetch(url, Validators())
    assert caught.value.code == "address_refused"


def test_a_name_that_leads_to_a_private_address_is_refused() -> None:
    async def resolve(host: str, port: int) -> list[str]:
        return ["192.168.0.7"]

    with pytest.raises(ExtractionFailed, match="not a public address"):
        fetch("http://example.org/", Validators(), resolve=resolve)


def test_encryption_is_not_given_up_on_the_way() -> None:
    from ingestion.processing.fetching import _next_url

    with pytest.raises(OutboundRefused, match="without encryption"):
        _next_url("https://example.org/a", "http://example.org/b")
    assert _next_url("http://example.org/a", "https://example.org/b") == "https://example.org/b"


@pytest.mark.parametrize(("status", "temporary"), [(401, False), (404, False), (410, False), (429, True), (503, True)])
def test_a_status_is_told_in_a_sentence(status: int, temporary: bool) -> None:
    with provider(paths({"/": answer(status)})) as server:
        found = failure(server)
    assert (found.code, found.temporary) == ("not_ok", temporary)
    assert found.detail.endswith(".")


@pytest.mark.parametrize(
    "kind", ["image/png", "video/mp4", "application/zip", "image/svg+xml", "application/x-msdownload"]
)
def test_types_without_text_are_refused(kind: str) -> None:
    with provider(paths({"/": answer(Content_Type=kind)})) as server:
        found = failure(server)
    assert found.code == "kind_refused"
    assert kind in found.detail


@pytest.mark.parametrize(
    "kind",
    ["text/plain", "TEXT/HTML", "text/x-rst", "application/json", "application/ld+json", "application/atom+xml",
     "application/xml", "application/pdf", "application/octet-stream", ""],
)  # fmt: skip
def test_types_with_text_are_taken(kind: str) -> None:
    with provider(paths({"/": answer(Content_Type=kind)})) as server:
        assert go(server) is not None


def test_a_page_that_is_too_large_is_refused(settings: LazySettings) -> None:
    settings.MAX_FILING_BYTES = 1_000
    with provider(paths({"/": answer(body=b"x" * 1_001)})) as server:
        assert failure(server).code == "body_too_large"


def test_a_connection_that_breaks_is_tried_again() -> None:
    async def script(connection: Connection) -> None:
        await connection.raw(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
        connection.writer.close()

    with provider(script) as server:
        assert failure(server).temporary


def test_a_version_that_cannot_be_sent_back_is_forgotten() -> None:
    with provider(paths({"/": answer(ETag="x" * 1_001)})) as server:
        found = go(server)
    assert found is not None
    assert found.validators == Validators()


def test_what_points_into_a_page_is_not_part_of_its_address() -> None:
    assert fetched_url(" https://example.org/a#part ") == "https://example.org/a"
    with pytest.raises(OutboundRefused):
        fetched_url("http://192.168.0.1/")
