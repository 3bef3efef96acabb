"""How keys and the audit are asked for. Querysets narrow and order; they never write and never decide."""

from datetime import datetime
from typing import Any, Self

from django.db import models
from django.db.models import Q


class AccessKeyQuerySet(models.QuerySet):
    def usable(self, now: datetime) -> Self:
        return self.filter(Q(expires_at=None) | Q(expires_at__gt=now), revoked_at=None)

    def newest_first(self) -> Self:
        """Those that can be used before those that are revoked."""
        return self.alias(revoked=Q(revoked_at__isnull=False)).order_by("revoked", "-created_at", "-id")

    def after(self, key: Any) -> Self:
        """What follows this one in `newest_first` order."""
        older = Q(created_at__lt=key.created_at) | Q(created_at=key.created_at, id__lt=key.pk)
        usable = key.revoked_at is None
        alike = older & Q(revoked_at__isnull=usable)
        return self.filter(alike | Q(revoked_at__isnull=False) if usable else alike)

    def matching(self, text: str) -> Self:
        """The name, the source or the prefix holds the text, whatever its case."""
        return self.filter(Q(name__icontains=text) | Q(source__icontains=text) | Q(prefix__icontains=text))


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
