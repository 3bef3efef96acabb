"""Secrets at rest: encrypted with the first of SECRETS_KEYS, readable with any of them."""

from collections.abc import Sequence
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings

from providers.errors import ProviderInvalid, SecretUnreadable


def encrypt_secret(secret: str, *, keys: Sequence[str] | None = None) -> str:
    """ "" stays "". Raises ProviderInvalid where no usable key is configured."""
    if not secret:
        return ""
    try:
        return _cipher(keys).encrypt(secret.encode()).decode()
    except ValueError as error:
        raise ProviderInvalid("A secret cannot be kept: SECRETS_KEYS names no usable key.", field="secret") from error


def decrypt_secret(token: str, *, keys: Sequence[str] | None = None) -> str:
    """Raises SecretUnreadable where none of the keys opens it."""
    if not token:
        return ""
    try:
        return _cipher(keys).decrypt(token.encode()).decode()
    except (InvalidToken, ValueError) as error:
        raise SecretUnreadable(
            "The provider's secret cannot be read with the configured SECRETS_KEYS; enter the secret again.",
            code="secret_unreadable",
        ) from error


def is_readable(token: str) -> bool:
    """Whether one of the keys opens it; "" needs none. Remembered, so that a page may ask for thousands."""
    return not token or _opens(token, tuple(settings.SECRETS_KEYS))


def is_current(token: str, *, keys: Sequence[str] | None = None) -> bool:
    """Whether the first key encrypted it."""
    return _opens(token, tuple(settings.SECRETS_KEYS if keys is None else keys)[:1])


@lru_cache(maxsize=50_000)
def _opens(token: str, keys: tuple[str, ...]) -> bool:
    try:
        _cipher(keys).decrypt(token.encode())
    except (InvalidToken, ValueError):
        return False
    return True


def _cipher(keys: Sequence[str] | None) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in (settings.SECRETS_KEYS if keys is None else keys)])
