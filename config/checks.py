"""What is looked at when Larder starts: settings that are wrong, and variables that nothing reads."""

from importlib.util import find_spec

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register, run_checks
from django.core.exceptions import ImproperlyConfigured

from config import env
from config.observability.traces.configured import read_trace_settings
from knowledge.embedding.index_choice import cluster_is_used
from providers.errors import OutboundRefused
from providers.outbound.http import check_url

TAG, KEYS_TAG = "larder", "keys"
LEAST_KEY_CHARS = 32
FOUND = "`manage.py up` makes its own, which other commands find by LARDER_DATA_DIR."


@register(TAG)
def check_names(app_configs: object, **kwargs: object) -> list[CheckMessage]:
    return [
        Warning(f"{name} is set, and nothing reads it.", hint=f"Did you mean {meant}?", id="larder.W001")
        for name, meant in sorted(env.misspelt_names().items())
    ]


@register(TAG)
def check_embedding_model(app_configs: object, **kwargs: object) -> list[CheckMessage]:
    from knowledge.embedding import vector_space
    from knowledge.embedding.embedders.base import EmbedderMisconfigured

    try:
        vector_space.embedder_named(settings.EMBEDDING_MODEL)
    except EmbedderMisconfigured as error:
        return [Error(error.detail, hint="Set EMBEDDING_MODEL to one of these.", id="larder.E011")]
    return []


@register(TAG)
def check_memory_models(app_configs: object, **kwargs: object) -> list[CheckMessage]:
    """A model without a server, a server without a model, an address that is never called."""
    named = [name for name in ("MEMORY_FAST_MODEL", "MEMORY_STRONG_MODEL") if getattr(settings, name)]
    if not settings.MEMORY_MODEL_URL:
        hint = "Set MEMORY_MODEL_URL to the server that has it, or leave both away: rules then read alone."
        return [Error(f"{name} is set, and MEMORY_MODEL_URL is not.", hint=hint, id="larder.E012") for name in named]
    if not named:
        hint = "Set MEMORY_FAST_MODEL to a model that the server has."
        return [Error("MEMORY_MODEL_URL is set, and no model is named.", hint=hint, id="larder.E013")]
    try:
        check_url(settings.MEMORY_MODEL_URL)
    except OutboundRefused as error:
        hint = "Write MEMORY_MODEL_URL like http://localhost:11434; a key stands in MEMORY_MODEL_KEY."
        return [Error(f"MEMORY_MODEL_URL: {error.detail}", hint=hint, id="larder.E014")]
    return []


@register(TAG)
def check_qdrant(app_configs: object, **kwargs: object) -> list[CheckMessage]:
    if not settings.QDRANT_URL and cluster_is_used():
        hint = "Set it to where Qdrant answers, like http://qdrant:6333, or SEARCH_INDEX to `codes`."
        return [Error("SEARCH_INDEX is `qdrant`, and QDRANT_URL is not set.", hint=hint, id="larder.E016")]
    if not settings.QDRANT_URL or find_spec("qdrant_client") is not None:
        return []
    hint = "Run `pip install --no-deps -r requirements-qdrant.txt`, or leave QDRANT_URL away."
    return [Error("QDRANT_URL is set, and its client is not installed.", hint=hint, id="larder.E015")]


@register(TAG)
def check_recognition(app_configs: object, **kwargs: object) -> list[CheckMessage]:
    if not settings.OCR_LANGUAGES or find_spec("rapidocr") is not None:
        return []
    hint = "Run `pip install --no-deps -r requirements-ocr.txt`, or leave OCR_LANGUAGES away."
    told = "OCR_LANGUAGES is set, and the models that read pictures are not installed."
    return [Error(told, hint=hint, id="larder.E017")]


@register(TAG)
def check_traces(app_configs: object, **kwargs: object) -> list[CheckMessage]:
    """Doubts only: the names are OpenTelemetry's, and may be set for other programs of this machine."""
    traces = read_trace_settings()
    told = (*traces.faults, *traces.doubts) if traces else ()
    return [Warning(each, id="larder.W003") for each in told]


@register(KEYS_TAG)
def check_keys(app_configs: object, **kwargs: object) -> list[CheckMessage]:
    """Whoever serves others needs keys that others don't know; `manage.py up` makes its own."""
    missing: list[CheckMessage] = []
    if not settings.SECRET_KEY_IS_SET:
        hint = f"Set SECRET_KEY to 50 random characters, the same for all processes. {FOUND}"
        missing.append(Error("SECRET_KEY is not set, so nobody could be signed in.", hint=hint, id="larder.E001"))
    if not settings.SECRETS_KEYS:
        hint = f"Set SECRETS_KEYS to the output of `manage.py make_secrets_key`, and keep a copy. {FOUND}"
        missing.append(Error("SECRETS_KEYS is not set, so no secret could be kept.", hint=hint, id="larder.E002"))
    return missing


@register(KEYS_TAG)
def check_length(app_configs: object, **kwargs: object) -> list[CheckMessage]:
    if not settings.SECRET_KEY_IS_SET or len(settings.SECRET_KEY) >= LEAST_KEY_CHARS:
        return []
    told = f"SECRET_KEY has {len(settings.SECRET_KEY)} characters, which can be guessed."
    return [Warning(told, hint="Set it to 50 random ones; everybody then signs in again.", id="larder.W002")]


def judge_settings() -> list[str]:
    """Sentences about what is doubtful. Raises ImproperlyConfigured with those about what is wrong."""
    return _judge([TAG])


def judge_start() -> list[str]:
    """The same for whoever is about to serve others: the web process, a worker, the scheduler."""
    return _judge([TAG, KEYS_TAG])


def _judge(tags: list[str]) -> list[str]:
    found = [message for message in run_checks(tags=tags) if not message.is_silenced()]
    if wrong := [_sentence(message) for message in found if message.is_serious()]:
        raise ImproperlyConfigured("\n".join(wrong))
    return [_sentence(message) for message in found]


def _sentence(message: CheckMessage) -> str:
    return f"{message.msg} {message.hint}" if message.hint else str(message.msg)
