"""A directory by LDAP, searched a page at a time; the one module that knows ldap3 (docs/decisions/0299-ldap3.md)."""

from __future__ import annotations

import ssl
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from ldap3 import DEREF_NEVER, LEVEL, NONE, SUBTREE, Connection, Server, Tls
from ldap3.core.exceptions import (
    LDAPException,
    LDAPInvalidCredentialsResult,
    LDAPInvalidFilterError,
    LDAPNoSuchObjectResult,
    LDAPOperationResult,
)
from ldap3.core.results import RESULT_SUCCESS
from ldap3.operation.search import parse_filter

from larder_sources.changes import SourceUnavailable

PAGE = 500
CONNECT_TIMEOUT_S = 15
TIMEOUT_S = 120
SCOPES = {"subtree": SUBTREE, "level": LEVEL}


@dataclass(frozen=True, kw_only=True)
class Address:
    """Where a directory is, and as whom it is asked. Without `bind_dn` anonymously."""

    url: str
    start_tls: bool
    ca_file: Path | None = None
    bind_dn: str = ""
    password: str = field(default="", repr=False)


@dataclass(frozen=True, kw_only=True)
class Entry:
    """An entry's name, and its values by the names that were asked for, in lower case."""

    dn: str
    values: Mapping[str, Sequence[bytes]]


def check_filter(text: str) -> None:
    """Raises ValueError where it is none of RFC 4515."""
    try:
        parse_filter(text, None, False, False, None, False)
    except LDAPInvalidFilterError as error:
        raise ValueError(f"it is no filter of LDAP: {error}") from error


class Directory:
    """One connection. Raises SourceUnavailable."""

    def __init__(self, connection: Connection, url: str, base: str, *, scope: str) -> None:
        self._connection, self._url, self._base, self._scope = connection, url, base, SCOPES[scope]

    def search(self, text: str, attributes: Sequence[str]) -> Iterator[Entry]:
        found = self._connection.extend.standard.paged_search(
            self._base,
            text,
            search_scope=self._scope,
            dereference_aliases=DEREF_NEVER,
            attributes=list(attributes),
            paged_size=PAGE,
            generator=True,
        )
        for each in found:
            if each["type"] == "searchResEntry":  # else it leads to another server
                values = {name.lower(): list(told) for name, told in each["raw_attributes"].items() if told}
                yield Entry(dn=each["dn"], values=values)
        ended = self._connection.result
        if ended["result"] != RESULT_SUCCESS:  # of limits ldap3 raises nothing, and what did not come would be deleted
            told = f"the search ended early ({ended['description']}); raise the limits of this account"
            raise SourceUnavailable(f"{self._url}: {told}")


@contextmanager
def directory(address: Address, base: str, *, scope: str) -> Iterator[Directory]:
    """What goes wrong within is told as SourceUnavailable."""
    try:
        connection = _connect(address)
        try:
            yield Directory(connection, address.url, base, scope=scope)
        finally:
            connection.unbind()
    except LDAPInvalidCredentialsResult as error:
        raise SourceUnavailable(f"{address.url} does not take the password of {address.bind_dn}") from error
    except LDAPNoSuchObjectResult as error:
        raise SourceUnavailable(f"{address.url} has no entry {base!r}, or does not show it") from error
    except LDAPOperationResult as error:
        raise SourceUnavailable(f"{address.url}: {error.description}: {error.message}".rstrip(": ")) from error
    except (LDAPException, OSError) as error:
        raise SourceUnavailable(f"{address.url} cannot be asked: {error}") from error


def _connect(address: Address) -> Connection:
    place = urlsplit(address.url)
    server = Server(
        str(place.hostname),
        port=place.port or (636 if place.scheme == "ldaps" else 389),
        use_ssl=place.scheme == "ldaps",
        tls=Tls(validate=ssl.CERT_REQUIRED, ca_certs_file=str(address.ca_file) if address.ca_file else None),
        get_info=NONE,
        connect_timeout=CONNECT_TIMEOUT_S,
    )
    connection = Connection(
        server,
        user=address.bind_dn or None,
        password=address.password or None,
        read_only=True,
        check_names=False,
        raise_exceptions=True,
        auto_referrals=False,
        receive_timeout=TIMEOUT_S,
    )
    connection.open()
    if address.start_tls:
        connection.start_tls()
    connection.bind()
    return connection
