"""The only door through which Larder calls the outside: guarded HTTP.

A name is resolved once for each connection, every address it stands for is judged, and a judged address is connected
to: a name that changes its mind in between (DNS rebinding) gains nothing. No redirect is followed, bodies are read raw
and capped, nothing is taken from the process environment. One deadline covers name, connection, headers and body:

    async with deadline(timeout_ms), open_client(Policy.PROVIDER) as client:
        answer = await call(client, "POST", url, headers={…}, max_body_bytes=…)
"""

import asyncio
import socket
import ssl
import sys
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from ipaddress import IPv4Address
from typing import Any, TypeVar

import anyio.to_thread
import certifi
import httpcore
import httpx
from django.conf import settings

from core.tracing.spans import Attributes, SpanKind, span, trace_headers
from core.waiting.slots import slot_given_back
from providers.errors import OutboundRefused, OutboundTimeout, OutboundUnavailable
from providers.outbound.addresses import Allowed, Policy, refusal
from providers.outbound.shown import shown

if find_spec("sniffio") is None:
    # httpcore looks for it, in every folder of the path, at each of its locks: a tenth of what a call costs.
    sys.modules.setdefault("sniffio", None)  # type: ignore[arg-type]

_one_reads = threading.Lock()
T = TypeVar("T")
Resolve = Callable[[str, int], Awaitable[list[str]]]

CONNECT_TIMEOUT_S = 10.0
MAX_URL_CHARS = 2_000
ERROR_BODY_BYTES = 4_096
NO_TLS = ("WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE", "HTTP_REQUEST")
NO_HTTP = ("illegal", "bad ", "conflicting", "Receive buffer too long", "Received server")
"""How the HTTP library begins to say that an answer is none."""

NO_PLAIN_HTTP = "illegal request line"
"""How it says so of an answer in TLS."""


@dataclass(frozen=True)
class OutboundResponse:
    """A whole answer. `headers` compare without case; `body` is raw, of an error at most its beginning."""

    status: int
    headers: httpx.Headers
    body: bytes


def talk(conversation: Coroutine[Any, Any, T]) -> T:
    """Have it from a thread, which may be a request's: whoever waits for somebody else holds no slot meanwhile."""
    with slot_given_back():
        return asyncio.run(conversation)


@asynccontextmanager
async def deadline(timeout_ms: int) -> AsyncIterator[None]:
    """Everything inside ends in this time or raises OutboundTimeout."""
    try:
        async with asyncio.timeout(timeout_ms / 1000):
            yield
    except TimeoutError as error:
        raise OutboundTimeout(f"No result within {timeout_ms / 1000:g} s.", code="timed_out") from error


async def resolve_host(host: str, port: int) -> list[str]:
    """All numeric addresses of a name. A lookup that hangs is left behind when the caller's deadline passes."""
    if _is_ipv4(host):
        return [host]
    try:
        found = await anyio.to_thread.run_sync(_look_up, host, port, abandon_on_cancel=True)
    except (socket.gaierror, UnicodeError) as error:
        raise OutboundUnavailable(f"The name {shown(host)} cannot be resolved.", code="dns_failed") from error
    return list(dict.fromkeys(found))


def open_client(policy: Policy, *, resolve: Resolve = resolve_host) -> httpx.AsyncClient:
    """A client whose connections keep to the policy. Use it with `call`, inside a `deadline`."""
    return httpx.AsyncClient(
        transport=_GuardedTransport(policy, resolve),
        trust_env=False,
        timeout=httpx.Timeout(None, connect=CONNECT_TIMEOUT_S),
        headers={"Accept": "application/json", "Accept-Encoding": "identity", "User-Agent": "larder"},
    )


async def call(
    client: httpx.AsyncClient,
    method: str,
    url: str,
    *,
    headers: Mapping[str, str],
    max_body_bytes: int,
    content: bytes | None = None,
    show_redirects: bool = False,
) -> OutboundResponse:
    """One request, and its whole answer; raises OutboundRefused or OutboundUnavailable.

    A redirect is refused, or with `show_redirects` an answer as others are, without its body: nothing is followed here.
    """
    check_url(url)
    with span(method, kind=SpanKind.CLIENT, attributes=_facts(method, httpx.URL(url))) as calling, _explained(url):
        response = await client.send(client.build_request(method, url, headers=headers, content=content), stream=True)
        calling.note({"http.response.status_code": response.status_code})
        if response.is_error:
            calling.fail(str(response.status_code))
        try:
            shown_as_is = show_redirects and response.is_redirect
            body = b"" if shown_as_is else await _read_body(response, max_body_bytes)
            return OutboundResponse(response.status_code, response.headers, body)
        finally:
            await response.aclose()


def _facts(method: str, url: httpx.URL) -> Attributes:
    port = url.port or (443 if url.scheme == "https" else 80)
    return {"http.request.method": method, "server.address": url.host, "server.port": port}


def check_url(url: str, policy: Policy = Policy.PROVIDER) -> None:
    """Raises OutboundRefused unless it is a plain http(s) address; a name is judged later, when it is called."""
    if reason := _url_fault(url, policy):
        raise OutboundRefused(f"The URL cannot be used: {reason}.", code="url_refused")


def judge(host: str, address: str, policy: Policy) -> str | None:
    """Why this address of the host must not be called, or None; an operator's list narrows the policy for providers."""
    if (reason := refusal(address, policy)) or policy is not Policy.PROVIDER:
        return reason
    return None if allowed().allows(host, address) else f"{address} is not among the places that the operator allows"


def allowed() -> Allowed:
    return Allowed(networks=tuple(settings.PROVIDER_ALLOWED_NETWORKS), hosts=tuple(settings.PROVIDER_ALLOWED_HOSTS))


def _url_fault(url: str, policy: Policy) -> str | None:
    if len(url) > MAX_URL_CHARS:
        return f"it is longer than {MAX_URL_CHARS} characters"
    try:
        parts = httpx.URL(url)
    except (httpx.InvalidURL, ValueError) as error:
        return f"it is not well-formed ({error})"
    if parts.scheme not in ("http", "https"):
        return "it must begin with http:// or https://"
    if not parts.host:
        return "the host is missing"
    if "%" in parts.host:  # what httpx has to encode is no letter of a name: a blank, a bracket
        return "its host is no name of a machine"
    if parts.userinfo:
        return "it must not carry a user name or a password"
    if parts.fragment:
        return "a fragment does not belong here"
    if parts.port is not None and not 0 < parts.port < 65_536:
        return f"{parts.port} is no port"
    return _literal_fault(parts.host, policy)


def _literal_fault(host: str, policy: Policy) -> str | None:
    try:
        return judge(host, host, policy)
    except ValueError:
        return None  # a name


async def _read_body(response: httpx.Response, max_bytes: int) -> bytes:
    """At most `max_bytes` of a success; of an error as much as is worth showing."""
    if response.is_redirect:
        target = shown(response.headers.get("Location", ""))
        raise OutboundRefused(
            f"Answered with a redirect to {target}; redirects are not followed.",
            code="redirect_refused",
            http_status=response.status_code,
        )
    if response.is_error:
        return await _read_beginning(response, ERROR_BODY_BYTES)
    if (encoding := response.headers.get("Content-Encoding", "identity").lower()) != "identity":
        raise OutboundRefused(f"The answer is encoded as {shown(encoding)}, unasked.", code="encoding_refused")
    body = await _read_beginning(response, max_bytes + 1)
    if len(body) > max_bytes:
        raise OutboundRefused(f"The answer is larger than {max_bytes:,} bytes.", code="body_too_large")
    return body


async def _read_beginning(response: httpx.Response, max_bytes: int) -> bytes:
    body = bytearray()
    async for chunk in response.aiter_raw():
        body += chunk
        if len(body) >= max_bytes:
            break
    return bytes(body[:max_bytes])


@contextmanager
def _explained(url: str) -> Iterator[None]:
    """What the HTTP libraries raise, as a sentence and a code."""
    place = httpx.URL(url).netloc.decode("ascii", errors="replace")
    try:
        yield
    except (httpcore.TimeoutException, httpx.TimeoutException) as error:
        raise OutboundUnavailable(f"{place} does not accept connections in time.", code="connect_failed") from error
    except (httpcore.ConnectError, httpx.ConnectError) as error:
        raise _connect_failure(place, error) from error
    except httpx.InvalidURL as error:  # the library looks at where an answer leads, though it does not follow
        raise OutboundRefused(f"{place} leads on to an address that is none.", code="redirect_refused") from error
    except (httpcore.NetworkError, httpcore.ProtocolError, httpx.TransportError, anyio.ClosedResourceError) as error:
        raise _lost_connection(place, str(error) or type(error).__name__, plain=url[:5] == "http:") from error


def _lost_connection(place: str, cause: str, *, plain: bool) -> OutboundUnavailable:
    told, advice = "broke off in the middle of its answer", ""
    if cause.startswith(NO_HTTP):
        told = "does not keep to HTTP"
        advice = " Perhaps https:// is meant." if plain and cause.startswith(NO_PLAIN_HTTP) else ""
    return OutboundUnavailable(f"{place} {told} ({shown(cause)}).{advice}", code="connection_lost")


def _connect_failure(place: str, error: Exception) -> OutboundUnavailable:
    cause = error.__cause__ or error.__context__
    if isinstance(cause, ssl.SSLError):
        reason = getattr(cause, "verify_message", "") or cause.reason or str(cause)
        if reason in NO_TLS:
            return OutboundUnavailable(f"{place} does not speak TLS. Perhaps http:// is meant.", code="tls_failed")
        return OutboundUnavailable(f"No trusted TLS connection to {place}: {reason}.", code="tls_failed")
    return OutboundUnavailable(f"{place} refuses connections or is not there.", code="connect_failed")


def _is_ipv4(host: str) -> bool:
    """Four numbers, as the resolver would give them back; it would take a thread to find that out."""
    try:
        return str(IPv4Address(host)) == host
    except ValueError:
        return False


def _look_up(host: str, port: int) -> list[str]:
    return [str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def _trust() -> ssl.SSLContext:
    """The public authorities and those that the operator added to the system.

    Read once a process, which takes a tenth of a second: of hundreds of runs that start together the others wait.
    """
    with _one_reads:
        return _read_trust()


@lru_cache(maxsize=1)
def _read_trust() -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=certifi.where())
    context.load_default_certs()
    return context


class _GuardedBackend(httpcore.AsyncNetworkBackend):
    """Opens TCP connections to judged addresses only. TLS above it still names and checks the host."""

    def __init__(self, policy: Policy, resolve: Resolve) -> None:
        self._policy = policy
        self._resolve = resolve
        self._network = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        failure: Exception = httpcore.ConnectError(f"{host} has no address")
        for address in await self._judged(host, port):
            try:
                return await self._network.connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure

    async def _judged(self, host: str, port: int) -> list[str]:
        """All addresses of the host, or none: one that is not acceptable condemns the name."""
        addresses = await self._resolve(host, port)
        for address in addresses:
            if reason := judge(host, address, self._policy):
                raise OutboundRefused(f"{shown(host)} must not be called: {reason}.", code="address_refused")
        return addresses

    async def connect_unix_socket(self, *args: Any, **kwargs: Any) -> httpcore.AsyncNetworkStream:
        raise OutboundRefused("Local sockets are not called.", code="address_refused")

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


class _GuardedTransport(httpx.AsyncBaseTransport):
    """An operator's own systems are told which trace the call is a part of; addresses that users submit are not."""

    def __init__(self, policy: Policy, resolve: Resolve) -> None:
        self._tells_trace = policy is Policy.PROVIDER
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=_trust(), network_backend=_GuardedBackend(policy, resolve), max_connections=2
        )

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        url = request.url
        if self._tells_trace:
            request.headers.update(trace_headers())
        answer = await self._pool.handle_async_request(
            httpcore.Request(
                method=request.method,
                url=httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
                headers=request.headers.raw,
                content=request.stream,
                extensions=request.extensions,
            )
        )
        return httpx.Response(answer.status, headers=answer.headers, stream=_Body(answer), extensions=answer.extensions)

    async def aclose(self) -> None:
        await self._pool.aclose()


class _Body(httpx.AsyncByteStream):
    def __init__(self, answer: httpcore.Response) -> None:
        self._answer = answer

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for chunk in self._answer.aiter_stream():
            yield chunk

    async def aclose(self) -> None:
        await self._answer.aclose()
