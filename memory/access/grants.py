"""What is granted: verbs at places. Nobody grants more than they have."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from memory.access.caller import Grants, MemoryCaller, Verb
from memory.errors import MemoryForbidden, MemoryInvalid
from memory.models import Context, Grant, MemoryKey, Principal
from memory.scopes.paths import parse_pattern

MOST_PATTERNS = 100


def check_grants(caller: MemoryCaller, asked: Mapping[str, Any]) -> Grants:
    """`{"memory:read": ["org/acme/*"], …}`, as a caller may give it on.

    Raises MemoryInvalid for another verb or a bad pattern, MemoryForbidden for more than the caller has.
    """
    grants = {read_verb(verb): _patterns(patterns) for verb, patterns in asked.items()}
    for verb, patterns in grants.items():
        for pattern in patterns:
            check_pattern(caller, verb, pattern)
    return grants


def check_pattern(caller: MemoryCaller, verb: str, pattern: str) -> None:
    """Whether the caller manages grants there and has the verb there. Raises MemoryForbidden."""
    for needed in (Verb.GRANT_MANAGE, verb):
        if not caller.region(needed).contains_pattern(pattern):
            raise MemoryForbidden(f"{caller.name} cannot grant {verb} at /{pattern}: {needed} is not its own there.")


def read_verb(verb: Any) -> str:
    """Raises MemoryInvalid."""
    if verb not in Verb.values:
        raise MemoryInvalid(f"A verb is one of {', '.join(Verb.values)}, not {verb!r:.100}.")
    return str(verb)


def grants_of(rows: Iterable[Grant]) -> Grants:
    """By verb."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for grant in rows:
        found[grant.verb].add(grant.pattern)
    return {verb: frozenset(patterns) for verb, patterns in found.items()}


def managed_by(caller: MemoryCaller, grants: Grants) -> Grants:
    """Those of the grants that a caller manages; of others' it is not told."""
    region = caller.region(Verb.GRANT_MANAGE)
    return {verb: frozenset(filter(region.contains_pattern, patterns)) for verb, patterns in grants.items()}


def told_grants(grants: Grants) -> dict[str, list[str]]:
    """As answers show them."""
    return {verb: sorted(patterns) for verb, patterns in sorted(grants.items()) if patterns}


def rows_of(
    context: Context, grants: Grants, *, key: MemoryKey | None = None, principal: Principal | None = None
) -> Iterable[Grant]:
    return [
        Grant(context=context, key=key, principal=principal, verb=verb, pattern=pattern)
        for verb, patterns in grants.items()
        for pattern in sorted(patterns)
    ]


def _patterns(value: Any) -> frozenset[str]:
    listed = list(value) if isinstance(value, list | tuple | frozenset) else [value]
    if len(listed) > MOST_PATTERNS:
        raise MemoryInvalid(f"A verb is granted at {MOST_PATTERNS} places at most.")
    return frozenset(parse_pattern(each) for each in listed)
