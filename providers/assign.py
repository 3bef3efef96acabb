"""Putting what a person set in its place on a provider's row, checked."""

import re
from collections.abc import Callable
from typing import Any

from providers.errors import ProviderInvalid
from providers.fields import FIELDS, Surface, fields_on
from providers.models import ID_PATTERN, MAX_ID_CHARS, RESERVED_IDS, Provider
from providers.secrets import encrypt_secret

MAX_REASON_CHARS = 300


def assign_fields(provider: Provider, fields: dict[str, object]) -> None:
    """What no field names stays. Raises ProviderInvalid and ScheduleInvalid."""
    for name, value in fields.items():
        kept = FIELDS[name].clean(value)
        if name in _SETTERS:
            _SETTERS[name](provider, kept)
        else:
            setattr(provider, name, kept)


def values_of(provider: Provider) -> dict[str, Any]:
    """Every field that is read back as it was set."""
    return {spec.name: getattr(provider, spec.name) for spec in fields_on(Surface.READ)}


def facts_of(provider: Provider) -> dict[str, Any]:
    """What the audit tells of a provider: every field that a person may set, and of the secret only whether it is."""
    return values_of(provider) | {
        "paused_reason": provider.paused_reason,
        "paused": provider.paused_at is not None,
        "secret": "set" if provider.secret_encrypted else "none",
    }


def check_id(provider_id: str) -> None:
    if not re.fullmatch(ID_PATTERN, provider_id) or len(provider_id) > MAX_ID_CHARS or provider_id.endswith("\n"):
        raise ProviderInvalid(
            f"An id is 1 to {MAX_ID_CHARS} lower-case letters, digits, - and _, and begins with a letter or a digit.",
            field="id",
        )
    if provider_id in RESERVED_IDS:
        raise ProviderInvalid(f"The id {provider_id!r} is the address of a page; choose another.", field="id")


def _set_name(provider: Provider, value: str) -> None:
    provider.name = value or provider.id


def _set_secret(provider: Provider, value: str) -> None:
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


_SETTERS: dict[str, Callable[[Provider, Any], None]] = {
    "name": _set_name,
    "secret": _set_secret,
    "enabled": _set_enabled,
    "paused": _set_paused,
    "paused_reason": _set_paused_reason,
}
