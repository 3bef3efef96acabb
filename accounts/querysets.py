"""How keys and the audit are asked for. Querysets narrow and order; they never write and never decide.

Their rows are Any here: models import this module, and naming them would close a circle.
"""

from datetime import datetime
from typing import Any, Self

from django.db import models
from django.db.models import ExpressionWrapper, Q

from core.paging import Keyset

REVOKED = ExpressionWrapper(Q(revoked_at__isnull=False), models.BooleanField())
ACCESS_KEYS = Keyset(name="access keys", by=(REVOKED.asc(), "-created_at", "-id"))


class AccessKeyQuerySet(models.QuerySet[Any]):
    def usable(self, now: datetime) -> Self:
        owned = Q(owner=None) | Q(owner__is_active=True) & (~Q(role="admin") | Q(owner__is_superuser=True))
        return self.filter(owned, Q(expires_at=None) | Q(expires_at__gt=now), revoked_at=None)

    def newest_first(self) -> Self:
        """Those that can be used before those that are revoked."""
        return self.order_by(*ACCESS_KEYS.order())

    def matching(self, text: str) -> Self:
        """The name, the source, the prefix or the owner's name holds the text, or it is one of several sources."""
        named = Q(name__icontains=text) | Q(prefix__icontains=text) | Q(owner__username__icontains=text)
        return self.filter(named | Q(source__icontains=text) | Q(sources__contains=[text]))


class AuditQuerySet(models.QuerySet[Any]):
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
