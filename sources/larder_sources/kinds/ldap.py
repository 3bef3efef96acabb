"""The entries of a directory that a filter fits."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, ClassVar, Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator, model_validator

from larder_sources.changes import Change, Item, Reading, Seen, Unreadable, Values
from larder_sources.durations import read_duration
from larder_sources.kinds import Kind
from larder_sources.options import Duration, Options
from larder_sources.transport.directory import Address, Directory, Entry, check_filter, directory


class LdapOptions(Options):
    """Entries of a directory."""

    NAMES: ClassVar[None] = None

    kind: Literal["ldap"]
    url: str = Field(description="ldaps://host or ldap://host")
    start_tls: bool = Field(default=True, description="Whether ldap:// goes on encrypted")
    ca_file: Path | None = Field(default=None, description="Whose certificates count, instead of the machine's")
    bind_dn: str = Field(default="", description="As whom it is asked; anonymously without it")
    password: SecretStr | None = Field(default=None, description="That of bind_dn")
    base: str = Field(description="What is searched below")
    filter: str = Field(default="(objectClass=*)", description="Which entries; RFC 4515")
    scope: Literal["subtree", "level"] = Field(default="subtree", description="All below the base, or its children")
    attributes: tuple[str, ...] = Field(min_length=1, description="What is read of each")
    key_attribute: str = Field(default="entryUUID", description="By which an entry is known again; AD: objectGUID")
    updated_attribute: str | None = Field(
        default="modifyTimestamp", description="Only entries at or after the newest of it are read; AD: whenChanged"
    )
    overlap: Duration = Field(default=read_duration("10m"), description="So far behind that: the slowest replication")

    @field_validator("url")
    @classmethod
    def _url_is_one(cls, url: str) -> str:
        place = urlsplit(url)
        if place.scheme not in ("ldap", "ldaps") or not place.hostname or place.username or place.path.strip("/"):
            raise ValueError("it is no address such as ldaps://ldap.example.com")
        return url

    @field_validator("filter")
    @classmethod
    def _filter_is_one(cls, text: str) -> str:
        check_filter(text)
        return text

    @model_validator(mode="after")
    def _templates_read_attributes(self) -> LdapOptions:
        if bool(self.bind_dn) != bool(self.password):
            raise ValueError("bind_dn and password belong together")
        self.check_names(frozenset((*self.attributes, "dn", "entry")))
        return self

    @property
    def address(self) -> Address:
        return Address(
            url=self.url,
            start_tls=self.start_tls and urlsplit(self.url).scheme == "ldap",
            ca_file=self.ca_file,
            bind_dn=self.bind_dn,
            password=self.password.get_secret_value() if self.password else "",
        )


class LdapSource:
    """Entries are told apart by a hash of what is read of them. Which are there still is told by their keys alone."""

    lists_everything: ClassVar[bool] = True

    def __init__(self, options: LdapOptions, _: Path) -> None:
        self._options = options

    def check(self) -> str:
        with self._open() as found:
            count = sum(1 for _ in found.search(self._options.filter, [self._options.key_attribute]))
        return f"{count} entries below {self._options.base} of {self._options.url}"

    def changes(self, reading: Reading) -> Iterator[Change]:
        since = str(reading.state.get("since", ""))
        newest = since
        with self._open() as found:
            for entry in found.search(self._since(since), self._asked):
                newest = max(newest, _sortable(self._stamp(entry)))
                yield self._change(entry)
            if since:
                yield from self._keys(found)
        reading.complete = True
        if newest:
            reading.state["since"] = newest

    def close(self) -> None:
        """Nothing is held open between readings."""

    def _open(self) -> Any:
        return directory(self._options.address, self._options.base, scope=self._options.scope)

    @property
    def _asked(self) -> list[str]:
        more = (self._options.key_attribute, self._options.updated_attribute)
        return list(dict.fromkeys((*self._options.attributes, *filter(None, more))))

    def _since(self, since: str) -> str:
        if not since:
            return self._options.filter
        moment = datetime.fromisoformat(since) - self._options.overlap
        return f"(&{self._options.filter}({self._options.updated_attribute}>={moment:%Y%m%d%H%M%S}Z))"

    def _keys(self, found: Directory) -> Iterator[Change]:
        for entry in found.search(self._options.filter, [self._options.key_attribute]):
            key = self._key(entry)
            yield Seen(key) if key else self._without_key(entry)

    def _change(self, entry: Entry) -> Change:
        key = self._key(entry)
        if not key:
            return self._without_key(entry)
        told = {name: _texts(entry.values.get(name.lower(), ())) for name in self._options.attributes}
        return Item(key=key, fingerprint=_hash(entry.dn, told), read=partial(self._values, entry, told))

    def _without_key(self, entry: Entry) -> Unreadable:
        return Unreadable(entry.dn, f"it shows no {self._options.key_attribute}, by which it would be known again")

    def _key(self, entry: Entry) -> str:
        """Active Directory has UUIDs as sixteen bytes."""
        name = self._options.key_attribute.lower()
        value = next(iter(entry.values.get(name, ())), b"")
        if name == "objectguid" and len(value) == 16:
            return str(uuid.UUID(bytes_le=value))
        return value.decode(errors="replace")

    def _stamp(self, entry: Entry) -> datetime | None:
        name = self._options.updated_attribute
        values = entry.values.get(name.lower(), ()) if name else ()
        return _time_of(values[0]) if values else None

    def _values(self, entry: Entry, told: Mapping[str, Sequence[str]]) -> Values:
        """One value is a text, several are a list; `entry` has lists in any case."""
        plain = {name: each[0] if len(each) == 1 else each or None for name, each in told.items()}
        lines = [f"{name}: {', '.join(each)}" for name, each in told.items() if each]
        lower = {name.lower(): each for name, each in told.items() if each}
        return {
            **plain,
            "dn": entry.dn,
            "entry": told,
            "title": (lower.get("displayname") or lower.get("cn") or [entry.dn])[0],
            "content": "\n".join(lines),
            "metadata": {"dn": entry.dn},
            "updated_at": self._stamp(entry),
        }


def _texts(values: Sequence[bytes]) -> list[str]:
    """In an order of their own, since a directory keeps none; pictures and other bytes are left out."""
    found = []
    for value in values:
        try:
            found.append(value.decode())
        except UnicodeDecodeError:
            continue
    return sorted(found)


def _hash(dn: str, told: Mapping[str, Sequence[str]]) -> str:
    return hashlib.blake2b(json.dumps([dn, told], sort_keys=True).encode(), digest_size=16).hexdigest()


def _time_of(value: bytes) -> datetime | None:
    """A generalized time of UTC, such as 20261130183400Z or 20261130183400.0Z (RFC 4517, 3.3.13)."""
    try:
        return datetime.strptime(value.decode()[:14], "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return None


def _sortable(moment: datetime | None) -> str:
    """Empty also for what is a day ahead of the clock: a slip, behind which everything would be missed."""
    return moment.isoformat() if moment and moment < datetime.now(UTC) + timedelta(days=1) else ""


KIND = Kind(options=LdapOptions, make=LdapSource)
