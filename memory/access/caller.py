"""Whom a request of a memory speaks for, and where it may read and write."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from accounts.audit import Actor
from memory.errors import MemoryForbidden
from memory.models import Context, Grant, Principal, ScopeSet
from memory.scopes.paths import EVERYTHING, Clauses, wire_scopes
from memory.scopes.regions import Region
from memory.scopes.sets import scope_set_for
from memory.scopes.visibility import Visibility, erasable_by, visibility_of

Verb = Grant.Verb

Grants = Mapping[str, frozenset[str]]
"""By verb the patterns that it is granted at."""

ALL_GRANTS: Grants = {verb: frozenset({EVERYTHING}) for verb in Verb.values}


@dataclass(frozen=True, kw_only=True)
class MemoryCaller:
    """`layers` of grants must each allow what is done: the key's own, its principal's, those of whom it acts for.

    Without layers all is allowed, as it is to admins. `acts_for` is who a request named as the one it acts for,
    `own_grants` what the key was narrowed to.
    """

    context: Context
    name: str
    actor: Actor
    principal: Principal | None = None
    acts_for: Principal | None = None
    key_id: UUID | None = None
    is_admin: bool = False
    own_grants: Grants | None = None
    layers: tuple[Grants, ...] = field(default=())

    @property
    def identity(self) -> str:
        """Whom repeated requests are compared by: the principal, else the key."""
        who = self.acts_for or self.principal
        return f"principal:{who.pk}" if who else f"key:{self.key_id}"

    def region(self, verb: str) -> Region:
        return Region(tuple(layer.get(verb, frozenset()) for layer in self.layers))

    def require(self, verb: str, *, path: str | None = None) -> None:
        """Raises MemoryForbidden where the verb is granted nowhere, or not at this path."""
        region = self.region(verb)
        if region.is_nothing or (path is not None and not region.contains(path)):
            place = "" if path is None else f" at /{path}"
            raise MemoryForbidden(f"{self.name} is not granted {verb}{place}.")

    def reading(self, lens: Clauses | None = None) -> Visibility:
        """What it sees under a lens that `parse_lens` gave. Raises MemoryForbidden where it may read nothing."""
        self.require(Verb.MEMORY_READ)
        return visibility_of(self.context, self.region(Verb.MEMORY_READ).under(lens or []))

    def forgetting(self, lens: Clauses | None = None) -> Visibility:
        """What it may erase: what belongs to its own places, not what it sees from above. Raises MemoryForbidden."""
        self.require(Verb.MEMORY_FORGET)
        return erasable_by(self.context, self.region(Verb.MEMORY_FORGET).under(lens or []))

    def changing(self) -> Visibility:
        """What it may change: what belongs to its own places of writing. Raises MemoryForbidden."""
        self.require(Verb.MEMORY_WRITE)
        return erasable_by(self.context, self.region(Verb.MEMORY_WRITE).under([]))

    def writing(self, scopes: Clauses | None = None, *, now: datetime) -> ScopeSet:
        """Where what it writes belongs: at the scopes that `parse_scopes` gave, else at its own topmost places.

        Raises MemoryForbidden for a place outside of its region.
        """
        region = self.region(Verb.MEMORY_WRITE)
        self.require(Verb.MEMORY_WRITE)
        clauses = scopes or [[path] for path in region.bases()]
        if not clauses or not all(region.contains(path) for clause in clauses for path in clause):
            raise MemoryForbidden(f"{self.name} may not write at {wire_scopes(clauses)}.")
        return scope_set_for(self.context, clauses, now=now)

    def acting_for(self, principal: Principal, grants: Grants) -> "MemoryCaller":
        return replace(self, acts_for=principal, layers=(*self.layers, grants))
