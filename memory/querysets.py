"""How facts and entities are asked for. Of facts, two questions have two answers: what was believed when, and what was
so when."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce

CURRENT = "current"
EVER_SO = ("current", "superseded", "closed")


class FactQuerySet(models.QuerySet[Any]):
    def present(self, now: datetime) -> "FactQuerySet":
        """What is so now, as far as is known."""
        return self.filter(_begun(now), _lasts(now), state=CURRENT)

    def believed_at(self, instant: datetime) -> "FactQuerySet":
        """What was believed at an instant to be so then. An end counts only if it was known by then.

        What has been unlearnt since (`known_until`) had no known end at the time; what never was, was believed so too.
        """
        unlearnt = Q(known_until__isnull=False) & (Q(valid_until=None) | Q(valid_until__gt=instant))
        known = self.filter(known_from__lte=instant).filter(Q(known_until=None) | Q(known_until__gt=instant))
        never_taken = Q(state="tentative") | Q(state="claim", known_until=None)
        return known.filter(_begun(instant), _lasts(instant) | unlearnt).exclude(never_taken)

    def valid_between(self, since: datetime | None, until: datetime | None) -> "FactQuerySet":
        """What was so at some time from `since` to `until`, both included, as it is known now; None: open."""
        rows = self.filter(state__in=EVER_SO)
        if until is not None:
            rows = rows.filter(_begun(until))
        if since is not None:
            ends = Coalesce(F("ended_at"), F("valid_until"))
            rows = rows.annotate(ends=ends).filter(Q(ends=None) | Q(ends__gt=since))
        return rows

    def shown(self) -> "FactQuerySet":
        """With what is needed to show them."""
        return self.select_related("entity", "target")


def known_as(names: Sequence[str]) -> Q:
    """Entities that have one of these folded names as an alias. Most have none and are not in the index of aliases,
    which PostgreSQL can tell from the second condition alone.
    """
    return Q(aliases__overlap=names) & ~Q(aliases=[])


def _begun(instant: datetime) -> Q:
    return Q(valid_from=None) | Q(valid_from__lte=instant)


def _lasts(instant: datetime) -> Q:
    return Q(ended_at__gt=instant) | (Q(ended_at=None) & (Q(valid_until=None) | Q(valid_until__gt=instant)))
