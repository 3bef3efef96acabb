"""Every setting, once. Values come from `config.env`; defaults work in development."""

from secrets import token_urlsafe
from typing import Any

from config import env, version

BASE_DIR = env.BASE_DIR
VERSION = version.VERSION

_env = env.read()
_servers = env.servers(_env)
_keys = env.keys(_env)
DATA_DIR = _env.LARDER_DATA_DIR
LARDER_PULSE_DIR = _env.LARDER_PULSE_DIR

# --- Django -----------------------------------------------------------------------------------------------------------
DEBUG = _env.DEBUG
SECRET_KEY = _keys.secret_key or token_urlsafe(50)  # of this process alone: it may run a command, and serve nobody
SECRET_KEY_IS_SET = bool(_keys.secret_key)
ALLOWED_HOSTS = _env.ALLOWED_HOSTS
CSRF_TRUSTED_ORIGINS = _env.CSRF_TRUSTED_ORIGINS
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.web.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"
USE_I18N = False
APPEND_SLASH = True

INSTALLED_APPS = [
    "config",
    "dashboard",
    "embedded",
    "mcp_server",
    "memory",
    "ingestion",
    "providers",
    "providers.alerts",
    "knowledge",
    "accounts",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "django_celery_beat",
    "django_htmx",
    "ninja",
]

MIDDLEWARE = [
    "config.web.middleware.ObservationMiddleware",
    "django.middleware.security.SecurityMiddleware",  # before all that answers, so that no answer goes without it
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "config.web.middleware.NoStoreMiddleware",
    "config.web.middleware.ContentSecurityPolicyMiddleware",
    "config.errors.ErrorMessageMiddleware",
    "config.web.middleware.BodyLimitMiddleware",
    "config.web.middleware.CompressionMiddleware",
    "config.web.static_files.StaticFilesMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "config.web.middleware.HostMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "config.web.sessions.LoginSessionMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "config.errors.WrongMethodMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "config.web.middleware.AnonymousBodyLimitMiddleware",
]

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "dashboard.access.role_context",
                "dashboard.waiting.waiting_context",
            ]
        },
    }
]

DATABASES = env.databases(_servers.database_url, replicas=_env.READ_DATABASE_URLS, pool_size=_env.DATABASE_POOL_SIZE)
DATABASE_ROUTERS = ["core.replicas.ReadRouter"] if _env.READ_DATABASE_URLS else []
DATABASE_CONNECT_S = _env.DATABASE_CONNECT_S
DATABASE_READ_S = _env.DATABASE_READ_S
DATABASE_WRITE_S = _env.DATABASE_WRITE_S
DATABASE_TASK_S = _env.DATABASE_TASK_S
DATABASE_LOCK_S = _env.DATABASE_LOCK_S
DATABASE_SILENCE_S = _env.DATABASE_SILENCE_S

# --- Sign-in and browsers ---------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "overview"
LOGOUT_REDIRECT_URL = "login"
SECURE_COOKIES = _env.SECURE_COOKIES
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_COOKIES
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = _env.SESSION_HOURS * 3_600
SESSION_IDLE_S = _env.SESSION_IDLE_MINUTES * 60
SECURE_HSTS_SECONDS = _env.HSTS_SECONDS
SESSION_COOKIE_NAME = "larder_session"
CSRF_COOKIE_NAME = "larder_csrf"
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
TRUST_PROXY = _env.TRUST_PROXY
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUST_PROXY else None
SIGN_IN_NAME_RATE = _env.SIGN_IN_NAME_RATE
SIGN_IN_ADDRESS_RATE = _env.SIGN_IN_ADDRESS_RATE
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

STATIC_URL = "/static/"
STATIC_ROOT = (DATA_DIR if env.INSTALLED else BASE_DIR) / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = True
WHITENOISE_ALLOW_ALL_ORIGINS = False

# --- The store --------------------------------------------------------------------------------------------------------
EMBEDDING_MODEL = _env.embedding_model
EMBEDDING_MODEL_IS_CHOSEN = _env.embedding_model_is_chosen
OLLAMA_URL = _env.OLLAMA_URL
EMBED_KEEP_ALIVE = _env.EMBED_KEEP_ALIVE
OPENAI_BASE_URL = _env.OPENAI_BASE_URL
OPENAI_API_KEY = _env.OPENAI_API_KEY
RERANK_MODEL = _env.RERANK_MODEL
RERANK_URL = _env.RERANK_URL
RERANK_API_KEY = _env.RERANK_API_KEY
RERANK_BUDGET_MS = _env.RERANK_BUDGET_MS
RERANK_CANDIDATES = _env.RERANK_CANDIDATES
RERANK_CHARS = _env.RERANK_CHARS
EMBED_BUDGET_MS = _env.EMBED_BUDGET_MS
QUERY_EMBED_BUDGET_MS = _env.QUERY_EMBED_BUDGET_MS
PASSAGE_CHARS = _env.PASSAGE_CHARS
PASSAGE_OVERLAP = _env.PASSAGE_OVERLAP
SEARCH_INDEX = _env.SEARCH_INDEX
SEARCH_INDEX_DIR = _env.SEARCH_INDEX_DIR or DATA_DIR / "index"
SEARCH_RECALL_SAMPLE = _env.SEARCH_RECALL_SAMPLE
# How many of the nearest the walk of the graph keeps in sight: 144 finds 98 of 100 among 100,000 passages.
HNSW_EF_SEARCH = _env.HNSW_EF_SEARCH
SEARCH_LANGUAGE = _env.SEARCH_LANGUAGE
QDRANT_URL = _env.QDRANT_URL
QDRANT_API_KEY = _env.QDRANT_API_KEY
QDRANT_SHARDS = _env.QDRANT_SHARDS
QDRANT_REPLICAS = _env.QDRANT_REPLICAS
QDRANT_BUDGET_MS = _env.QDRANT_BUDGET_MS
TRASH_DAYS = _env.TRASH_DAYS
CHANGE_DAYS = _env.CHANGE_DAYS
RENEWAL_DAYS = _env.RENEWAL_DAYS
AUDIT_DAYS = _env.AUDIT_DAYS
DIFF_DAYS = _env.DIFF_DAYS
DELETE_PERCENT = _env.DELETE_PERCENT
DELETE_FLOOR = _env.DELETE_FLOOR
QUERY_REQUIRES_KEY = _env.QUERY_REQUIRES_KEY

# What one request may carry; beyond it the answer is 413 or 422 and nothing is stored.
MAX_BODY_BYTES = _env.MAX_BODY_BYTES
BODY_PATIENCE_S = _env.BODY_PATIENCE_S
MAX_BATCH = _env.MAX_BATCH
PUSHES_AT_ONCE = _env.PUSHES_AT_ONCE
PUSH_PATIENCE_S = _env.PUSH_PATIENCE_S
MAX_REPLACE = _env.MAX_REPLACE
MAX_CONTENT_CHARS = _env.MAX_CONTENT_CHARS
MAX_QUERY_CHARS = _env.MAX_QUERY_CHARS
MAX_QUERY_WORDS = _env.MAX_QUERY_WORDS
MAX_QUERY_BYTES = _env.MAX_QUERY_BYTES
QUERY_BUDGET_MS = _env.QUERY_BUDGET_MS
MAX_ID_CHARS = _env.MAX_ID_CHARS
MAX_SOURCE_CHARS = _env.MAX_SOURCE_CHARS
MAX_TAGS = _env.MAX_TAGS
MAX_TAG_CHARS = _env.MAX_TAG_CHARS
MAX_METADATA_BYTES = _env.MAX_METADATA_BYTES
MAX_METADATA_DEPTH = _env.MAX_METADATA_DEPTH
THROTTLE_RATE = _env.THROTTLE_RATE
DATA_UPLOAD_MAX_MEMORY_SIZE = MAX_BODY_BYTES

# --- Ingestion --------------------------------------------------------------------------------------------------------
CHUNK_CHARS = _env.CHUNK_CHARS
CHUNK_OVERLAP = _env.CHUNK_OVERLAP
MAX_FILING_BYTES = _env.MAX_FILING_BYTES
MAX_UPLOAD_FILES = _env.MAX_UPLOAD_FILES
MAX_UPLOAD_BYTES = _env.MAX_UPLOAD_BYTES
DATA_UPLOAD_MAX_NUMBER_FILES = 10 * MAX_UPLOAD_FILES  # beyond it reading stops; up to it the answer counts them
MAX_CONCURRENT_FILINGS = _env.MAX_CONCURRENT_FILINGS
OCR_LANGUAGES = _env.OCR_LANGUAGES
MAX_OCR_PAGES = _env.MAX_OCR_PAGES

# --- Providers --------------------------------------------------------------------------------------------------------
SECRETS_KEYS = _keys.secrets_keys
MAX_CONCURRENT_SYNCS = _env.MAX_CONCURRENT_SYNCS
RUN_DAYS = _env.RUN_DAYS
RUN_QUEUE_MINUTES = _env.RUN_QUEUE_MINUTES
SYNC_BODY_BYTES = _env.SYNC_BODY_BYTES
# Where providers and webhooks of alerts may be, on top of what is never called; both empty: anywhere else.
PROVIDER_ALLOWED_NETWORKS = _env.PROVIDER_ALLOWED_NETWORKS
PROVIDER_ALLOWED_HOSTS = _env.PROVIDER_ALLOWED_HOSTS

# --- The memory of agents ---------------------------------------------------------------------------------------------
MEMORY_MODEL_URL = _env.MEMORY_MODEL_URL
MEMORY_MODEL_KEY = _env.MEMORY_MODEL_KEY
MEMORY_MODEL_API = _env.MEMORY_MODEL_API
MEMORY_FAST_MODEL = _env.MEMORY_FAST_MODEL
MEMORY_STRONG_MODEL = _env.MEMORY_STRONG_MODEL
MEMORY_FAST_TIMEOUT_S = _env.MEMORY_FAST_TIMEOUT_S
MEMORY_STRONG_TIMEOUT_S = _env.MEMORY_STRONG_TIMEOUT_S
MEMORY_TURN_CHARS = _env.MEMORY_TURN_CHARS
MEMORY_BATCH_MESSAGES = _env.MEMORY_BATCH_MESSAGES
MEMORY_BATCH_NODES = _env.MEMORY_BATCH_NODES
MEMORY_CONFIDENCE_FLOOR = _env.MEMORY_CONFIDENCE_FLOOR
MEMORY_TURN_DAYS = _env.MEMORY_TURN_DAYS
MEMORY_TRACE_DAYS = _env.MEMORY_TRACE_DAYS
MEMORY_SCOPES_MUST_EXIST = _env.MEMORY_SCOPES_MUST_EXIST

# --- Where people find Larder, for links in alerts
PUBLIC_URL = _env.PUBLIC_URL

# --- Mail, for alerts -------------------------------------------------------------------------------------------------
EMAIL_HOST = _env.EMAIL_HOST
EMAIL_PORT = _env.EMAIL_PORT
EMAIL_HOST_USER = _env.EMAIL_HOST_USER
EMAIL_HOST_PASSWORD = _env.EMAIL_HOST_PASSWORD
EMAIL_USE_TLS = _env.EMAIL_USE_TLS
EMAIL_USE_SSL = _env.EMAIL_USE_SSL
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = _env.EMAIL_FROM

# --- The queue only wakes workers; every tick is static and expires before it can pile up -----------------------------
REDIS_URL = _servers.redis_url or "redis://localhost:6379/0"
CELERY_BROKER_URL = REDIS_URL
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 3_600, "socket_timeout": 5, "socket_connect_timeout": 2}
CELERY_TASK_IGNORE_RESULT = True
# A message is done with once it is heard: what is lost is told again, and a worker that holds unacknowledged ones
# does not survive the loss of Redis.
CELERY_TASK_ACKS_LATE = False
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = False
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_MAX_LOOP_INTERVAL = 1
CELERY_TASK_ROUTES = {
    "providers.tasks.sync_provider": {"queue": "syncs"},
    "knowledge.tasks.embed_pending": {"queue": "embedding"},
    "knowledge.tasks.index_built_models": {"queue": "embedding"},
    "knowledge.tasks.index_filter_keys": {"queue": "embedding"},
    "knowledge.tasks.scan_stored": {"queue": "embedding"},
    "knowledge.tasks.rewrite_words": {"queue": "embedding"},
    "knowledge.tasks.feed_cluster": {"queue": "embedding"},
    "ingestion.tasks.process_waiting": {"queue": "filing"},
    "memory.tasks.read_again": {"queue": "filing"},
    "knowledge.tasks.remove_dropped_models": {"queue": "embedding"},
}


def _tick(task: str, *, seconds: float) -> dict[str, Any]:
    return {"task": task, "schedule": seconds, "options": {"expires": max(2.0, min(seconds, 300.0))}}


CELERY_BEAT_SCHEDULE = {
    "dispatch due providers": _tick("providers.tasks.dispatch_due", seconds=1),
    "reap silent runs": _tick("providers.tasks.reap_runs", seconds=5),
    "watch for alerts": _tick("providers.tasks.watch_alerts", seconds=15),
    "renew what incremental syncs left out": _tick("providers.tasks.renew_lifetimes", seconds=10),
    "clean up after deleted providers": _tick("providers.tasks.clean_up_sources", seconds=15),
    "forget old runs": _tick("providers.tasks.forget_runs", seconds=3_600),
    "forget old alerts": _tick("providers.tasks.forget_alerts", seconds=3_600),
    "embed waiting passages": _tick("knowledge.tasks.embed_pending", seconds=2),
    "scan stored documents": _tick("knowledge.tasks.scan_stored", seconds=60),
    "rewrite words of stored documents": _tick("knowledge.tasks.rewrite_words", seconds=60),
    "index built models": _tick("knowledge.tasks.index_built_models", seconds=60),
    "index filter keys": _tick("knowledge.tasks.index_filter_keys", seconds=60),
    "remove dropped models": _tick("knowledge.tasks.remove_dropped_models", seconds=30),
    **({"feed Qdrant": _tick("knowledge.tasks.feed_cluster", seconds=1)} if QDRANT_URL else {}),
    "sweep expired documents": _tick("knowledge.tasks.sweep_expired", seconds=60),
    "process waiting files": _tick("ingestion.tasks.process_waiting", seconds=2),
    "sweep expired files": _tick("ingestion.tasks.sweep_files", seconds=60),
    "fetch what is due": _tick("ingestion.tasks.fetch_due", seconds=15),
    "purge trash and old changes": _tick("knowledge.tasks.purge", seconds=3_600),
    "read turns again": _tick("memory.tasks.read_again", seconds=10),
    "read documents": _tick("memory.tasks.read_documents", seconds=10),
    "purge what memories keep for a time": _tick("memory.tasks.purge", seconds=3_600),
}

METRICS_TOKEN = _env.METRICS_TOKEN
LARDER_KEY = _env.LARDER_KEY
MCP_AUTHORIZATION_SERVERS = _env.MCP_AUTHORIZATION_SERVERS

# --- Rows of the readiness page, of packages that stand above the one that gathers them -------------------------------
READINESS_PARTS = [
    "ingestion.readiness.confinement_rows",
    "memory.readiness.readiness_rows",
    "config.processes.key_readiness.keys_row",
    "config.processes.replica_readiness.replica_rows",
    "config.observability.traces.trace_readiness.traces_row",
]

# --- Traces, read by `config.observability.traces`; OpenTelemetry's SDK reads what else it knows by itself -----------
OTEL_EXPORTER_OTLP_ENDPOINT = _env.OTEL_EXPORTER_OTLP_ENDPOINT
OTEL_EXPORTER_OTLP_TRACES_ENDPOINT = _env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT
OTEL_EXPORTER_OTLP_PROTOCOL = _env.OTEL_EXPORTER_OTLP_PROTOCOL
OTEL_SERVICE_NAME = _env.OTEL_SERVICE_NAME
OTEL_TRACES_SAMPLER = _env.OTEL_TRACES_SAMPLER
OTEL_TRACES_SAMPLER_ARG = _env.OTEL_TRACES_SAMPLER_ARG
OTEL_TRACES_EXPORTER = _env.OTEL_TRACES_EXPORTER
OTEL_SDK_DISABLED = _env.OTEL_SDK_DISABLED

# --- Logs -------------------------------------------------------------------------------------------------------------
LOG_REQUESTS = _env.LOG_REQUESTS
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"()": "config.observability.logs.LineFormatter"},
        "json": {"()": "config.observability.logs.JsonFormatter"},
    },
    "filters": {"outages": {"()": "config.observability.outage_filter.OutageLogFilter"}},
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": _env.LOG_FORMAT,
            "filters": ["outages"],
        }
    },
    "root": {"handlers": ["console"], "level": _env.LOG_LEVEL},
    "loggers": {
        "celery": {"level": "WARNING"},
        "django_celery_beat": {"level": "WARNING"},
        "httpx": {"level": "WARNING"},
        "httpcore": {"level": "WARNING"},
        "faiss.loader": {"level": "WARNING"},
        "mcp": {"level": "WARNING"},
    },
}
