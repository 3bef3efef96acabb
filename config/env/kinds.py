"""How a variable is declared: one function a kind of value, which says how its text is read and what is accepted.

A reader takes the text as it stands in the environment, never an empty one, and gives the value. It raises ValueError
with the rest of a sentence that begins with the variable's name.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pydantic import Field
from pydantic.fields import FieldInfo

MOST = 10**12
MOST_DAYS = 365_000  # a thousand years: further back no calendar reaches
PERIODS_S = {"second": 1, "minute": 60, "hour": 3_600}


@dataclass(frozen=True, kw_only=True)
class Declared:
    """What is said about a variable beside its name, type and default. `default` is the text that people read."""

    read: Callable[[str], Any]
    default: str
    accepts: str = ""
    unit: str = ""
    is_limit: bool = False


def declared(field: FieldInfo) -> Declared:
    extra: Any = field.json_schema_extra
    found: Declared = extra["declared"]
    return found


def text(default: str = "", *, help: str, shown: str | None = None, read: Callable[[str], str] = str) -> Any:
    """`shown` stands for a default that is empty or worked out."""
    return _field(default, Declared(read=read, default=default if shown is None else shown), help=help)


def whole(
    default: int | Callable[[], int],
    *,
    help: str,
    unit: str = "",
    least: int = 0,
    most: int = MOST,
    is_limit: bool = False,
) -> Any:
    """A whole number; what lies outside is refused."""

    def read(raw: str) -> int:
        if not raw.isascii() or not raw.isdigit() or (len(raw) < 20 and int(raw) < least):
            raise ValueError(f"must be a whole number of at least {least}, not {shortened(raw)}.")
        if len(raw) >= 20 or int(raw) > most:
            raise ValueError(f"must be a whole number of at most {most:,}, not {shortened(raw)}.")
        return int(raw)

    accepts = _between(least, most)
    return _number(default, Declared(read=read, default="", accepts=accepts, unit=unit, is_limit=is_limit), help=help)


def clamped(default: int, *, help: str, least: int, most: int, unit: str = "", is_limit: bool = False) -> Any:
    """A whole number, moved to the nearer end where it lies outside."""

    def read(raw: str) -> int:
        if not raw.isascii() or not raw.isdigit():
            raise ValueError(f"must be a whole number of at least 0, not {shortened(raw)}.")
        return max(least, most if len(raw) >= 20 else min(int(raw), most))

    accepts = f"kept within {least:,} and {most:,}"
    return _number(default, Declared(read=read, default="", accepts=accepts, unit=unit, is_limit=is_limit), help=help)


def fraction(default: float, *, help: str) -> Any:
    """A number from 0 to 1."""

    def read(raw: str) -> float:
        try:
            value = float(raw)
        except ValueError:
            value = -1.0
        if not 0 <= value <= 1:
            raise ValueError(f"must be a number from 0 to 1, like {default:g}, not {shortened(raw)}.")
        return value

    return _field(default, Declared(read=read, default=f"{default:g}", accepts="0 to 1"), help=help)


def flag(default: bool, *, help: str) -> Any:
    return _field(default, Declared(read=read_flag, default=str(default).lower()), help=help)


def choice(default: str, *, options: Sequence[str], help: str, accepts: str | None = None) -> Any:
    """One of them, in capitals or not."""

    def read(raw: str) -> str:
        known = {option.lower(): option for option in options}
        if raw.lower() in known:
            return known[raw.lower()]
        near = get_close_matches(raw.lower(), known, n=1)
        guess = f" Did you mean {known[near[0]]}?" if near else ""
        raise ValueError(f"must be one of {', '.join(options)}, not {shortened(raw)}.{guess}")

    told = ", ".join(options) if accepts is None else accepts
    return _field(default, Declared(read=read, default=default, accepts=told), help=help)


def rate(default: str = "", *, help: str) -> Any:
    accepts = "like 600/minute, /second or /hour; or off"
    return _field(default or None, Declared(read=read_rate, default=default, accepts=accepts), help=help)


def words(default: str = "", *, help: str, read_word: Callable[[str], Any]) -> Any:
    """Several, separated by blanks or commas."""

    def read(raw: str) -> list[Any]:
        return [read_word(word) for word in split_words(raw)]

    return _field(default or [], Declared(read=read, default=default), help=help)


def word_list(*, help: str, read: Callable[[list[str]], list[str]]) -> Any:
    """The same, judged together."""
    return _field([], Declared(read=lambda raw: read(split_words(raw)), default=""), help=help)


def directory(default: Path | None, *, shown: str, help: str) -> Any:
    return _field(default, Declared(read=read_directory, default=shown), help=help)


def split_words(raw: str) -> list[str]:
    return raw.replace(",", " ").split()


def read_flag(raw: str) -> bool:
    if raw.lower() in ("1", "true", "yes", "on"):
        return True
    if raw.lower() in ("0", "false", "no", "off"):
        return False
    raise ValueError(f"must be true or false, not {shortened(raw)}.")


def read_rate(raw: str) -> tuple[int, int] | None:
    """`600/minute` as (600, 60), how many in how many seconds; None for `off`."""
    if raw == "off":
        return None
    count, _, period = (part.strip() for part in raw.partition("/"))
    if period not in PERIODS_S or not (count.isascii() and count.isdigit() and len(count) < 20 and int(count)):
        raise ValueError(f"must read like 600/minute (or /second, /hour), not {shortened(raw)}.")
    return int(count), PERIODS_S[period]


def read_address(raw: str) -> str:
    """`https://larder.example.com`, as it stands."""
    if not raw.startswith(("http://", "https://")):
        raise ValueError(f"must begin with http:// or https://, not {shortened(raw)}.")
    if not _has_host(raw):
        raise ValueError(f"names no host and port that can be called: {shortened(raw)}.")
    return raw


def _has_host(address: str) -> bool:
    """Whether what calls it finds a name to look up: with labels of at most 63 characters, and a port in numbers."""
    try:
        parts = urlsplit(address)
        return bool(parts.hostname and parts.hostname.rstrip(".").encode("idna")) and parts.port != 0
    except ValueError:  # UnicodeError, too
        return False


def read_keep_alive(raw: str) -> str:
    """A duration as Ollama reads it, or a number of seconds."""
    if not re.fullmatch(r"-?\d+|(\d+(\.\d+)?(ms|s|m|h))+", raw):
        raise ValueError(f"must be a duration like 30m or 24h, or -1 for good, not {shortened(raw)}.")
    return raw


def read_public_address(raw: str) -> str:
    """The same without a slash at its end."""
    return read_address(raw.rstrip("/"))


def read_host(word: str) -> str:
    """`larder.example.com` or `[::1]`, without scheme, port and path."""
    _, bracket, behind = word.rpartition("]")
    if "/" in word or ":" in (behind if bracket else word):
        raise ValueError(f"names hosts like larder.example.com, without scheme, port and path, not {shortened(word)}.")
    return word


def read_allowed_host(word: str) -> str:
    """In small letters; a dot in front stands for all names below it."""
    if any(sign in word for sign in "/:*"):
        raise ValueError(f"names hosts like wiki.internal, or .corp.example for all below it, not {shortened(word)}.")
    return word.lower()


def read_mail_host(raw: str) -> str:
    if "/" in raw or raw.count(":") == 1:
        raise ValueError(f"is a host's name alone; its port stands in EMAIL_PORT. It is {shortened(raw)}.")
    return raw


def read_sender(raw: str) -> str:
    if "@" not in raw:
        raise ValueError(f"must be an address like larder@example.com, not {shortened(raw)}.")
    return raw


def read_network(word: str) -> IPv4Network | IPv6Network:
    """`10.20.0.0/16` or `192.168.7.9`, an address being a network of one."""
    try:
        return ip_network(word)
    except ValueError as error:
        raise ValueError(f"holds networks like 10.20.0.0/16: {error}.") from error


def read_directory(raw: str) -> Path:
    try:
        return Path(raw).expanduser().absolute()
    except RuntimeError as error:
        raise ValueError(f"begins with a home directory that nobody has: {shortened(raw)}.") from error


def read_credential(raw: str) -> str:
    """What travels in a header, and is never repeated in a message."""
    if not (raw.isascii() and raw.isprintable()):
        raise ValueError("holds a sign that no header can carry; it consists of ASCII letters, digits and signs.")
    return raw


def shortened(raw: str) -> str:
    """For a message: quoted, and not endless."""
    return repr(raw if len(raw) <= 100 else f"{raw[:100]}…")


def _number(default: int | Callable[[], int], declared: Declared, *, help: str) -> Any:
    shown = "" if callable(default) else str(default)
    return _field(default, Declared(**{**vars(declared), "default": shown}), help=help)


def _between(least: int, most: int) -> str:
    if most < MOST:
        return f"{least:,} to {most:,}"
    return f"at least {least:,}" if least else ""


def _field(default: Any, declared: Declared, *, help: str) -> Any:
    extra: Any = {"declared": declared}
    given: dict[str, Any] = {"default_factory": default} if callable(default) else {"default": default}
    return Field(description=help, json_schema_extra=extra, **given)
