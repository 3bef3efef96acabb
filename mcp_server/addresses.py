"""The address of a document as a resource: `larder://documents/{source}/{id}`, both percent-encoded."""

from urllib.parse import quote, unquote

from knowledge.models import Document

BEGINNING = "larder://documents/"
TEMPLATE = f"{BEGINNING}{{source}}/{{id}}"


def address_of(document: Document) -> str:
    return f"{BEGINNING}{quote(document.source, safe='')}/{quote(document.key, safe='')}"


def read_address(address: str) -> tuple[str, str] | None:
    """Source and id; None for what is no address of a document."""
    source, slash, key = address.removeprefix(BEGINNING).partition("/")
    if not address.startswith(BEGINNING) or not (source and slash and key):
        return None
    return unquote(source), unquote(key)
