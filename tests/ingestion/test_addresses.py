"""Addresses of pages and names of files, however they are written."""

import unicodedata
from typing import Any

import pytest

from ingestion.models import File
from ingestion.processing.fetching import fetched_url
from providers.errors import OutboundRefused
from tests.ingestion.conftest import upload

ROOT = "/api/documents"


@pytest.mark.parametrize(
    ("given", "address"),
    [
        ("HTTPS://Example.ORG:443", "https://example.org/"),
        ("https://example.org", "https://example.org/"),
        ("https://example.org?x=1", "https://example.org/?x=1"),
        ("http://example.org:80/A?b=C#there", "http://example.org/A?b=C"),
        ("http://example.org:443/", "http://example.org:443/"),
        ("https://www.example.org./a", "https://www.example.org/a"),
        ("https://BÜCHER.example/ä", "https://xn--bcher-kva.example/%C3%A4"),
        ("https://xn--bcher-kva.example/%c3%a4", "https://xn--bcher-kva.example/%C3%A4"),
        ("https://example.org/a/../b%2fc?q=%e2%82%ac+1", "https://example.org/b%2Fc?q=%E2%82%AC+1"),
    ],
)
def test_a_page_has_one_address_however_it_is_written(given: str, address: str) -> None:
    assert fetched_url(given) == address
    assert fetched_url(address) == address


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("file:///etc/passwd", "must begin with http"),
        ("example.org/a", "must begin with http"),
        ("https://ann:secret@example.org/", "must not carry a user name or a password"),
        ("http://127.0.0.1:9/", "cannot be used"),
        ("https://", "the host is missing"),
        ("http://[", "its host is no name of a machine"),
    ],
)
def test_what_can_never_be_fetched_is_refused_at_once(admin: Any, url: str, sentence: str) -> None:
    response = admin("post", ROOT, {"source_type": "url", "url": url})
    assert response.status_code == 400
    assert sentence in response.json()["error"]
    assert "secret" not in response.json()["error"]
    assert not File.objects.exists()
    with pytest.raises(OutboundRefused):
        fetched_url(url)


def test_a_page_is_known_again_by_another_way_to_write_its_address(admin: Any) -> None:
    first = admin("post", ROOT, {"source_type": "url", "url": "https://example.org/a"})
    again = admin("post", ROOT, {"source_type": "url", "url": " HTTPS://EXAMPLE.org:443/a#part "})
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json()["id"] == first.json()["id"]


def test_an_address_that_grows_beyond_the_limit_as_it_is_sent_is_refused(admin: Any) -> None:
    response = admin("post", ROOT, {"source_type": "url", "url": "https://example.org/" + "é" * 900})
    assert response.status_code == 400
    assert "the limit is 2,000" in response.json()["error"]


def test_a_file_s_name_has_one_form_and_is_deleted_by_any(reports: Any) -> None:
    parted = unicodedata.normalize("NFD", "Größe.txt")
    assert upload(reports, (parted, b"text")).status_code == 202
    assert File.objects.get().file_name == "Größe.txt"
    answer = reports("delete", "/v1/collections/reports/documents", {"file_ids": [parted]}).json()
    assert answer["total_deleted"] == 1
