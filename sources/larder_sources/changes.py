"""What a source says of what lies in it. A kind of source implements `Source`; all else is done for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Protocol

Values = Mapping[str, Any]
"""What templates read of an item. `content` and `title` are texts, `updated_at` a datetime with its zone or None."""


class SourceUnavailable(Exception):
    """The source cannot be read now. The sync fails with this sentence, and nothing is deleted."""


class ItemUnreadable(Exception):
    """One item cannot be read. It is passed over and named; what is stored of it stays."""


class ItemGone(Exception):
    """One item is no longer there."""


@dataclass(frozen=True, kw_only=True)
class Item:
    """Something that is to become one document.

    `key` is its name within the source. `fingerprint` is equal as long as `read()` would give the same values; an empty
    one says that nobody knows. `read` is only called for what is new or changed, once some hundreds of items after it
    have been asked for; it may raise ItemUnreadable.
    """

    key: str
    fingerprint: str
    read: Callable[[], Values]


@dataclass(frozen=True)
class Seen:
    """It is still there; what changed of it was told before."""

    key: str


@dataclass(frozen=True)
class Gone:
    """It is no longer there."""

    key: str


@dataclass(frozen=True)
class Unreadable:
    """It is there and cannot be read, for this reason."""

    key: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class Fetched:
    """What an item is now."""

    values: Values
    fingerprint: str


@dataclass(frozen=True, kw_only=True)
class Conditional:
    """Something of which only asking for it tells whether it changed.

    `fetch` is given the fingerprint that it had, empty where there is none, and answers None where it is unchanged. It
    may raise ItemUnreadable or ItemGone.
    """

    key: str
    fetch: Callable[[str], Fetched | None]


Change = Item | Conditional | Seen | Gone | Unreadable


@dataclass(kw_only=True)
class Reading:
    """One reading of a source.

    `state` is what the last success left, a JSON object of a few kilobytes, empty where `full`; what the source leaves
    in it the next reading finds, if this sync succeeds and passed nothing over. `full` asks for everything. A source
    sets `complete` once it has named everything there is: what it did not name is gone then.
    """

    state: dict[str, Any] = field(default_factory=dict)
    full: bool = False
    complete: bool = False


class Source(Protocol):
    """One configured source. Its class stands in the registry, `larder_sources.kinds`."""

    lists_everything: ClassVar[bool]
    """Whether a full reading names everything there is. A source that never does, as a feed, deletes nothing so."""

    def check(self) -> str:
        """Reach the source; a sentence about what is there. Raises SourceUnavailable."""
        ...

    def changes(self, reading: Reading) -> Iterator[Change]:
        """What is there, or what changed since `reading.state` was left. Raises SourceUnavailable."""
        ...

    def close(self) -> None:
        """The sync has ended, and no item of it will be read any more."""
        ...
