"""Kinds of alert channels: a file each, called as the kind is in the API; its `KIND` checks a channel and sends.

How to add one: docs/development. A kind uses those of a channel's fields that it takes: `url`, `secret`, `recipients`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.registry import Registry

if TYPE_CHECKING:
    from providers.alerts.models import Alert, AlertChannel

ADDRESS_FIELDS = ("url", "secret", "recipients")


@dataclass(frozen=True, kw_only=True)
class ChannelField:
    """How a form asks for it."""

    label: str
    help: str = ""


@dataclass(frozen=True, kw_only=True)
class ChannelKind:
    """`takes` are the fields that it uses, some of ADDRESS_FIELDS; `help` says so behind the name, in the API's schema.

    `check` raises ChannelInvalid, naming the field, for a channel that cannot work; what it does not take is empty by
    then. `send` brings one alert there within some seconds; it raises AlertFailed or CallFailed where it did not
    arrive, and is called again later.
    """

    name: str
    label: str
    help: str
    takes: Mapping[str, ChannelField]
    check: "Callable[[AlertChannel], None]"
    send: "Callable[[Alert], None]"

    def __post_init__(self) -> None:
        if unknown := set(self.takes) - set(ADDRESS_FIELDS):
            raise TypeError(f"channels have no field {', '.join(sorted(unknown))}")


CHANNEL_KINDS: Registry[ChannelKind] = Registry("providers.alerts.channels", "KIND", noun="kind of alert channel")
