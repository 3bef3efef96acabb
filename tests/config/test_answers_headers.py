"""What browsers and proxies are told with every answer: keep nothing, run nothing of others, come by https."""

from typing import Any

import pytest
from django.test import Client

from config.web.fast_path import FastPathResponse, _by_https, _headers
from tests.config.test_stage_caps import EVERYWHERE

pytestmark = pytest.mark.django_db


def test_no_answer_is_kept_by_anybody(client: Client) -> None:
    client.raise_request_exception = False
    for path in EVERYWHERE:
        for answer in (client.get(path), client.post(path, {}, content_type="application/json")):
            assert "no-store" in answer["Cache-Control"], path


@pytest.mark.parametrize("path", ["/", "/api/v1/knowledge/query", "/api/v1/acme/facts", "/static/css/none.css"])
def test_no_refusal_is_kept_whoever_refuses(client: Client, path: str, settings: Any) -> None:
    """Those that are told before a view is looked for, too: by the body's length or kind, or by the host's name."""
    settings.MAX_BODY_BYTES = settings.MAX_QUERY_BYTES = 100
    send: Any = client.generic
    told = [
        send("POST", path, b"x", headers={"Content-Encoding": "gzip"}),
        send("POST", path, b"x" * 200),
        send("POST", path, b"", HTTP_TRANSFER_ENCODING="chunked", CONTENT_LENGTH=""),
        send("GET", path, headers={"Host": "elsewhere.example"}),
    ]
    if path != "/static/css/none.css":
        assert [answer.status_code for answer in told] == [415, 413, 411, 400]
    assert {answer["Cache-Control"] for answer in told} == {"no-store"}


def test_a_name_that_is_not_ours_is_told_with_the_setting(client: Client) -> None:
    answer = client.get("/api/v1/knowledge/stats", headers={"Host": "larder.example"})
    assert answer.status_code == 400
    assert "'larder.example'; where it should, ALLOWED_HOSTS" in answer.json()["detail"]


def test_files_of_ours_may_be_kept(client: Client) -> None:
    assert "no-store" not in client.get("/static/css/tokens.css").get("Cache-Control", "")


def test_the_api_page_runs_scripts_of_ours_alone(client: Client) -> None:
    answer = client.get("/api/docs")
    assert "script-src 'self';" in answer["Content-Security-Policy"]
    assert answer.content.count(b"<script") == answer.content.count(b'<script src="/static/') + 1  # the one is data
    assert b'type="application/json"' in answer.content


@pytest.mark.parametrize(("proxied", "secure"), [("https", True), ("http", False), (None, False)])
def test_https_is_told_by_setting_on_both_paths(
    client: Client, settings: Any, proxied: str | None, secure: bool
) -> None:
    settings.SECURE_HSTS_SECONDS = 3_600
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    sent = {"HTTP_X_FORWARDED_PROTO": proxied} if proxied else {}
    by_https = _by_https({"wsgi.url_scheme": "http", **sent})
    fast = dict(_headers(FastPathResponse(status="200 OK", body=b""), "x", by_https=by_https))
    asked: Any = {"X-Forwarded-Proto": proxied} if proxied else {}
    slow = client.get("/api/v1/knowledge/stats", headers=asked)
    told = "max-age=3600" if secure else None
    assert (fast.get("Strict-Transport-Security"), slow.get("Strict-Transport-Security")) == (told, told)


def test_without_the_setting_nobody_is_held_to_https(client: Client) -> None:
    assert "Strict-Transport-Security" not in client.get("/health", secure=True)


def test_refusals_too_tell_the_browser_what_it_may_do(client: Client) -> None:
    """Those that are told before anything else is looked at, and a file of ours, no less than a page."""
    refused = client.post("/files/", b"x", content_type="text/plain", headers={"Content-Encoding": "gzip"})
    statuses = []
    for answer in (refused, client.get("/login/"), client.get("/no/such/page"), client.get("/static/css/tokens.css")):
        statuses.append(answer.status_code)
        assert "default-src 'none'" in answer["Content-Security-Policy"]
        assert "base-uri 'none'" in answer["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in answer["Content-Security-Policy"]
        assert (answer["X-Content-Type-Options"], answer["Referrer-Policy"]) == ("nosniff", "same-origin")
    assert statuses == [415, 200, 404, 200]


def test_no_other_origin_is_let_in(client: Client) -> None:
    for path in ("/login/", "/api/v1/knowledge/stats", "/health", "/static/css/tokens.css"):
        for answer in (
            client.get(path, headers={"Origin": "https://elsewhere.example"}),
            client.options(
                path, headers={"Origin": "https://elsewhere.example", "Access-Control-Request-Method": "GET"}
            ),
        ):
            assert not [name for name in answer.headers if name.lower().startswith("access-control")], path


def test_nothing_answers_to_trace(client: Client) -> None:
    client.raise_request_exception = False
    for path in EVERYWHERE:
        answer = client.trace(path, headers={"X-Told": "who is this"})
        assert answer.status_code in (302, 401, 403, 404, 405), path
        assert b"who is this" not in answer.content


def test_a_folder_is_not_listed(client: Client) -> None:
    for path in ("/static/", "/static/css/", "/static/js"):
        assert client.get(path).status_code == 404
