"""How the store is asked. Querysets narrow, order and annotate; they never write and never decide.

Their rows are Any here: models import this module, and naming them would close a circle.
"""

import string
from datetime import datetime
from typing import Any, Self
from unicodedata import normalize

from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.expressions import RawSQL
from django.db.models.functions import Cast, Coalesce

from accounts.private_sources import PRIVATE_PREFIX
from knowledge.filters.conditions import condition_of, positional
from knowledge.filters.tree import QueryFilter
from knowledge.tagexpr import TagExpression

# Each of these is spelled the same way in an index of documents.
UPDATED = Coalesce("updated_at", "stored_at")
"""The provider's own stamp, or else when the store last changed it."""

EXPIRES = Coalesce("expires_at", Cast(Value("infinity"), models.DateTimeField()))
"""What never expires comes after everything that does."""

KEY_WORDS = SearchVector(
    Func(
        F("key"),
        Value(string.punctuation),
        Value(" " * len(string.punctuation)),
        function="translate",
        output_field=models.TextField(),
    ),
    config="simple",
)
"""The words of an id: what stands between its punctuation."""

_BLANKED = str.maketrans(dict.fromkeys(string.punctuation, " "))


def key_query(text: str) -> SearchQuery | None:
    """What `KEY_WORDS` has to match; None for a text without words.

    The words of the id, of which the last may be no more than a beginning: beginnings of a word that every id has
    would be read one and all. However an accented letter is put together, there and here.
    """
    spellings = dict.fromkeys(normalize(form, text) for form in ("NFC", "NFD", "NFKC"))
    found = [words for each in spellings if (words := each.translate(_BLANKED).split())]
    query = " | ".join(f"({' & '.join(map(_quoted, words))}:*)" for words in found)
    return SearchQuery(query, search_type="raw", config="simple") if found else None


def _quoted(word: str) -> str:
    return f"'{word}'"


def carries(expression: TagExpression) -> Q:
    """All tags of one of the expression's branches."""
    return Q(*(Q(tags__contains=list(branch)) for branch in expression.branches), _connector=Q.OR)


def holds(text: str) -> Q:
    """The id or the content has the text in it, whatever its case."""
    return Q(key__icontains=text) | Q(content__icontains=text)


class DocumentQuerySet(models.QuerySet[Any]):
    def live(self, now: datetime) -> Self:
        """Neither in the trash nor expired: what analyzers may see."""
        return self.filter(Q(expires_at=None) | Q(expires_at__gt=now), deleted_at=None)

    def expired(self, now: datetime) -> Self:
        """Past their time but not yet swept into the trash."""
        return self.filter(deleted_at=None, expires_at__lte=now)

    def in_trash(self) -> Self:
        return self.filter(deleted_at__isnull=False)

    def of_source(self, source: str | None) -> Self:
        """Those of one source; None: of all."""
        return self if source is None else self.filter(source=source)

    def public(self) -> Self:
        """Of no private source."""
        return self.exclude(source__startswith=PRIVATE_PREFIX)

    def tagged(self, expression: TagExpression | None) -> Self:
        return self if expression is None else self.filter(carries(expression))

    def filtered(self, wanted: QueryFilter | None) -> Self:
        if wanted is None:
            return self
        condition, values = positional(condition_of(wanted, table=self.model._meta.db_table))
        return self.filter(RawSQL(condition, values, output_field=models.BooleanField()))  # noqa: S611 -- values are apart

    def containing(self, text: str) -> Self:
        return self.filter(holds(text)) if text else self

    def named(self, text: str) -> Self:
        """The id has the words of the text, whatever their case, the last maybe going on; none for no words."""
        query = key_query(text)
        return self.alias(key_words=KEY_WORDS).filter(key_words=query) if query else self.none()


class PassageQuerySet(models.QuerySet[Any]):
    def waiting(self) -> Self:
        return self.filter(vector=None)

    def quarantined(self) -> Self:
        """Tried and refused by the embedder; the document is stored all the same."""
        return self.filter(vector=None, attempts__gt=0).exclude(error="")


class ChangeQuerySet(models.QuerySet[Any]):
    def of_run(self, run_id: object) -> Self:
        return self.filter(run=run_id).order_by("id").defer("before")

    def of_document(self, source: str, key: str) -> Self:
        return self.filter(source=source, key=key).order_by("-id").defer("before")
