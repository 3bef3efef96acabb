"""Every setting, once. Values come from `config.env`; defaults work in development."""

from typing import Any

from config import env

BASE_DIR = env.BASE_DIR
VERSION = "0.1.0"
DATA_DIR = env.data_dir()

_servers = env.servers(DATA_DIR)
_keys = env.keys(DATA_DIR)

# --- Django -----------------------------------------------------------------------------------------------------------
DEBUG = env.flag("DEBUG", default=False)
SECRET_KEY = _keys.secret_key or "larder-development-only-key; `manage.py up` makes a real one"
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", "localhost 127.0.0.1 [::1]")
CSRF_TRUSTED_ORIGINS = env.words("CSRF_TRUSTED_ORIGINS")
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
    "config.web.middleware.BodyLimitMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "config.web.middleware.CompressionMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "config.web.middleware.NameMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "config.web.middleware.ContentSecurityPolicyMiddleware",
    "config.errors.WrongMethodMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "config.web.middleware.StrangersMiddleware",
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

DATABASES = {"default": env.database(_servers.database_url, pool_size=env.number("DATABASE_POOL_SIZE", 24, minimum=2))}

# --- Sign-in and browsers ---------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "overview"
LOGOUT_REDIRECT_URL = "login"
SECURE_COOKIES = env.flag("SECURE_COOKIES", default=False)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_COOKIES
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = env.number("SESSION_HOURS", 168, minimum=1) * 3_600
SESSION_COOKIE_NAME = "larder_session"
CSRF_COOKIE_NAME = "larder_csrf"
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
TRUST_PROXY = env.flag("TRUST_PROXY", default=False)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUST_PROXY else None
SIGN_IN_NAME_RATE = env.rate("SIGN_IN_NAME_RATE", "10/hour")
SIGN_IN_ADDRESS_RATE = env.rate("SIGN_IN_ADDRESS_RATE", "60/hour")
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = True

# --- The store --------------------------------------------------------------------------------------------------------
EMBEDDING_MODEL = env.embedding_model()
EMBEDDING_MODEL_IS_CHOSEN = env.embedding_model_is_chosen()
OLLAMA_URL = env.text("OLLAMA_URL", "http://localhost:11434")
OPENAI_BASE_URL = env.text("OPENAI_BASE_URL", "https://api.openai.com/v1")
OPENAI_API_KEY = env.text("OPENAI_API_KEY")
EMBED_BUDGET_MS = env.number("EMBED_BUDGET_MS", 5_000)
PASSAGE_CHARS = env.number("PASSAGE_CHARS", 2_000, minimum=200)
PASSAGE_OVERLAP = env.number("PASSAGE_OVERLAP", 200)
# How many of the nearest the walk of the graph keeps in sight: 144 finds 98 of 100 among 100,000 passages.
HNSW_EF_SEARCH = env.clamped("HNSW_EF_SEARCH", 144, least=10, most=1_000)
SEARCH_LANGUAGE = env.text("SEARCH_LANGUAGE", "english")
TRASH_DAYS = env.number("TRASH_DAYS", 7)
CHANGE_DAYS = env.number("CHANGE_DAYS", 30)
RENEWAL_DAYS = env.number("RENEWAL_DAYS", 2)
AUDIT_DAYS = env.number("AUDIT_DAYS", 365, minimum=1)
DIFF_DAYS = env.number("DIFF_DAYS", 7)
DELETE_PERCENT = env.number("DELETE_PERCENT", 30)
DELETE_FLOOR = env.number("DELETE_FLOOR", 10)
QUERY_REQUIRES_KEY = env.flag("QUERY_REQUIRES_KEY", default=True)

# What one request may carry; beyond it the answer is 413 or 422 and nothing is stored.
MAX_BODY_BYTES = env.number("MAX_BODY_BYTES", 32 * 1024 * 1024, minimum=1_024)
BODY_PATIENCE_S = env.number("BODY_PATIENCE_S", 30, minimum=1)
MAX_BATCH = env.number("MAX_BATCH", 1_000, minimum=1)
MAX_REPLACE = env.number("MAX_REPLACE", 100_000, minimum=1)
MAX_CONTENT_CHARS = env.number("MAX_CONTENT_CHARS", 1_000_000, minimum=1)
MAX_QUERY_CHARS = env.number("MAX_QUERY_CHARS", 10_000, minimum=1)
MAX_ID_CHARS = env.number("MAX_ID_CHARS", 512, minimum=1)
MAX_SOURCE_CHARS = env.number("MAX_SOURCE_CHARS", 128, minimum=1)
MAX_TAGS = env.number("MAX_TAGS", 64, minimum=8)
MAX_TAG_CHARS = env.number("MAX_TAG_CHARS", 128, minimum=32)
MAX_METADATA_BYTES = env.number("MAX_METADATA_BYTES", 64 * 1024)
MAX_METADATA_DEPTH = env.number("MAX_METADATA_DEPTH", 16, minimum=1)
THROTTLE_RATE = env.rate("THROTTLE_RATE")
DATA_UPLOAD_MAX_MEMORY_SIZE = MAX_BODY_BYTES

# --- Filing -----------------------------------------------------------------------------------------------------------
CHUNK_CHARS = env.clamped("CHUNK_CHARS", 2_000, least=200, most=50_000)
CHUNK_OVERLAP = env.clamped("CHUNK_OVERLAP", 200, least=0, most=10_000)
MAX_FILING_BYTES = env.clamped("MAX_FILING_BYTES", 10 * 1024 * 1024, least=1_024, most=100 * 1024 * 1024)
MAX_UPLOAD_FILES = env.number("MAX_UPLOAD_FILES", 10, minimum=1)
MAX_UPLOAD_BYTES = env.number("MAX_UPLOAD_BYTES", 100 * 1024 * 1024, minimum=1_024)
DATA_UPLOAD_MAX_NUMBER_FILES = 10 * MAX_UPLOAD_FILES  # beyond it reading stops; up to it the answer counts them
MAX_CONCURRENT_FILINGS = env.number("MAX_CONCURRENT_FILINGS", 2, minimum=1)

# --- Providers --------------------------------------------------------------------------------------------------------
SECRETS_KEYS = _keys.secrets_keys
MAX_CONCURRENT_SYNCS = env.number("MAX_CONCURRENT_SYNCS", 128, minimum=1)
RUN_DAYS = env.number("RUN_DAYS", 365, minimum=1)
RUN_QUEUE_MINUTES = env.number("RUN_QUEUE_MINUTES", 60, minimum=1)
SYNC_BODY_BYTES = env.number("SYNC_BODY_BYTES", 1024 * 1024, minimum=1_024)
# Where providers and webhooks of alerts may be, on top of what is never called; both empty: anywhere else.
PROVIDER_ALLOWED_NETWORKS = env.networks("PROVIDER_ALLOWED_NETWORKS")
PROVIDER_ALLOWED_HOSTS = [host.lower() for host in env.words("PROVIDER_ALLOWED_HOSTS")]

# --- Where people find Larder, for links in alerts
PUBLIC_URL = env.address("PUBLIC_URL")

# --- Mail, for alerts -------------------------------------------------------------------------------------------------
EMAIL_HOST = env.text("EMAIL_HOST")
EMAIL_PORT = env.number("EMAIL_PORT", 25, minimum=1)
EMAIL_HOST_USER = env.text("EMAIL_HOST_USER")
EMAIL_HOST_PASSWORD = env.text("EMAIL_HOST_PASSWORD")
EMAIL_USE_TLS = env.flag("EMAIL_USE_TLS", default=False)
EMAIL_USE_SSL = env.flag("EMAIL_USE_SSL", default=False)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.text("EMAIL_FROM", "larder@localhost")

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
    "ingestion.tasks.file_waiting": {"queue": "filing"},
    "knowledge.tasks.remove_dropped_models": {"queue": "embedding"},
}


def _tick(task: str, *, seconds: float) -> dict[str, Any]:
    return {"task": task, "schedule": seconds, "options": {"expires": max(2.0, min(seconds, 300.0))}}


CELERY_BEAT_SCHEDULE = {
    "dispatch due providers": _tick("providers.tasks.dispatch_due", seconds=1),
    "reap silent runs": _tick("providers.tasks.reap_runs", seconds=5),
    "watch for alerts": _tick("providers.tasks.watch_alerts", seconds=15),
    "forget old runs": _tick("providers.tasks.forget_runs", seconds=3_600),
    "forget old alerts": _tick("providers.tasks.forget_alerts", seconds=3_600),
    "embed waiting passages": _tick("knowledge.tasks.embed_pending", seconds=2),
    "index built models": _tick("knowledge.tasks.index_built_models", seconds=60),
    "remove dropped models": _tick("knowledge.tasks.remove_dropped_models", seconds=30),
    "sweep expired documents": _tick("knowledge.tasks.sweep_expired", seconds=60),
    "file what waits": _tick("ingestion.tasks.file_waiting", seconds=2),
    "sweep filings": _tick("ingestion.tasks.sweep_filings", seconds=60),
    "fetch what is due": _tick("ingestion.tasks.fetch_due", seconds=15),
    "purge trash and old changes": _tick("knowledge.tasks.purge", seconds=3_600),
}

METRICS_TOKEN = env.text("METRICS_TOKEN")

# --- Logs -------------------------------------------------------------------------------------------------------------
LOG_REQUESTS = env.flag("LOG_REQUESTS", default=False)
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"()": "config.observability.logs.LineFormatter"},
        "json": {"()": "config.observability.logs.JsonFormatter"},
    },
    "filters": {"calm": {"()": "config.observability.outage_filter.CalmFilter"}},
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": env.choice("LOG_FORMAT", ("line", "json"), "line"),
            "filters": ["calm"],
        }
    },
    "root": {"handlers": ["console"], "level": env.text("LOG_LEVEL", "INFO").upper()},
    "loggers": {
        "celery": {"level": "WARNING"},
        "django_celery_beat": {"level": "WARNING"},
        "httpx": {"level": "WARNING"},
        "httpcore": {"level": "WARNING"},
    },
}
