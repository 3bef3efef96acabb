"""Addresses of servers, names of models and keys: what has a shape of its own, and how it is read."""

import base64
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from config.postgresql.connection import BoundedConnection
from ingestion.ocr_languages import LANGUAGES as OCR_LANGUAGES
from knowledge.embedding.embedders import BACKENDS, misspelled_backend
from knowledge.reranking import misnamed

LOCAL_MODEL = "local:all-MiniLM-L6-v2-int8"
LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")  # those that both Python and Celery know
LANGUAGES = tuple(
    """
    arabic armenian basque catalan danish dutch english finnish french german greek hindi hungarian indonesian irish
    italian lithuanian nepali norwegian portuguese romanian russian serbian simple spanish swedish tamil turkish yiddish
    """.split()  # noqa: SIM905 -- a list of them would not read better
)
"""Those whose stems PostgreSQL 14 and later know; `simple` leaves words as they are."""
TCP: dict[str, object] = {
    "connect_timeout": "3",
    "keepalives_idle": "10",
    "keepalives_interval": "5",
    "keepalives_count": "3",
    "tcp_user_timeout": "10000",
}
"""libpq's, for a network that swallows packets: seconds, at last milliseconds. DATABASE_URL may say otherwise."""
POOL = {"connection_class": BoundedConnection, "min_size": 1, "timeout": 10, "reconnect_timeout": 2}
"""Seconds. Who tries to reconnect gives up soon, since the next who needs a connection tries at once."""


def database(url: str, *, pool_size: int) -> dict[str, object]:
    """Django's DATABASES entry for `postgresql://user:password@host:port/name?option=value`."""
    parts = urlsplit(url or "postgresql:///larder")
    options: dict[str, object] = TCP | dict(parse_qsl(parts.query))
    options["pool"] = POOL | {"max_size": pool_size}
    return {
        "ENGINE": "config.postgresql",
        "NAME": unquote(parts.path.lstrip("/")) or "larder",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "OPTIONS": options,
    }


def databases(url: str, *, replicas: list[str], pool_size: int) -> dict[str, dict[str, object]]:
    """Django's DATABASES. A replica is asked for all rows at once, so that what it fails at can be asked elsewhere."""
    found = {"default": database(url, pool_size=pool_size)}
    for number, replica in enumerate(replicas, 1):
        alone = {"DISABLE_SERVER_SIDE_CURSORS": True, "TEST": {"MIRROR": "default"}}
        found[f"replica{number}"] = database(replica, pool_size=pool_size) | alone
    return found


def read_database_url(raw: str) -> str:
    parts = _split(raw, example="postgresql://larder:password@localhost:5432/larder")
    if parts.scheme not in ("postgres", "postgresql"):
        raise ValueError(
            f"must begin with postgresql://, not {_beginning(raw)}; Larder stores its vectors with pgvector."
        )
    if parts.query:
        _check_options(dict(parse_qsl(parts.query)))
    return raw


def read_redis_url(raw: str) -> str:
    parts = _split(raw, example="redis://localhost:6379/0")
    if parts.scheme not in ("redis", "rediss"):
        raise ValueError(f"must begin with redis:// (or rediss:// for TLS), not {_beginning(raw)}.")
    number = parts.path.strip("/")
    if number and not (number.isascii() and number.isdigit()):
        raise ValueError(f"must end with the number of a database, like /0, not with {parts.path!r}.")
    return raw


def read_embedding_model(raw: str) -> str:
    """A model as it is called.

    Names of Ollama's hold colons themselves (`bge-m3:latest`, `hf.co/user/model:Q4`), so a word before the first colon
    need not be a backend. One that is a single slip away from a backend, and begins like it, is taken for a slip.
    """
    backend, _, model = raw.partition(":")
    if backend in BACKENDS:
        if model:
            return raw
        example = LOCAL_MODEL if backend == "local" else f"{backend}:<model>"
        raise ValueError(f"names the backend {backend} and no model of it. Write it like {example}.")
    if meant := misspelled_backend(raw):
        raise ValueError(
            f"names no backend that there is: {raw!r}. Did you mean {meant}:{model}? "
            f"A model of Ollama's that is called so is ollama:{raw}."
        )
    return raw


def read_rerank_model(raw: str) -> str:
    """A reranker's full name, its kind first."""
    if raw and (wrong := misnamed(raw)):
        raise ValueError(wrong)
    return raw


def read_secrets_keys(words: list[str]) -> list[str]:
    """Each is a Fernet key, named by its position and never repeated."""
    unusable = [str(position) for position, word in enumerate(words, 1) if not _is_fernet_key(word)]
    if unusable:
        raise ValueError(
            f"holds no usable key at position {', '.join(unusable)} of {len(words)}. "
            "Put one there that `manage.py make_secrets_key` printed."
        )
    return words


def read_origin(word: str) -> str:
    if "://" not in word:
        raise ValueError(f"names origins like https://larder.example.com, with their scheme, not {word!r}.")
    return word


def _is_fernet_key(word: str) -> bool:
    """32 bytes in URL-safe base64."""
    try:
        return len(base64.urlsafe_b64decode(word)) == 32
    except ValueError:
        return False


def _split(raw: str, *, example: str) -> SplitResult:
    """Raises ValueError with a sentence that tells nothing of a password."""
    try:
        parts = urlsplit(raw)
        parts.port  # noqa: B018 -- read, it is judged
    except ValueError as error:
        raise ValueError(f"is no address: its host or port is wrong. Write it like {example}.") from error
    return parts


def _beginning(raw: str) -> str:
    scheme, colon, _ = raw.partition("://")
    return repr(scheme + colon) if colon else "without a scheme"


def _check_options(options: dict[str, str]) -> None:
    from psycopg import ProgrammingError
    from psycopg.conninfo import make_conninfo

    try:
        make_conninfo(**options)
    except ProgrammingError as error:
        raise ValueError(f"has an option behind its `?` that libpq does not know: {str(error).strip()}.") from error


def read_ocr_language(word: str) -> str:
    """A language by its code, in small letters."""
    if word.lower() not in OCR_LANGUAGES:
        known = " ".join(OCR_LANGUAGES)
        raise ValueError(f"names languages that can be read off pictures: {known}. It names {word[:20]!r}.")
    return word.lower()
