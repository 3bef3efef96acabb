"""Where a document is looked at, and what is done to it."""

from urllib.parse import urlencode

from django import template
from django.urls import reverse

from dashboard.documents.passages import CHUNKS_SHOWN, SHOWN
from ingestion.models import Chunk, File
from knowledge.models import Change, Document
from knowledge.search import Hit

register = template.Library()


@register.filter
def document_url(document: Document | Change) -> str:
    """The inspector's address. Browsers resolve dots in a path, so an id with such a part goes into the query."""
    parts = (document.source, *document.key.split("/"))
    if any(part in (".", "..") for part in parts):
        return f"{reverse('document-by-id')}?{_identity(document)}"
    return reverse("document", args=[document.source, document.key])


@register.filter
def delete_url(document: Document) -> str:
    return f"{reverse('document-delete')}?{_identity(document)}"


@register.filter
def restore_url(document: Document) -> str:
    return f"{reverse('document-restore')}?{_identity(document)}"


@register.filter
def tag_url(tag: str) -> str:
    return f"{reverse('knowledge')}?{urlencode({'tags': tag})}#documents"


@register.filter
def source_url(source: str) -> str:
    return f"{reverse('knowledge')}?{urlencode({'source': source})}#documents"


@register.filter
def hit_url(hit: Hit) -> str:
    """The document's page where it shows the passage."""
    return passage_url(hit.document, hit.ordinal + 1)


def passage_url(document: Document, number: int) -> str:
    address = document_url(document)
    if number > SHOWN:
        address += f"{'&' if '?' in address else '?'}{urlencode({'from': (number - 1) // SHOWN * SHOWN + 1})}"
    return f"{address}#passage-{number}"


@register.filter
def chunk_url(chunk: Chunk) -> str:
    """The file's page where it shows the chunk among its neighbours."""
    first = max(0, chunk.index - CHUNKS_SHOWN // 2) if chunk.index >= CHUNKS_SHOWN else 0
    after = f"?{urlencode({'after': first})}" if first else ""
    return f"{reverse('file', args=[chunk.file_id])}{after}#chunk-{chunk.index}"


@register.filter
def chunk_document_url(file: File, index: int) -> str:
    """The document of the store that the chunk is."""
    return reverse("document", args=[file.collection_id, file.key_of(index)])


@register.filter
def documents_of_url(file: File) -> str:
    """The list of the documents that came of it."""
    return f"{reverse('knowledge')}?{urlencode({'source': file.collection_id, 'q': f'{file.pk}/'})}#documents"


@register.filter
def neighbours_url(document: Document) -> str:
    return f"{reverse('neighbours')}?{_identity(document)}"


@register.filter
def api_url(document: Document) -> str:
    return reverse("api:get_of_source", args=[document.source, document.key])


def _identity(document: Document | Change) -> str:
    return urlencode({"source": document.source, "id": document.key})
