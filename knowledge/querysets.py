"""How the store is asked. Querysets narrow, order and annotate; they never write and never decide."""

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import F, Q

from knowledge.tagexpr import TagExpression


class DocumentQuerySet(models.QuerySet):
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

    def tagged(self, expression: TagExpression | None) -> Self:
        if expression is None:
            return self
        matches = Q()
        for branch in expression.branches:
            matches |= Q(tags__contains=list(branch))
        return self.filter(matches)

    def containing(self, text: str) -> Self:
        """The id or the content holds the text, whatever its case."""
        return self.filter(Q(key__icontains=text) | Q(content__icontains=text)) if text else self

    def newest_first(self) -> Self:
        return self.order_by(F("stored_at").desc(), F("id").desc())

    def after(self, stored_at: datetime, row: int) -> Self:
        """What follows (stored_at, row) in `newest_first` order."""
        return self.filter(Q(stored_at__lt=stored_at) | Q(stored_at=stored_at, id__lt=row))


class PassageQuerySet(models.QuerySet):
    def waiting(self) -> Self:
        return self.filter(vector=None)

    def quarantined(self) -> Self:
        """Tried and refused by the embedder; the document is stored all the same."""
        return self.filter(vector=None, attempts__gt=0).exclude(error="")


class ChangeQuerySet(models.QuerySet):
    def of_run(self, run_id: object) -> Self:
        return self.filter(run=run_id).order_by("id").defer("before")

    def of_document(self, source: str, key: str) -> Self:
        return self.filter(source=source, key=key).order_by("-id").defer("before")


class AccessKeyQuerySet(models.QuerySet):
    def usable(self, now: datetime) -> Self:
        return self.filter(Q(expires_at=None) | Q(expires_at__gt=now), revoked_at=None)

    def newest_first(self) -> Self:
        """Those that can be used before those that cannot."""
        return self.order_by(F("revoked_at").asc(nulls_first=True), "-created_at", "id")


class AuditQuerySet(models.QuerySet):
    def matching(
        self,
        *,
        actor: str = "",
        verb: str = "",
        object: str = "",
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> Self:
        """Exactly this actor and object, and this verb or, for `provider`, every verb of providers. "" is any.

        `since` is within, `until` is not.
        """
        found = self.filter(at__gte=since) if since else self
        found = found.filter(at__lt=until) if until else found
        if actor:
            found = found.filter(actor=actor)
        if verb:
            found = found.filter(verb=verb) if "." in verb else found.filter(verb__startswith=f"{verb}.")
        return found.filter(object=object) if object else found

    def newest_first(self) -> Self:
        return self.order_by("-id")
