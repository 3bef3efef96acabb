"""Types of entities. A caller's own type is kept as a token; one that a model names is folded into this list."""

from memory.vocabulary.folding import fold_token

TYPES = (
    "person",
    "organisation",
    "project",
    "location",
    "topic",
    "product",
    "policy",
    "concept",
    "event",
    "agent",
    "service",
    "other",
)
SYNONYMS = {
    "organization": "organisation",
    "company": "organisation",
    "org": "organisation",
    "team": "organisation",
    "human": "person",
    "people": "person",
    "user": "person",
    "place": "location",
    "city": "location",
    "country": "location",
    "item": "product",
    "software": "product",
    "tool": "product",
    "bot": "agent",
    "idea": "concept",
}


def model_type(text: str) -> str:
    """One of TYPES, `other` for what is none of them."""
    token = fold_token(text)
    token = SYNONYMS.get(token, token)
    return token if token in TYPES else "other"


def caller_type(text: str) -> str:
    """A caller's word as a token, `other` for none."""
    token = fold_token(text)
    return SYNONYMS.get(token, token) or "other"
