"""The guarded door: what it refuses, and that nothing outlasts its deadline."""

import gzip
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import certifi
import pytest

from providers.errors import CallFailed, OutboundRefused, OutboundTimeout, OutboundUnavailable
from providers.outbound import http
from providers.outbound.addresses import Policy, refusal
from providers.outbound.http import check_url
from providers.outbound.shown import shown
from tests.providers.calling import fetch, self_signed
from tests.providers.scripted import (
    Connection,
    Script,
    drip_body,
    drip_headers,
    endless,
    gigabyte,
    hang,
    provider,
    script_of,
)
from tests.timing import in_time

# --- Addresses -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    [
        "169.254.169.254", "169.254.0.1", "fe80::1", "fe80::1%1", "0.0.0.0", "0.1.2.3", "::", "224.0.0.1", "ff02::1",
        "255.255.255.255", "fd00:ec2::254", "100.100.100.200", "192.0.0.192", "168.63.129.16",
        "::ffff:169.254.169.254", "::169.254.169.254", "64:ff9b::a9fe:a9fe", "64:ff9b:1::a9fe:a9fe",
        "2002:a9fe:a9fe::1", "2001:0:a9fe:a9fe::",
    ],
)  # fmt: skip
def test_no_policy_calls_link_local_metadata_multicast_or_nothing(address: str) -> None:
    assert refusal(address, Policy.PROVIDER)
    assert refusal(address, Policy.PUBLIC)


@pytest.mark.parametrize(
    "address", ["127.0.0.1", "::1", "10.0.0.1", "192.168.1.1", "172.16.0.1", "fd12::1", "::ffff:10.0.0.1", "100.64.0.1"]
)
def test_private_addresses_are_a_providers_but_never_public(address: str) -> None:
    assert refusal(address, Policy.PROVIDER) is None
    assert refusal(address, Policy.PUBLIC)


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"])
def test_public_addresses_suit_both(address: str) -> None:
    assert refusal(address, Policy.PROVIDER) is None
    assert refusal(address, Policy.PUBLIC) is None


@pytest.mark.parametrize(
    "url",
    [
        "", "ftp://x/", "//x", "http://", "http:///path", "http://user@x/", "http://user:secret@x/",
        "http://x/#f", "http://a b/",
        "http://a%20b/", "http://a\u00a0b/", "http://<host>/",
        "http://x:99999/", "http://x:0/", "http://[::1", "http://x\n.y/", "http://" + "x" * 3000,
        "file:///etc/passwd", "javascript:alert(1)",
        "http://169.254.169.254/latest", "http://[::ffff:169.254.169.254]/",
    ],
)  # fmt: skip
def test_a_url_that_is_not_plain_is_refused(url: str) -> None:
    with pytest.raises(OutboundRefused) as refused:
        check_url(url)
    assert refused.value.code == "url_refused"


@pytest.mark.parametrize(
    "url", ["http://wiki", "https://wiki.example:8443/base/", "http://127.0.0.1:9", "http://[::1]:9"]
)
def test_a_plain_url_is_accepted(url: str) -> None:
    check_url(url)


# --- Names -----------------------------------------------------------------------------------------------------------


def test_a_name_is_resolved_once_and_that_address_is_called() -> None:
    asked = []

    async def rebinding(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["169.254.169.254"]

    with provider(script_of(200, {"ok": True})) as served:
        port = served.url.rsplit(":", 1)[1]
        answer = fetch(f"http://wiki.internal:{port}/internal/sync", resolve=rebinding)
    assert answer.status == 200
    assert asked == ["wiki.internal"]
    assert served.asked[0].headers["host"] == f"wiki.internal:{port}"


def test_one_bad_address_among_the_answers_condemns_the_name() -> None:
    async def mixed(host: str, port: int) -> list[str]:
        return ["127.0.0.1", "169.254.169.254"]

    with provider(script_of(200)) as served, pytest.raises(OutboundRefused, match="metadata") as refused:
        fetch(served.url.replace("127.0.0.1", "wiki"), resolve=mixed)
    assert refused.value.code == "address_refused"
    assert served.asked == []


def test_the_next_address_is_tried_when_one_does_not_listen() -> None:
    async def two(host: str, port: int) -> list[str]:
        return ["::1", "127.0.0.1"]

    with provider(script_of(200)) as served:
        assert fetch(served.url.replace("127.0.0.1", "wiki"), resolve=two).status == 200


def test_a_private_address_is_not_called_for_a_user() -> None:
    with provider(script_of(200)) as served:
        with pytest.raises(OutboundRefused, match="not a public address"):
            fetch(served.url.replace("127.0.0.1", "localhost"), policy=Policy.PUBLIC)
        assert served.asked == []


def test_an_unknown_name_is_told() -> None:
    with pytest.raises(OutboundUnavailable, match="cannot be resolved") as failed:
        fetch("http://no-such-host.invalid/")
    assert failed.value.code == "dns_failed"


def test_a_slow_name_does_not_outlast_the_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("socket.getaddrinfo", lambda *args, **kwargs: time.sleep(3))
    in_time(lambda: timed_out("http://slow.example/", timeout_ms=300), within_s=1.3)


# --- Answers ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("target", ["http://169.254.169.254/", "http://other.example/", "/internal/sync", ""])
def test_a_redirect_is_refused_and_not_followed(target: str) -> None:
    with provider(script_of(302, Location=target)) as served:
        with pytest.raises(OutboundRefused, match="redirect") as refused:
            fetch(served.url)
        assert len(served.asked) == 1
    assert refused.value.code == "redirect_refused"
    assert refused.value.http_status == 302


@pytest.mark.parametrize("script", [hang, drip_headers, drip_body])
def test_nothing_outlasts_the_deadline(script: Script) -> None:
    with provider(script) as served:
        failed = in_time(lambda: timed_out(served.url, timeout_ms=400), within_s=1.4)
    assert failed.code == "timed_out"


def timed_out(url: str, *, timeout_ms: int) -> OutboundTimeout:
    with pytest.raises(OutboundTimeout) as failed:
        fetch(url, timeout_ms=timeout_ms)
    return failed.value


async def endless_headers(connection: Connection) -> None:
    await connection.raw(b"HTTP/1.1 200 OK\r\n")
    while True:
        await connection.raw(b"X-Long: " + b"x" * 8000 + b"\r\n")


async def cut_off(connection: Connection) -> None:
    await connection.raw(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\nhalf")
    connection.writer.close()


async def close_at_once(connection: Connection) -> None:
    connection.writer.close()


async def not_http(connection: Connection) -> None:
    await connection.raw(b"SSH-2.0-OpenSSH_9.6\r\n\r\n")


@pytest.mark.parametrize(
    ("script", "kind", "code"),
    [
        (endless, OutboundRefused, "body_too_large"),
        (gigabyte, OutboundRefused, "body_too_large"),
        (script_of(200, gzip.compress(b"x" * 10**6), Content_Encoding="gzip"), OutboundRefused, "encoding_refused"),
        (endless_headers, OutboundUnavailable, "connection_lost"),
        (cut_off, OutboundUnavailable, "connection_lost"),
        (close_at_once, OutboundUnavailable, "connection_lost"),
        (not_http, OutboundUnavailable, "connection_lost"),
    ],
)
def test_a_hostile_answer_is_stopped(script: Script, kind: type[CallFailed], code: str) -> None:
    with provider(script) as served, pytest.raises(kind) as failed:
        fetch(served.url)
    assert failed.value.code == code


def test_an_error_keeps_its_status_however_large_its_body() -> None:
    with provider(script_of(401, b"x" * 10**6)) as served:
        answer = fetch(served.url)
    assert answer.status == 401
    assert len(answer.body) <= 4_096


def test_nothing_listening_is_told() -> None:
    with provider(script_of(200)) as served:
        pass
    with pytest.raises(OutboundUnavailable, match="refuses connections") as failed:
        fetch(served.url)
    assert failed.value.code == "connect_failed"


def test_a_certificate_nobody_vouches_for_is_told(tmp_path: Path) -> None:
    with (
        provider(script_of(200), ssl_context=self_signed(tmp_path)) as served,
        pytest.raises(OutboundUnavailable, match="self-signed") as failed,
    ):
        fetch(served.url)
    assert failed.value.code == "tls_failed"


def test_a_server_without_tls_is_told() -> None:
    async def plain(connection: Connection) -> None:
        await connection.answer(400)

    with provider(plain) as served, pytest.raises(OutboundUnavailable) as failed:
        fetch(served.url.replace("http:", "https:"), timeout_ms=2_000)
    assert failed.value.code in ("tls_failed", "timed_out")


@pytest.mark.parametrize(
    ("scheme", "says", "code", "advice"),
    [
        ("https", b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n", "tls_failed", "Perhaps http:// is meant."),
        ("http", b"\x15\x03\x01\x00\x02\x02\x46", "connection_lost", "Perhaps https:// is meant."),
    ],
)
def test_the_wrong_scheme_is_told_with_the_right_one(scheme: str, says: bytes, code: str, advice: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=_say, args=[server, says], daemon=True).start()
        with pytest.raises(OutboundUnavailable) as failed:
            fetch(f"{scheme}://127.0.0.1:{server.getsockname()[1]}", timeout_ms=5_000)
    assert (failed.value.code, failed.value.detail.endswith(advice)) == (code, True), failed.value.detail


def _say(server: socket.socket, says: bytes) -> None:
    client, _ = server.accept()
    with client:
        client.recv(4_096)
        client.sendall(says)


def test_the_environments_proxies_are_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")
    with provider(script_of(200)) as served:
        assert fetch(served.url).status == 200
    assert served.asked[0].headers["accept-encoding"] == "identity"
    assert served.asked[0].headers["x-test"] == "yes"


def test_foreign_words_are_shown_short_and_harmless() -> None:
    assert shown("<b>\x1b[31m\n") == "'<b>\\x1b[31m\\n'"
    assert len(shown(b"\xff" * 10_000)) < 1_300


def test_calls_that_begin_together_read_the_public_authorities_once(monkeypatch: pytest.MonkeyPatch) -> None:
    read, where = list[int](), certifi.where
    monkeypatch.setattr(certifi, "where", lambda: (read.append(1), where())[1])
    http._read_trust.cache_clear()
    with ThreadPoolExecutor(16) as together:
        contexts = list(together.map(lambda _: http._trust(), range(16)))
    assert len({id(context) for context in contexts}) == len(read) == 1
