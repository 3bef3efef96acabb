"""What the system was told: the settings that people ask about, without the credentials in them."""

from urllib.parse import urlsplit

from django.conf import settings

PERIODS = {1: "second", 60: "minute", 3_600: "hour"}
SHOWN_SETTINGS = {
    "EMBEDDING_MODEL": "the model for a new store",
    "OLLAMA_URL": "where Ollama answers",
    "OPENAI_BASE_URL": "where OpenAI-compatible models answer",
    "EMBED_BUDGET_MS": "how long a push waits for its vectors",
    "PASSAGE_CHARS": "characters a passage",
    "PASSAGE_OVERLAP": "characters that two passages share",
    "SEARCH_LANGUAGE": "whose word endings search by words ignores",
    "RERANK_MODEL": "who puts the best hits in a better order",
    "RERANK_URL": "where that answers",
    "OCR_LANGUAGES": "languages that are read off pictures",
    "QDRANT_URL": "where Qdrant answers",
    "TRASH_DAYS": "how long the trash keeps documents",
    "CHANGE_DAYS": "how long the history is kept",
    "AUDIT_DAYS": "how long the audit is kept",
    "DELETE_PERCENT": "a larger share of a source is held for approval",
    "MAX_CONCURRENT_SYNCS": "runs at once",
    "THROTTLE_RATE": "requests an access key",
    "SIGN_IN_NAME_RATE": "failed sign-ins a name",
    "SIGN_IN_ADDRESS_RATE": "failed sign-ins an address",
    "QUERY_REQUIRES_KEY": "whether a query needs a key",
    "SECURE_COOKIES": "whether cookies travel by TLS only",
    "TRUST_PROXY": "whether X-Forwarded-For is believed",
    "MEMORY_MODEL_URL": "whose models read turns of the memory",
    "MEMORY_FAST_MODEL": "reads what rules could not",
    "MEMORY_STRONG_MODEL": "is asked where that one fails or doubts",
    "ALLOWED_HOSTS": "names that the pages answer to",
}


def tell_settings() -> list[tuple[str, str, str]]:
    """Name, value and meaning of each."""
    return [(name, _shown(name), said) for name, said in SHOWN_SETTINGS.items()]


def _shown(name: str) -> str:
    """A setting's value, without the user and password that an address may carry."""
    value = getattr(settings, name)
    if value is None or value in ("", []):
        return "off" if name.endswith("_RATE") else "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        most, period_s = value
        return f"{most}/{PERIODS[period_s]}"
    if isinstance(value, list):
        return " ".join(map(str, value))
    return _without_credentials(value) if name.endswith("_URL") else str(value)


def _without_credentials(url: str) -> str:
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2], query="", fragment="").geturl()
