"""What a caller may see: its documents, and its questions narrowed to them."""

from dataclasses import replace
from datetime import datetime

from django.conf import settings

from accounts.access import Caller
from core.errors import QueryInvalid
from knowledge.errors import DocumentAmbiguous, DocumentNotFound
from knowledge.models import Document
from knowledge.querysets import DocumentQuerySet
from knowledge.search.query import Query, tighten
from knowledge.tagexpr import parse_tags


def readable_source(who: Caller, named: str) -> str | None:
    """The source to read from; None: all that are public. Naming another source than the key's is forbidden."""
    return who.source_for(named) if named or who.source else None


def visible_documents(who: Caller, source: str, now: datetime) -> DocumentQuerySet:
    """Live ones, of the source where one is named. Raises SourceForbidden for one that the caller does not reach."""
    readable = readable_source(who, source)
    found = Document.objects.live(now).tagged(parse_tags(who.tags))
    if readable is not None:
        return found.of_source(readable)
    return found.filter(source__in=who.sources) if who.sources else found.public()


def the_one(documents: DocumentQuerySet, key: str) -> Document:
    """Raises DocumentNotFound, and DocumentAmbiguous where several sources hold one of this id."""
    found: list[Document] = list(documents.filter(key=key)[:2]) if "\0" not in key else []
    if not found:
        raise DocumentNotFound(f"There is no document {key!r}.")
    if len(found) > 1:
        raise DocumentAmbiguous(f"Several sources hold a document {key!r}; name the source.")
    return found[0]


def check_length(text: str) -> None:
    """Of a question. Raises QueryInvalid."""
    if len(text) > settings.MAX_QUERY_CHARS:
        raise QueryInvalid(f"The text has {len(text):,} characters; the limit is {settings.MAX_QUERY_CHARS:,}.")


def asked_by(who: Caller, query: Query, *, source: str = "") -> Query:
    """The query within what its caller may see and the limits of its stage. Raises SourceForbidden."""
    narrowed = replace(
        query,
        source=readable_source(who, source),
        sources=() if source else who.sources,
        within=parse_tags(who.tags),
    )
    return tighten(narrowed, who.limits)
