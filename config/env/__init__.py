"""The only reader of the process environment.

`variables` holds every variable, declared in `service` and `store`; `kinds` says how a text becomes a value, `shapes`
knows addresses, models and keys, `names` finds misspelt ones, `pages` writes `.env.example` and the table of limits.

`DATABASE_URL` and `REDIS_URL` win where they are set; otherwise the record that `manage.py up` keeps in the data
directory names the embedded servers.

See docs/decisions/0138.
"""

import os
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from pydantic import ValidationError

from config.env.base import BASE_DIR, INSTALLED
from config.env.names import misspelt
from config.env.service import ComposeVariables
from config.env.shapes import databases
from config.env.variables import Environment
from config.stack_record import read_secrets, read_stack

__all__ = [
    "BASE_DIR",
    "INSTALLED",
    "Environment",
    "Keys",
    "Servers",
    "databases",
    "inherited",
    "keys",
    "misspelt_names",
    "read",
    "servers",
    "text",
]

OF_CLIENTS = ("LARDER_URL", "LARDER_KEY", "LARDER_PROVIDER_SECRET", "LARDER_PROVIDER_PORT")
"""What the client package and its providers read."""


def read() -> Environment:
    """Raises ImproperlyConfigured with a sentence for each value that is not acceptable."""
    try:
        return Environment()
    except ValidationError as error:
        sentences = [_sentence(fault["loc"], fault.get("ctx", {}).get("error")) for fault in error.errors()]
    raise ImproperlyConfigured("\n".join(sentences))


def text(name: str) -> str:
    """A variable that is not ours: what a file refers to, or what terminals agree on."""
    return os.environ.get(name, "").strip()


def inherited() -> dict[str, str]:
    """All of it, for a child."""
    return dict(os.environ)


def misspelt_names() -> dict[str, str]:
    """Variables that nothing reads and that look like one of ours, each with that one."""
    return misspelt(os.environ, known=Environment.model_fields, others=(*ComposeVariables.model_fields, *OF_CLIENTS))


@dataclass(frozen=True)
class Servers:
    database_url: str
    redis_url: str


def servers(environment: Environment) -> Servers:
    """The addresses of PostgreSQL and Redis; empty where neither a variable nor a running stack names them."""
    stack = read_stack(environment.LARDER_DATA_DIR)
    return Servers(
        database_url=environment.DATABASE_URL or (stack.database_url if stack else ""),
        redis_url=environment.REDIS_URL or (stack.redis_url if stack else ""),
    )


@dataclass(frozen=True)
class Keys:
    secret_key: str
    secrets_keys: list[str] = field(default_factory=list)


def keys(environment: Environment) -> Keys:
    """Django's signing key and the keys that encrypt provider secrets, newest first."""
    kept = read_secrets(environment.LARDER_DATA_DIR)
    return Keys(
        secret_key=environment.SECRET_KEY or (kept.secret_key if kept else ""),
        secrets_keys=environment.SECRETS_KEYS or (list(kept.secrets_keys) if kept else []),
    )


def _sentence(place: tuple[int | str, ...], error: Any) -> str:
    return f"{place[0]} {error}" if place else str(error)
