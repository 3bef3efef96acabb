"""Servers, keys, the web process and mail."""

import os
from pathlib import Path
from typing import Self

from pydantic import model_validator

from config.env.base import Variables, default_data_dir
from config.env.kinds import (
    MOST_DAYS,
    choice,
    directory,
    flag,
    rate,
    read_credential,
    read_host,
    read_mail_host,
    read_public_address,
    read_sender,
    text,
    whole,
    word_list,
    words,
)
from config.env.shapes import LEVELS, read_database_url, read_origin, read_redis_url, read_secrets_keys

MOST_HOURS = 24 * MOST_DAYS


def _web_workers() -> int:
    return min(os.cpu_count() or 1, 4)


class ServerVariables(Variables):
    """Servers: where set, these replace the embedded ones"""

    DATABASE_URL: str = text(
        read=read_database_url,
        shown="postgresql://larder:password@localhost:5432/larder",
        help="PostgreSQL with pgvector; behind `?` options of libpq, like `sslmode=require`",
    )
    READ_DATABASE_URLS: list[str] = words(
        read_word=read_database_url,
        help="streaming replicas of DATABASE_URL's server, for [what only reads](../how-to/scale.md#read-replicas)",
    )
    REDIS_URL: str = text(read=read_redis_url, shown="redis://localhost:6379/0", help="the queue; rediss:// for TLS")
    DATABASE_POOL_SIZE: int = whole(24, least=2, most=10_000, help="connections a process may hold")
    LARDER_DATA_DIR: Path = directory(
        default_data_dir(),
        shown=".larder",
        help="data and secrets of the embedded stack; installed: ~/.local/share/larder",
    )
    LARDER_PULSE_DIR: Path | None = directory(
        None,
        shown="",
        help="where each process renews a file while it lives; `up` has a place of its own for them",
    )


class WaitVariables(Variables):
    """How long work waits for PostgreSQL"""

    DATABASE_CONNECT_S: int = whole(
        2, least=1, most=60, unit="seconds", help="a request, for a connection; workers and commands five times as long"
    )
    DATABASE_READ_S: int = whole(10, least=1, most=3_600, unit="seconds", help="a page or a query, for one statement")
    DATABASE_WRITE_S: int = whole(
        60, least=1, most=3_600, unit="seconds", help="a push, an upload or another change, for one statement"
    )
    DATABASE_TASK_S: int = whole(
        600, least=10, most=86_400, unit="seconds", help="a worker, for one statement; commands wait without an end"
    )
    DATABASE_LOCK_S: int = whole(
        10,
        least=1,
        most=3_600,
        unit="seconds",
        help="a request, for a lock that others hold; workers and commands five times as long",
    )
    DATABASE_SILENCE_S: int = whole(
        1,
        least=1,
        most=60,
        unit="seconds",
        help="silence after which a request asks whether the server lives, and the time that it has to say so; "
        "workers and commands five times as long",
    )


class ComposeVariables(Variables):
    """docker compose only"""

    POSTGRES_PASSWORD: str = text(help="password of the bundled PostgreSQL")
    LARDER_ADDRESS: str = text("127.0.0.1:8000", help="where the web process is published")
    OLLAMA_EXTRA_MODELS: str = text(help="more models that Ollama pulls, separated by blanks")


class KeyVariables(Variables):
    """Keys: `up` makes its own and keeps them in the data directory"""

    SECRET_KEY: str = text(help="50 random characters; signs sessions")
    SECRETS_KEYS: list[str] = word_list(
        read=read_secrets_keys,
        help="keys from `manage.py make_secrets_key`; the first encrypts, the others still decrypt",
    )
    LARDER_KEY: str = text(
        read=read_credential, help="access key that `manage.py mcp` speaks with; nothing else reads it"
    )
    LARDER_ADMIN_PASSWORD: str = text(help="password of the first admin; generated and printed once if absent")


class WebVariables(Variables):
    """The web process"""

    WEB_WORKERS: int = whole(
        _web_workers, least=1, most=1_000, help="processes that answer requests; default: one a core, four at most"
    )
    ALLOWED_HOSTS: list[str] = words(
        "localhost 127.0.0.1 [::1]", read_word=read_host, help="names that the pages answer to"
    )
    CSRF_TRUSTED_ORIGINS: list[str] = words(
        read_word=read_origin, help="where forms may come from, like https://larder.example.com"
    )
    SECURE_COOKIES: bool = flag(False, help="true behind TLS")
    SESSION_HOURS: int = whole(168, least=1, most=MOST_HOURS, unit="hours", help="how long a sign-in lasts")
    SESSION_IDLE_MINUTES: int = whole(
        720, least=1, most=MOST_HOURS * 60, unit="minutes", help="a sign-in ends that long after its last page"
    )
    HSTS_SECONDS: int = whole(
        0, least=0, most=63_072_000, unit="seconds", help="behind TLS: browsers then come by https alone; 0: not told"
    )
    SIGN_IN_NAME_RATE: tuple[int, int] | None = rate("10/hour", help="failed attempts for one name, from anywhere")
    SIGN_IN_ADDRESS_RATE: tuple[int, int] | None = rate(
        "60/hour", help="failed attempts from one address, for any name"
    )
    TRUST_PROXY: bool = flag(
        False, help="true behind a proxy that sets X-Forwarded-Proto and appends to X-Forwarded-For"
    )
    QUERY_REQUIRES_KEY: bool = flag(True, help="false: /query answers without a credential, for older clients")
    MCP_AUTHORIZATION_SERVERS: list[str] = words(
        read_word=read_public_address,
        help="where clients of [/mcp](../reference/mcp.md#keys-from-elsewhere) may get an access key by themselves",
    )
    DEBUG: bool = flag(False, help="tracebacks in the browser; never where others come")
    LOG_LEVEL: str = choice("INFO", options=LEVELS, help="what is less grave is not logged")
    LOG_FORMAT: str = choice("line", options=("line", "json"), help="json: one JSON object a line")
    LOG_REQUESTS: bool = flag(False, help="true: a line for each request")
    METRICS_TOKEN: str = text(read=read_credential, help="opens /metrics and nothing else; an admin key opens it, too")


class TraceVariables(Variables):
    """Traces, by OpenTelemetry's own names; without an address there are none"""

    OTEL_EXPORTER_OTLP_ENDPOINT: str = text(
        help="a collector that takes OTLP over HTTP, like http://collector:4318; `/v1/traces` is added"
    )
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: str = text(help="the same for traces alone, taken as it is")
    OTEL_EXPORTER_OTLP_HEADERS: str = text(
        help="what is sent to it, like `api-key=secret,tenant=larder` (read by OpenTelemetry's SDK, as its others are)"
    )
    OTEL_EXPORTER_OTLP_PROTOCOL: str = text("http/protobuf", help="no other is spoken; with another none are sent")
    OTEL_SERVICE_NAME: str = text("larder", help="as what this installation is shown")
    OTEL_TRACES_SAMPLER: str = text(
        "parentbased_always_on", help="always_on, always_off, traceidratio, or these with parentbased_ before them"
    )
    OTEL_TRACES_SAMPLER_ARG: str = text("1.0", help="the share of traces that a traceidratio keeps, 0 to 1")
    OTEL_TRACES_EXPORTER: str = text("otlp", help="none: no traces")
    OTEL_SDK_DISABLED: str = text("false", help="true: no traces")


class LinkVariables(Variables):
    """Links in alerts"""

    PUBLIC_URL: str = text(
        read=read_public_address,
        help="where people find Larder, like https://larder.example.com; without it alerts have no link",
    )


class MailVariables(Variables):
    """Mail, for alerts: without a host none is sent"""

    EMAIL_HOST: str = text(read=read_mail_host, help="the server that takes mail")
    EMAIL_PORT: int = whole(25, least=1, most=65_535, help="its port")
    EMAIL_HOST_USER: str = text(help="name that signs in to it; none: nobody signs in")
    EMAIL_HOST_PASSWORD: str = text(help="password of that name")
    EMAIL_USE_TLS: bool = flag(False, help="STARTTLS, usually port 587")
    EMAIL_USE_SSL: bool = flag(False, help="TLS from the start, usually port 465")
    EMAIL_FROM: str = text("larder@localhost", read=read_sender, help="the sender of mails")

    @model_validator(mode="after")
    def _one_kind_of_tls(self) -> Self:
        if self.EMAIL_USE_TLS and self.EMAIL_USE_SSL:
            raise ValueError("EMAIL_USE_TLS and EMAIL_USE_SSL are both true. Set one of them to false.")
        return self
