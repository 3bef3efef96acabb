"""Which facts are read: of the present, as they were believed at an instant, or as they were so in between."""

from dataclasses import dataclass
from datetime import datetime

from memory.models import Context, Fact
from memory.querysets import FactQuerySet
from memory.scopes.visibility import Visibility


@dataclass(frozen=True, kw_only=True)
class TimeFilter:
    """`as_of` goes before what was so in between; with neither it is the present."""

    as_of: datetime | None = None
    valid_from: datetime | None = None
    valid_until: datetime | None = None

    @property
    def is_present(self) -> bool:
        return self.as_of is None and self.valid_from is None and self.valid_until is None

    def of(self, facts: FactQuerySet, *, now: datetime) -> FactQuerySet:
        if self.as_of is not None:
            return facts.believed_at(self.as_of)
        if self.valid_from is not None or self.valid_until is not None:
            return facts.valid_between(self.valid_from, self.valid_until)
        return facts.present(now)


PRESENT = TimeFilter()


@dataclass(frozen=True, kw_only=True)
class Reader:
    """Who reads what: a context, what of it is seen, when, and now."""

    context: Context
    visibility: Visibility
    now: datetime
    moment: TimeFilter = PRESENT

    def facts(self) -> FactQuerySet:
        """Those of the moment, in no order."""
        return self.moment.of(self.all_facts(), now=self.now)

    def all_facts(self) -> FactQuerySet:
        """Of any time and state."""
        rows: FactQuerySet = self.visibility.filter(Fact.objects.filter(context=self.context))  # type: ignore[assignment]
        return rows
