"""The only reader of the process environment. `.env.example` lists every variable with its default.

`DATABASE_URL` and `REDIS_URL` win where they are set; otherwise the record that `manage.py up` keeps in the data
directory names the embedded servers.
"""

import os
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

from config.stack_record import read_secrets, read_stack

BASE_DIR = Path(__file__).resolve().parent.parent
EMBEDDING_BACKENDS = ("local", "ollama", "openai")
LOCAL_MODEL = "local:all-MiniLM-L6-v2-int8"


def text(name: str, default: str = "") -> str:
    return os.environ.get(name, "").strip() or default


def number(name: str, default: int, *, minimum: int = 0) -> int:
    raw = text(name)
    if not raw:
        return default
    if not raw.isascii() or not raw.isdigit() or int(raw) < minimum:
        raise ImproperlyConfigured(f"{name} must be a whole number of at least {minimum}, not {raw!r}.")
    return int(raw)


def clamped(name: str, default: int, *, least: int, most: int) -> int:
    """A whole number, moved to the nearer end where it lies outside."""
    return min(max(number(name, default), least), most)


def web_workers() -> int:
    """Processes that answer requests: one for each core, four at most, unless it is set."""
    return number("WEB_WORKERS", min(os.cpu_count() or 1, 4), minimum=1)


def flag(name: str, *, default: bool) -> bool:
    raw = text(name).lower()
    if raw in ("1", "true", "yes", "on"):
        return True
    if raw in ("0", "false", "no", "off"):
        return False
    if raw:
        raise ImproperlyConfigured(f"{name} must be true or false, not {raw!r}.")
    return default


def rate(name: str, default: str = "") -> tuple[int, int] | None:
    """`600/minute` as (600, 60), how many in how many seconds; None for `off`, or where nothing says."""
    raw = text(name, default)
    if raw in ("", "off"):
        return None
    count, _, period = raw.partition("/")
    period_s = {"second": 1, "minute": 60, "hour": 3_600}.get(period.strip())
    if period_s is None or not count.strip().isascii() or not count.strip().isdigit() or int(count) < 1:
        raise ImproperlyConfigured(f"{name} must read like 600/minute (or /second, /hour), not {raw!r}.")
    return int(count), period_s


def choice(name: str, options: tuple[str, ...], default: str) -> str:
    raw = text(name, default).lower()
    if raw not in options:
        raise ImproperlyConfigured(f"{name} must be one of {', '.join(options)}, not {raw!r}.")
    return raw


def address(name: str) -> str:
    """`https://larder.example.com`, without a slash at its end; "" where it is not set."""
    raw = text(name).rstrip("/")
    if raw and not raw.startswith(("http://", "https://")):
        raise ImproperlyConfigured(f"{name} must begin with http:// or https://, not {raw!r}.")
    return raw


def words(name: str, default: str = "") -> list[str]:
    return [word for word in text(name, default).replace(",", " ").split() if word]


def networks(name: str) -> list[IPv4Network | IPv6Network]:
    """`10.20.0.0/16 192.168.7.9`, an address being a network of one."""
    try:
        return [ip_network(word) for word in words(name)]
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} holds networks like 10.20.0.0/16: {error}.") from error


def data_dir() -> Path:
    return Path(text("LARDER_DATA_DIR", str(BASE_DIR / ".larder"))).expanduser().absolute()


@dataclass(frozen=True)
class Servers:
    database_url: str
    redis_url: str


def servers(directory: Path) -> Servers:
    """The addresses of PostgreSQL and Redis; empty where neither a variable nor a running stack names them."""
    stack = read_stack(directory)
    return Servers(
        database_url=text("DATABASE_URL", stack.database_url if stack else ""),
        redis_url=text("REDIS_URL", stack.redis_url if stack else ""),
    )


@dataclass(frozen=True)
class Keys:
    secret_key: str
    secrets_keys: list[str] = field(default_factory=list)


def keys(directory: Path) -> Keys:
    """Django's signing key and the keys that encrypt provider secrets, newest first."""
    kept = read_secrets(directory)
    return Keys(
        secret_key=text("SECRET_KEY", kept.secret_key if kept else ""),
        secrets_keys=words("SECRETS_KEYS") or (list(kept.secrets_keys) if kept else []),
    )


def database(url: str, *, pool_size: int) -> dict[str, object]:
    """Django's DATABASES entry for `postgresql://user:password@host:port/name?option=value`."""
    parts = urlsplit(url or "postgresql:///larder")
    if parts.scheme not in ("postgres", "postgresql"):
        raise ImproperlyConfigured(
            "DATABASE_URL must begin with postgresql://; Larder stores its vectors with pgvector."
        )
    options: dict[str, object] = dict(parse_qsl(parts.query))
    options["pool"] = {"min_size": 1, "max_size": pool_size, "timeout": 10}
    return {
        "ENGINE": "config.postgresql",
        "NAME": unquote(parts.path.lstrip("/")) or "larder",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "OPTIONS": options,
    }


def embedding_model() -> str:
    """The configured model's full name, backend first.

    A name without a backend is Ollama's, and so is the default once `OLLAMA_URL` is set (bge-m3). With neither, the
    local model needs no server.
    """
    name = text("EMBEDDING_MODEL")
    if name.partition(":")[0] in EMBEDDING_BACKENDS:
        return name
    if embedding_model_is_chosen():
        return f"ollama:{name or 'bge-m3'}"
    return LOCAL_MODEL


def embedding_model_is_chosen() -> bool:
    """Somebody asks for a model. Where nobody does, a store keeps the local model that it began with."""
    return bool(text("EMBEDDING_MODEL") or text("OLLAMA_URL"))
