"""The messages of folders of a mailbox."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import ClassVar, Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator

from larder_sources.changes import Change, Item, Reading, Values
from larder_sources.formats.mail import NAMES, read_mail
from larder_sources.kinds import Kind
from larder_sources.options import Options
from larder_sources.transport.mailbox import MARKS, Address, Mailbox


class ImapOptions(Options):
    """Messages of a mailbox."""

    NAMES: ClassVar[frozenset[str]] = NAMES | {"folder"}

    kind: Literal["imap"]
    url: str = Field(description="imaps://host or imap://host")
    start_tls: bool = Field(default=True, description="Whether imap:// goes on encrypted")
    ca_file: Path | None = Field(default=None, description="Whose certificates count, instead of the machine's")
    username: str = Field(min_length=1, description="Whose mailbox")
    password: SecretStr = Field(description="That of the mailbox")
    folders: tuple[str, ...] = Field(default=("INBOX",), min_length=1, description="Whose messages are read")
    max_bytes: int = Field(default=25_000_000, gt=0, description="A larger message is passed over")

    @field_validator("url")
    @classmethod
    def _url_is_one(cls, url: str) -> str:
        place = urlsplit(url)
        if place.scheme not in ("imap", "imaps") or not place.hostname or place.username or place.path.strip("/"):
            raise ValueError("it is no address such as imaps://mail.example.com")
        return url


class ImapSource:
    """Messages never change: one is told by its folder, the folder's UIDVALIDITY, and its UID."""

    lists_everything: ClassVar[bool] = True

    def __init__(self, options: ImapOptions, _: Path) -> None:
        self._options = options
        self._mailbox = Mailbox(
            Address(
                url=options.url,
                start_tls=options.start_tls,
                username=options.username,
                password=options.password.get_secret_value(),
                ca_file=options.ca_file,
            )
        )

    def check(self) -> str:
        count = sum(self._mailbox.marks(folder)["MESSAGES"] for folder in self._options.folders)
        self.close()
        return f"{count} messages in {', '.join(self._options.folders)} of {self._options.username}"

    def changes(self, reading: Reading) -> Iterator[Change]:
        marks = {folder: self._mailbox.marks(folder) for folder in self._options.folders}
        if all(len(each) == len(MARKS) for each in marks.values()) and marks == reading.state.get("marks"):
            return
        for folder in self._options.folders:
            validity = marks[folder].get("UIDVALIDITY", 0)
            for uid in self._mailbox.numbers(folder):
                yield Item(key=f"{folder}/{validity}/{uid}", fingerprint="1", read=partial(self._read, folder, uid))
        reading.complete = True
        reading.state["marks"] = marks

    def close(self) -> None:
        self._mailbox.close()

    def _read(self, folder: str, uid: int) -> Values:
        told = read_mail(self._mailbox.message(folder, uid, max_bytes=self._options.max_bytes))
        return {**told, "folder": folder, "metadata": {**told["metadata"], "folder": folder}}


KIND = Kind(options=ImapOptions, make=ImapSource)
