"""A bucket as a source, of a server that checks signatures."""

import logging
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from larder_sources.changes import SourceUnavailable
from larder_sources.config import ConfigRefused
from larder_sources.syncing import NothingReadable
from larder_sources.transport.s3_client import Bucket, Credentials, signed

from tests.sources.conftest import Keeper
from tests.sources.s3_server import KEYS_A_PAGE, S3Server, s3_server
from tests.sources.web_server import web_site

ODD = ["sp ace/ü+%20&.md", "pct%2Fslash.md", "tilde~#?=;.md", "double//slash.md", "/lead.md", "ctrl\x01.md", "*!'().md"]


@pytest.fixture(scope="module")
def server() -> Iterator[S3Server]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NO_PROXY", "127.0.0.1")
        with s3_server() as made:
            yield made


class Store:
    """A bucket that people put files into."""

    def __init__(self, server: S3Server) -> None:
        self.name, self._client = f"docs-{uuid.uuid4().hex[:8]}", server.client("s3")
        self._client.create_bucket(Bucket=self.name)

    def put(self, *keys: str, body: str | bytes = "Flights") -> None:
        for key in keys:
            self._client.put_object(Bucket=self.name, Key=key, Body=body)

    def delete(self, *keys: str) -> None:
        for key in keys:
            self._client.delete_object(Bucket=self.name, Key=key)


@pytest.fixture
def bucket(server: S3Server) -> Store:
    return Store(server)


@pytest.fixture
def shared(tmp_path: Path, server: S3Server, bucket: Store) -> Keeper:
    keys = {"access_key": server.access_key, "secret_key": "${SECRET}"}
    options = {"kind": "s3", "bucket": bucket.name, "endpoint": server.url, **keys}
    return Keeper(folder=tmp_path, options=options, environment={"SECRET": server.secret_key})


def test_changes_alone_are_read_and_what_is_gone_is_deleted(shared: Keeper, bucket: Store) -> None:
    bucket.put("travel.md", "hr/leave.md", "hr/pay.txt", "hr/", "picture.png")
    first, unchanged = shared.sync(), shared.sync()
    bucket.put("travel.md", body="# Travel\n\nTrains")
    bucket.put("new.md")
    bucket.delete("hr/pay.txt")
    second = shared.sync()
    assert (first.full, first.pushed) == (True, 3)
    assert (unchanged.full, unchanged.pushed, unchanged.unchanged) == (False, 0, 3)
    assert (second.full, second.pushed, second.unchanged, second.deleted) == (False, 2, 1, 1)
    assert shared.ids() == ["hr/leave.md", "new.md", "travel.md"]
    travel = shared.documents()["travel.md"]
    assert (travel.metadata["title"], travel.content) == ("Travel", "# Travel\n\nTrains")
    assert travel.updated_at is not None


def test_a_listing_of_several_pages_is_read_to_its_end(shared: Keeper, bucket: Store) -> None:
    keys = [f"{number:03}.md" for number in range(2 * KEYS_A_PAGE + 3)]
    bucket.put(*keys)
    assert shared.sync().pushed == len(keys)
    assert shared.ids() == keys


def test_prefix_globs_and_templates(shared: Keeper, bucket: Store) -> None:
    bucket.put("hr/leave.md", "hr/drafts/pay.md", "it/vpn.md", body="---\ntags: [HR]\n---\nText")
    link = "https://files.example.com/{{ bucket }}/{{ path }}"
    shared.options |= {"prefix": "hr/", "exclude": ["hr/drafts/**"], "link": link, "tags": ["{{ folder | tag }}"]}
    shared.sync()
    (only,) = shared.documents().values()
    assert only.metadata["url"] == f"https://files.example.com/{bucket.name}/hr/leave.md"
    assert only.tags == ["hr"]


def test_keys_may_be_any_text(shared: Keeper, bucket: Store) -> None:
    bucket.put(*ODD)
    assert shared.sync().unread == 0
    assert shared.ids() == sorted(ODD)


def test_what_cannot_be_read_is_named_and_stays(shared: Keeper, bucket: Store) -> None:
    bucket.put("kept.md", "travel.md")
    shared.sync()
    bucket.put("travel.md", body=b"\xff\xfe")
    bucket.put("large.md", body="x" * 101)
    bucket.put("../up.md")
    shared.options["max_bytes"] = 100
    told = shared.sync().state["passed_over"]["first"]
    assert told == {
        "travel.md": "it is no UTF-8 text (byte 1)",
        "large.md": "it has 101 bytes, more than max_bytes",
        "../up.md": "its key has a part of dots alone, which no address can hold",
    }
    assert shared.ids() == ["kept.md", "travel.md"]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"secret_key": "wrong"}, "The secret key is not the one of the access key"),
        ({"access_key": "AKIAWRONG"}, "does not know the access key"),
        ({"bucket": "no-such-bucket"}, "There is no bucket no-such-bucket at http://127.0.0.1"),
        ({"endpoint": "http://127.0.0.1:9"}, "http://127.0.0.1:9 cannot be asked: .*refused"),
        ({"endpoint": "http://larder.invalid"}, "http://larder.invalid cannot be asked"),
    ],
)
def test_what_is_wrong_is_told_by_its_name(shared: Keeper, bucket: Store, change: dict[str, str], told: str) -> None:
    bucket.put("travel.md")
    shared.sync()
    shared.options |= change
    with pytest.raises(SourceUnavailable, match=told):
        shared.configured().source.check()
    with pytest.raises(SourceUnavailable, match=told):
        shared.sync()
    assert shared.ids() == ["travel.md"]


def test_a_user_who_may_not_list_or_not_read_is_told_so(shared: Keeper, server: S3Server, bucket: Store) -> None:
    bucket.put("travel.md")
    told = "The access key may not read this in the bucket"
    for action, failure in [("s3:GetObject", SourceUnavailable), ("s3:ListBucket", NothingReadable)]:
        access_key, secret_key = server.user_who_may(action)
        shared.options["access_key"], shared.environment["SECRET"] = access_key, secret_key
        with pytest.raises(failure, match=told):
            shared.sync()


def test_the_secret_key_stands_nowhere(shared: Keeper, bucket: Store, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    bucket.put("travel.md")
    shared.sync()
    secret = shared.environment["SECRET"].encode()
    assert not any(secret in path.read_bytes() for path in shared.folder.rglob("*") if path.is_file())
    assert secret.decode() not in caplog.text


def test_another_region_is_told_with_the_right_one(tmp_path: Path) -> None:
    """As Amazon answers it, which moto does not."""
    body = "<Error><Code>AuthorizationHeaderMalformed</Code><Region>eu-west-1</Region></Error>"
    with web_site() as site:
        site.file("/docs?encoding-type=url&list-type=2&prefix=", body, type="application/xml", status=400)
        source = Keeper(folder=tmp_path, options={"kind": "s3", "bucket": "docs", "endpoint": site.url}).configured()
        with pytest.raises(SourceUnavailable, match="The bucket docs lies in the region eu-west-1, not in us-east-1"):
            source.source.check()


@pytest.mark.parametrize(
    "body", ["<html><body>Hello</body></html>", "Hello", '<!DOCTYPE a [<!ENTITY b "c">]><ListBucketResult/>']
)
def test_what_is_no_server_of_s3_deletes_nothing(tmp_path: Path, body: str) -> None:
    with web_site() as site:
        site.file("/docs?encoding-type=url&list-type=2&prefix=", body)
        source = Keeper(folder=tmp_path, options={"kind": "s3", "bucket": "docs", "endpoint": site.url}).configured()
        with pytest.raises(SourceUnavailable, match="is no server of S3"):
            source.source.check()


def test_a_server_that_is_busy_is_asked_once_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("larder_sources.transport.s3_client.PAUSES_S", (0.0, 0.0))
    with web_site() as site:
        site.file("/docs?encoding-type=url&list-type=2&prefix=", "", status=503)
        source = Keeper(folder=tmp_path, options={"kind": "s3", "bucket": "docs", "endpoint": site.url}).configured()
        with pytest.raises(SourceUnavailable, match="cannot be asked: it answered HTTP 503"):
            source.source.check()
        assert len(site.asked) == 3


def test_a_bucket_may_stand_in_the_host() -> None:
    asked: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(200, content=b"<ListBucketResult/>")

    bucket = Bucket("https://s3.example.com", "docs", region="eu-1", addressing="host", credentials=None)
    bucket._http = httpx.Client(transport=httpx.MockTransport(answer))
    assert list(bucket.objects("hr/")) == []
    assert str(asked[0].url) == "https://docs.s3.example.com/?encoding-type=url&list-type=2&prefix=hr%2F"


def test_a_signature_is_the_one_of_amazons_own_example() -> None:
    """ "GET Object" and "Get Bucket (List Objects)" of its API reference have the dates, keys and signatures."""
    credentials = Credentials(access_key="AKIAIOSFODNN7EXAMPLE", secret_key="wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
    empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    headers = {
        "host": "examplebucket.s3.amazonaws.com",
        "x-amz-content-sha256": empty,
        "x-amz-date": "20130524T000000Z",
    }
    made = signed("/", "max-keys=2&prefix=J", headers, credentials, region="us-east-1")
    assert made["authorization"].endswith("=34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7")


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"endpoint": "s3.example.com"}, "endpoint: it is no address such as https://s3.example.com"),
        ({"access_key": "AKIA"}, "access_key and secret_key belong together"),
        ({"access_key": "AKÍA", "secret_key": "a"}, "access_key: String should match pattern"),
        ({"addressing": "virtual"}, "addressing: Input should be 'path' or 'host'"),
    ],
)
def test_options_that_cannot_be_are_refused(tmp_path: Path, options: dict[str, Any], told: str) -> None:
    with pytest.raises(ConfigRefused, match=told):
        Keeper(folder=tmp_path, options={"kind": "s3", "bucket": "docs", **options}).configured()
