"""A mailbox by IMAP, read alone: nothing is marked as seen."""

from __future__ import annotations

import base64
import imaplib
import re
import ssl
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from larder_sources.changes import ItemUnreadable, SourceUnavailable

TIMEOUT_S = 60.0
MESSAGES = 2_000
"""Messages whose numbers are asked for at a time."""
MARKS = ("UIDVALIDITY", "UIDNEXT", "MESSAGES", "HIGHESTMODSEQ")


@dataclass(frozen=True, kw_only=True)
class Address:
    """Where a mailbox is, and whose."""

    url: str
    start_tls: bool
    username: str
    password: str = field(repr=False)
    ca_file: Path | None = None


class Mailbox:
    """One connection, which the first question opens. Raises SourceUnavailable."""

    def __init__(self, address: Address) -> None:
        self._address = address
        self._imap: imaplib.IMAP4 | None = None
        self._folder = ""

    def marks(self, folder: str) -> dict[str, int]:
        """Numbers of a folder by `MARKS`; as long as all four are equal, it holds the same (RFC 7162)."""
        able = b" ".join(self._ask("capability")).upper().split()  # more than before the login
        wanted = " ".join(MARKS if b"CONDSTORE" in able else MARKS[:-1])
        told = b" ".join(self._ask("status", quoted(folder), f"({wanted})"))
        found = {name: int(value) for name, value in re.findall(r"(\w+) (\d+)", told.decode(errors="replace")[-200:])}
        return {name: found[name] for name in MARKS if name in found}

    def numbers(self, folder: str) -> Iterator[int]:
        """UIDs of the messages that are not marked as deleted."""
        count = self._examine(folder)
        for first in range(1, count + 1, MESSAGES):
            last = min(first + MESSAGES - 1, count)
            for line in self._ask("fetch", f"{first}:{last}", "(UID FLAGS)"):
                uid = re.search(rb"\bUID (\d+)", line)
                if uid and rb"\deleted" not in line.lower():
                    yield int(uid[1])

    def message(self, folder: str, uid: int, *, max_bytes: int) -> bytes:
        """Raises ItemUnreadable where it is larger, or gone."""
        if folder != self._folder:
            self._examine(folder)
        answer = self._ask_raw("uid", "fetch", str(uid), f"(BODY.PEEK[]<0.{max_bytes + 1}>)")
        found = [part[1] for part in answer if isinstance(part, tuple)]
        if not found:
            raise ItemUnreadable("it is gone meanwhile")
        if len(found[0]) > max_bytes:
            raise ItemUnreadable(f"it has more than {max_bytes:,} bytes")
        return bytes(found[0])

    def close(self) -> None:
        """The next question opens it again."""
        imap, self._imap, self._folder = self._imap, None, ""
        if imap:
            try:
                imap.logout()
            except (imaplib.IMAP4.error, OSError):
                _drop(imap)

    def _examine(self, folder: str) -> int:
        """How many messages it has."""
        self._folder = ""
        (count,) = self._ask("select", quoted(folder), True)  # True: to read alone
        self._folder = folder
        return int(count)

    def _ask(self, command: str, *arguments: Any) -> list[bytes]:
        return [part for part in self._ask_raw(command, *arguments) if isinstance(part, bytes)]

    def _ask_raw(self, command: str, *arguments: Any) -> list[Any]:
        imap = self._open()
        try:
            state, answer = getattr(imap, command)(*arguments)
        except (imaplib.IMAP4.error, OSError) as error:
            raise SourceUnavailable(f"{self._address.url} cannot be asked: {error}") from error
        if state != "OK":
            told = b" ".join(part for part in answer if isinstance(part, bytes)).decode(errors="replace")
            raise SourceUnavailable(f"{self._address.url}: {told}")
        return list(answer)

    def _open(self) -> imaplib.IMAP4:
        if self._imap is None:
            try:
                imap = _connect(self._address)
            except (imaplib.IMAP4.error, OSError) as error:
                raise SourceUnavailable(f"{self._address.url} cannot be asked: {error}") from error
            try:
                self._sign_in(imap)
            except (imaplib.IMAP4.error, OSError) as error:
                _drop(imap)
                told = f"{self._address.url} does not let {self._address.username} in: {error}"
                raise SourceUnavailable(told) from error
            self._imap = imap
        return self._imap

    def _sign_in(self, imap: imaplib.IMAP4) -> None:
        """By PLAIN (RFC 4616), which has UTF-8; LOGIN has none."""
        if "AUTH=PLAIN" in imap.capabilities:
            told = f"\0{self._address.username}\0{self._address.password}".encode()
            imap.authenticate("PLAIN", lambda _: told)
        else:
            try:
                imap.login(self._address.username, self._address.password)
            except UnicodeError:
                raise imaplib.IMAP4.error("it takes passwords of ASCII alone") from None


def _drop(imap: imaplib.IMAP4) -> None:
    with suppress(OSError):
        imap.shutdown()


def _connect(address: Address) -> imaplib.IMAP4:
    place = urlsplit(address.url)
    host = str(place.hostname)
    context = ssl.create_default_context(cafile=address.ca_file)
    if place.scheme == "imaps":
        return imaplib.IMAP4_SSL(host, place.port or 993, ssl_context=context, timeout=TIMEOUT_S)
    imap = imaplib.IMAP4(host, place.port or 143, timeout=TIMEOUT_S)
    if address.start_tls:
        try:
            imap.starttls(context)
        except (imaplib.IMAP4.error, OSError):
            _drop(imap)
            raise
    return imap


def quoted(folder: str) -> str:
    """A folder's name in the modified UTF-7 of IMAP (RFC 3501, 5.1.3)."""

    def encode(found: re.Match[str]) -> str:
        if found[0] == "&":
            return "&-"
        return "&" + base64.b64encode(found[0].encode("utf-16-be"), b"+,").decode().rstrip("=") + "-"

    encoded = re.sub(r"&|[^\x20-\x7e]+", encode, folder)
    return '"' + encoded.replace("\\", "\\\\").replace('"', '\\"') + '"'
