"""Which documents a list is about: narrowed by what they carry, and how to come by them.

Two plans, as in search. Where an index finds that a filter leaves few documents, those are put in order; elsewhere the
order's own index is walked and each document checked on the way (see `leaves`).
"""

import json
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.contrib.postgres.search import SearchQuery
from django.core.exceptions import EmptyResultSet
from django.db import OperationalError, models
from django.db.models import OuterRef, Q, Subquery
from django.db.models.expressions import RawSQL
from psycopg.errors import QueryCanceled

from core.sql import fetch
from knowledge.models import Document, FullTextRow, SourceLanguage
from knowledge.querysets import KEY_WORDS, DocumentQuerySet, carries, holds, key_query
from knowledge.tagexpr import TagExpression
from knowledge.words.stems import count_stems

FEW = 5_000
"""So many matches are put in order in some 50 ms; of more, a walk through a million documents meets 25 sooner."""

LOOK_MS = 40
"""So long the indexes are asked for few matches; in vain, for instance, where two tags are common, but not together."""


@dataclass(frozen=True, kw_only=True)
class Filter:
    """What is wanted: documents of the trash or live ones, all conditions at once.

    `words`: of the text in any form, or of the id by their beginnings; `text`: anywhere in either, whatever its case.
    """

    tags: TagExpression | None = None
    source: str | None = None
    words: str = ""
    text: str = ""
    trashed: bool = False

    def __bool__(self) -> bool:
        return bool(self.tags or self.source or self.words or self.text)


@dataclass(frozen=True, kw_only=True)
class Narrowed:
    """The documents of the `pool` that are of the `source` and pass the `check`, where there are such.

    `matches` is their number; one more than `FEW` stands for any more, None for a number that nobody knows.
    """

    pool: DocumentQuerySet
    source: str | None = None
    check: Q | None = None
    matches: int | None = None

    @property
    def counted(self) -> int | None:
        """Their exact number, where it is known."""
        return self.matches if self.matches is not None and self.matches <= FEW else None

    @property
    def documents(self) -> DocumentQuerySet:
        """All of them, as long as it takes to find them."""
        found = self.pool.of_source(self.source)
        return found if self.check is None else found.filter(self.check)


def narrow(wanted: Filter, *, now: datetime) -> Narrowed:
    """The documents that the filter leaves, by the plan that fits their number."""
    everything = Document.objects.in_trash() if wanted.trashed else Document.objects.live(now)
    holding = holds(wanted.text) if wanted.text else None
    rows = _indexed(everything, wanted)
    if rows is not None and len(rows) <= FEW:
        few = everything.filter(pk__in=RawSQL("SELECT unnest(%s::bigint[])", [rows]))
        return Narrowed(pool=few, check=holding, matches=None if holding else len(rows))
    conditions = [carries(wanted.tags) if wanted.tags else None, holding]
    if wanted.words:
        everything, said = _said(everything, wanted.words)
        conditions.append(said)
    needed = [each for each in conditions if each is not None]
    matches = None if rows is None or holding else len(rows)
    return Narrowed(pool=everything, source=wanted.source, check=Q(*needed) if needed else None, matches=matches)


def estimate(documents: DocumentQuerySet) -> int:
    """About how many these are, as the planner reckons it; nothing is counted."""
    [plan] = json.loads(documents.order_by().explain(format="json"))
    return int(plan["Plan"]["Plan Rows"])


# --- narrowing --------------------------------------------------------------------------------------------------------


def _indexed(everything: DocumentQuerySet, wanted: Filter) -> list[int] | None:
    """The rows that match all but the `text`, no further than one beyond `FEW`; None where no index tells them soon."""
    if not (wanted.tags or wanted.source or wanted.words or (wanted.trashed and not wanted.text)):
        return None
    return _look_up(_arms(everything.of_source(wanted.source).tagged(wanted.tags), wanted.words))


def _arms(found: DocumentQuerySet, words: str) -> models.QuerySet[Document, int]:
    """Row numbers, in no order."""
    if not words:
        return found.values_list("pk", flat=True)[: FEW + 1]
    by_id, by_text = found.named(words), found.filter(pk__in=_wordings(words).values("document"))
    arms = [arm.values_list("pk", flat=True)[: FEW + 1] for arm in (by_id, by_text)]
    return arms[0].union(arms[1])[: FEW + 1]


def _look_up(rows: models.QuerySet[Document, int]) -> list[int] | None:
    """None where it took longer than `LOOK_MS`."""
    try:
        statement, parameters = rows.query.sql_with_params()
        found = fetch(statement, parameters, tuned={"statement_timeout": LOOK_MS}, prepare=False)
    except EmptyResultSet:
        return []
    except OperationalError as error:
        if isinstance(error.__cause__, QueryCanceled):
            return None
        raise
    return [row for (row,) in found]


def _said(found: DocumentQuerySet, words: str) -> tuple[DocumentQuerySet, Q]:
    """For a walk: each document is asked by itself. A limited subquery is probed row by row; EXISTS may be hashed."""
    said = Subquery(_wordings(words).filter(document=OuterRef("pk")).values("ordinal")[:1])
    return found.alias(said=said, key_words=KEY_WORDS), Q(said__isnull=False) | Q(key_words=key_query(words))


def _wordings(words: str) -> models.QuerySet[FullTextRow]:
    """Passages that have all of the words, in whatever form, of any language that is in use."""
    languages = [settings.SEARCH_LANGUAGE, *SourceLanguage.objects.values_list("language", flat=True).distinct()]
    asked = dict.fromkeys(" & ".join(f"'{stem}'" for stem in count_stems([words], each)[0]) for each in languages)
    query = SearchQuery(" | ".join(f"({each})" for each in asked if each), search_type="raw", config="simple")
    return FullTextRow.objects.filter(lexemes=query) if any(asked) else FullTextRow.objects.none()
