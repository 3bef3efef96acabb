"""Which rows a reader sees, as the scope sets that they may belong to."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from django.db.models import Model, Q, QuerySet

from knowledge.tagexpr import TagExpression
from memory.models import Context, ScopeSet
from memory.scopes.regions import Region

Row = TypeVar("Row", bound=Model)

NO_SUCH_SET = "scope:0"


@dataclass(frozen=True, kw_only=True)
class Visibility:
    """`scope_set_ids` None: all of the context. It says nothing of the context, which every query names itself."""

    scope_set_ids: frozenset[int] | None = None

    def allows(self, scope_set_id: int) -> bool:
        return self.scope_set_ids is None or scope_set_id in self.scope_set_ids

    def filter(self, rows: QuerySet[Row], field: str = "scope_set_id") -> QuerySet[Row]:
        """The rows that are seen; `field` is the way to the id of their scope set."""
        if self.scope_set_ids is None:
            return rows
        return rows.filter(**{f"{field}__in": sorted(self.scope_set_ids)}) if self.scope_set_ids else rows.none()

    def tag_expression(self) -> TagExpression | None:
        """The same of the documents in the store; None asks for no tag."""
        if self.scope_set_ids is None:
            return None
        return TagExpression(tuple((f"scope:{each}",) for each in sorted(self.scope_set_ids)) or ((NO_SUCH_SET,),))


MOST_PLACES = 100
"""Beyond it all sets are read, instead of those that name one of the places."""

NOTHING = Visibility(scope_set_ids=frozenset())


def visibility_of(context: Context, regions: Sequence[Region]) -> Visibility:
    """What a reader sees who is let to any of the regions."""
    return _resolve(context, regions, lets_in=Region.sees)


def erasable_by(context: Context, regions: Sequence[Region]) -> Visibility:
    """What belongs to the regions themselves, and not only shows in them from above."""
    return _resolve(context, regions, lets_in=Region.contains)


def _resolve(context: Context, regions: Sequence[Region], *, lets_in: Callable[[Region, str], bool]) -> Visibility:
    if any(region.is_everything for region in regions):
        return Visibility()
    if all(region.is_nothing for region in regions):
        return NOTHING
    seen = {
        pk
        for pk, clauses in _candidates(context, regions).values_list("pk", "clauses")
        if any(all(lets_in(region, path) for path in clause) for clause in clauses for region in regions)
    }
    return Visibility(scope_set_ids=frozenset(seen))


def _candidates(context: Context, regions: Sequence[Region]) -> QuerySet[ScopeSet]:
    """Sets that name a place of the regions, by the index on clauses; all of the context where these have no end."""
    rows = ScopeSet.objects.filter(context=context)
    places = [region.places() for region in regions]
    named = {path for each in places for path in each or ()}
    if None in places or len(named) > MOST_PLACES:
        return rows
    return rows.filter(Q(*(Q(clauses__contains=[[path]]) for path in named), _connector=Q.OR)) if named else rows.none()
