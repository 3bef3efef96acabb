"""What a person may set of a provider: each field checked, and put in its place on the row."""

import re
from collections.abc import Callable
from typing import Any, TypedDict

from providers.cron import parse_schedule, parse_zone
from providers.errors import OutboundRefused, ProviderInvalid
from providers.models import (
    ATTEMPTS,
    BACKOFF_S,
    ID_PATTERN,
    JITTER_S,
    MAX_AGE_S,
    MAX_ID_CHARS,
    MAX_TIMEOUT_MS,
    MIN_AGE_S,
    MIN_TIMEOUT_MS,
    PAUSE_AFTER,
    PERCENT,
    RESERVED_IDS,
    Provider,
    Prune,
)
from providers.outbound.http import check_url
from providers.secrets import encrypt_secret

MAX_REASON_CHARS = 300


class ProviderFields(TypedDict, total=False):
    """What a person may set. `secret` is kept encrypted; "" removes it."""

    name: str
    url: str
    enabled: bool
    sync_schedule: str
    timezone: str
    sync_timeout_ms: int
    max_age_s: int | None
    secret: str
    max_attempts: int
    retry_backoff_s: int
    retry_timeouts: bool
    jitter_s: int
    pause_after_failures: int
    paused: bool
    paused_reason: str
    prune: str
    delete_percent: int | None


def assign_fields(provider: Provider, fields: dict[str, object]) -> None:
    """What no field names stays. Raises ProviderInvalid and ScheduleInvalid."""
    for name, value in fields.items():
        _CHECKS[name](provider, value)


def facts_of(provider: Provider) -> dict[str, Any]:
    """What the audit tells of a provider: every field that a person may set, and of the secret only whether it is."""
    facts = {name: getattr(provider, name) for name in _CHECKS if name not in ("secret", "paused")}
    secret = "set" if provider.secret_encrypted else "none"
    return facts | {"paused": provider.paused_at is not None, "secret": secret}


def check_id(provider_id: str) -> None:
    if not re.fullmatch(ID_PATTERN, provider_id) or len(provider_id) > MAX_ID_CHARS or provider_id.endswith("\n"):
        raise ProviderInvalid(
            f"An id is 1 to {MAX_ID_CHARS} lower-case letters, digits, - and _, and begins with a letter or a digit.",
            field="id",
        )
    if provider_id in RESERVED_IDS:
        raise ProviderInvalid(f"The id {provider_id!r} is the address of a page; choose another.", field="id")


def _set_name(provider: Provider, value: str) -> None:
    name = value.strip() or provider.id
    if len(name) > 200 or not name.isprintable():
        raise ProviderInvalid("A name is one line of at most 200 characters.", field="name")
    provider.name = name


def _set_url(provider: Provider, value: str) -> None:
    try:
        check_url(value.strip())
    except OutboundRefused as refused:
        raise ProviderInvalid(refused.detail, field="url") from refused
    if "?" in value:
        raise ProviderInvalid("The URL cannot be used: a query does not belong here.", field="url")
    provider.url = value.strip().rstrip("/")


def _set_schedule(provider: Provider, value: str) -> None:
    provider.sync_schedule = parse_schedule(value).text if value.strip() else ""


def _set_timezone(provider: Provider, value: str) -> None:
    provider.timezone = parse_zone(value).key


def _set_timeout(provider: Provider, value: int) -> None:
    if not MIN_TIMEOUT_MS <= value <= MAX_TIMEOUT_MS:
        raise ProviderInvalid(
            f"The timeout is between {MIN_TIMEOUT_MS:,} and {MAX_TIMEOUT_MS:,} milliseconds.", field="sync_timeout_ms"
        )
    provider.sync_timeout_ms = value


def _set_max_age(provider: Provider, value: int | None) -> None:
    if value is not None and not MIN_AGE_S <= value <= MAX_AGE_S:
        raise ProviderInvalid("The maximum age is between one minute and 366 days.", field="max_age_s")
    provider.max_age_s = value


def _set_secret(provider: Provider, value: str) -> None:
    if not value.isascii() or not (value.isprintable() and value == value.strip()):
        raise ProviderInvalid(
            "A secret goes into an HTTP header: plain ASCII without blanks around it.", field="secret"
        )
    provider.secret_encrypted = encrypt_secret(value)


def _set_enabled(provider: Provider, value: bool) -> None:
    if not (provider.enabled and value):
        _set_paused(provider, value=False)
    provider.enabled = value


def _set_paused(provider: Provider, value: bool) -> None:
    if value:
        raise ProviderInvalid("Only Larder pauses a provider; set `enabled` to false to stop it.", field="paused")
    provider.paused_at, provider.paused_reason, provider.consecutive_failures = None, "", 0


def _set_paused_reason(provider: Provider, value: str) -> None:
    """Why a person stops it; Larder gives its own reasons, and what is enabled needs none."""
    if not provider.enabled:
        provider.paused_reason = " ".join(value.split())[:MAX_REASON_CHARS]


def _set_prune(provider: Provider, value: str) -> None:
    if value not in Prune.values:
        raise ProviderInvalid(f"`prune` is {' or '.join(Prune.values)}.", field="prune")
    provider.prune = value


def _set_delete_percent(provider: Provider, value: int | None) -> None:
    if value is not None:
        _within(*PERCENT, field="delete_percent")(provider, value)
    provider.delete_percent = value


def _set_retry_timeouts(provider: Provider, value: bool) -> None:
    provider.retry_timeouts = value


def _within(least: int, most: int, *, field: str) -> Callable[[Provider, int], None]:
    """A check for a whole number in a range."""

    def check(provider: Provider, value: int) -> None:
        if not least <= value <= most:
            raise ProviderInvalid(f"`{field}` is a whole number between {least:,} and {most:,}.", field=field)
        setattr(provider, field, value)

    return check


_CHECKS: dict[str, Callable[[Provider, Any], None]] = {
    "name": _set_name,
    "url": _set_url,
    "enabled": _set_enabled,
    "sync_schedule": _set_schedule,
    "timezone": _set_timezone,
    "sync_timeout_ms": _set_timeout,
    "max_age_s": _set_max_age,
    "secret": _set_secret,
    "max_attempts": _within(*ATTEMPTS, field="max_attempts"),
    "retry_backoff_s": _within(*BACKOFF_S, field="retry_backoff_s"),
    "retry_timeouts": _set_retry_timeouts,
    "jitter_s": _within(*JITTER_S, field="jitter_s"),
    "pause_after_failures": _within(*PAUSE_AFTER, field="pause_after_failures"),
    "paused": _set_paused,
    "paused_reason": _set_paused_reason,
    "prune": _set_prune,
    "delete_percent": _set_delete_percent,
}
