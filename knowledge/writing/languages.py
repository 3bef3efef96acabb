"""By which language's word endings documents are kept: what one says itself wins over its source, that over
SEARCH_LANGUAGE. Which languages a source's words may be in is noted here, for questions that are asked of it.

See docs/decisions/0272.
"""

from collections.abc import Iterable, Mapping, Sequence

from django.conf import settings
from django.db import transaction

from core.sql import fetch, raw_cursor
from knowledge.errors import DocumentsRefused
from knowledge.locks import lock_sources
from knowledge.models import Document, SourceLanguage, WordsWalk
from knowledge.schemas import DocumentIn
from knowledge.words.languages import language_fault

OWN = "SELECT source, language FROM knowledge_sourcelanguage WHERE is_own AND source = ANY(%(sources)s::text[])"

NOTE = """
INSERT INTO knowledge_sourcelanguage (source, language)
SELECT * FROM unnest(%s::text[], %s::text[]) ON CONFLICT (source, language) DO NOTHING
"""

# Plan: a probe of document_language for each.
IS_UNUSED = """
NOT l.is_own AND NOT EXISTS (
    SELECT FROM knowledge_document d WHERE d.source = l.source AND d.language = l.language AND d.language <> ''
)
"""
UNUSED = f"SELECT l.source, l.language FROM knowledge_sourcelanguage l WHERE {IS_UNUSED}"  # noqa: S608 -- a constant
FORGET = f"""
DELETE FROM knowledge_sourcelanguage l WHERE l.source = %s AND l.language = %s AND {IS_UNUSED}
AND EXISTS (SELECT FROM knowledge_wordswalk) AND NOT EXISTS (SELECT FROM knowledge_wordswalk WHERE finished_at IS NULL)
"""  # noqa: S608 -- a constant


def own_languages(sources: Iterable[str]) -> dict[str, str]:
    """Those that sources have of their own."""
    return dict(fetch(OWN, {"sources": list(sources)}))


def language_of(item: DocumentIn, own: Mapping[str, str]) -> str:
    return item.language or own.get(item.source) or settings.SEARCH_LANGUAGE


@transaction.atomic
def set_source_language(source: str, language: str) -> None:
    """From now on, and a worker writes the words of what is stored anew; "": as SEARCH_LANGUAGE.

    Who changes it waits for pushes to the source, and they for the caller's transaction: so none writes words of the
    old language behind the worker.
    """
    if (own_languages([source]).get(source) or "") == language:
        return
    lock_sources([source])
    SourceLanguage.objects.filter(source=source, is_own=True).update(is_own=False)
    if language:
        SourceLanguage.objects.update_or_create(source=source, language=language, defaults={"is_own": True})
    if Document.objects.filter(source=source).exists():
        WordsWalk.objects.update(reached=0, written=0, finished_at=None)


def note_languages(items: Iterable[DocumentIn]) -> None:
    """What documents say of themselves; in the transaction that writes their words."""
    named = sorted({(item.source, item.language) for item in items if item.language})
    if named:
        with raw_cursor() as cursor:
            cursor.execute(NOTE, [[source for source, _ in named], [language for _, language in named]])


def note_default(language: str) -> None:
    """That anything may still be in a language that was the default until now."""
    SourceLanguage.objects.get_or_create(source="", language=language)


def forget_languages() -> None:
    """When no walk goes on: those that nothing is in any more.

    Each under its source's lock, so that none goes that a push is just about to need.
    """
    for source, language in fetch(UNUSED, {}):
        with transaction.atomic():
            lock_sources([source])
            with raw_cursor() as cursor:
                cursor.execute(FORGET, [source, language])


def refuse_unknown(items: Sequence[DocumentIn]) -> None:
    """Raises DocumentsRefused for languages that the server does not know; asks for none where none is named."""
    faults = {language: language_fault(language) for language in {item.language for item in items} - {""}}
    errors = [
        {"index": index, "id": item.id, "field": "language", "reason": reason}
        for index, item in enumerate(items)
        if (reason := faults.get(item.language))
    ]
    if errors:
        raise DocumentsRefused(
            f"{len(errors)} of {len(items)} documents name an unknown language; nothing was stored.", errors=errors
        )
