"""Which comparisons of a filter an index serves; the others ask every document that the rest of the query leaves."""

from collections.abc import Collection

from knowledge.filters.tree import RANGES, AllOf, AnyOf, Comparison, Node, Not, Operator

HELD = (Operator.EQ, Operator.IN, Operator.CONTAINS)


def is_served(node: Node, declared: Collection[tuple[str, ...]]) -> bool:
    """Whether documents are found by an index: of `and` by any part, of `or` by all; what is not so is in none.

    `declared`: the paths below `metadata` that have indexes for ranges.
    """
    if isinstance(node, AllOf):
        return any(is_served(part, declared) for part in node.parts)
    if isinstance(node, AnyOf):
        return all(is_served(part, declared) for part in node.parts)
    return not isinstance(node, Not) and _is_found(node, declared)


def _is_found(comparison: Comparison, declared: Collection[tuple[str, ...]]) -> bool:
    if comparison.kind is not None:
        return comparison.path[0] in ("tags", "source") and comparison.operator in HELD
    if comparison.operator in RANGES:
        return comparison.path[1:] in declared
    return comparison.operator in HELD and None not in comparison.values


def undeclared_ranges(comparisons: Collection[Comparison], declared: Collection[tuple[str, ...]]) -> list[str]:
    """The keys of ranges that would be served if somebody declared them."""
    found = (each for each in comparisons if each.kind is None and each.operator in RANGES)
    return sorted({".".join(each.path) for each in found if each.path[1:] not in declared})
