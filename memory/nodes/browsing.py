"""Nodes as readers find them: in lists, by what relates them, and by their text."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from ingestion.naming import read_uuid
from knowledge.search import Hit, Mode, Query, ask
from knowledge.tagexpr import TagExpression
from memory.errors import MemoryNotFound
from memory.models import Context, Entity, Fact, FactState
from memory.nodes.searchable import NODE, kind_tag
from memory.scopes.visibility import Visibility
from memory.vocabulary.folding import fold_name, fold_token

MOST_DEPTH = 3
MOST_RELATED = 1_000


@dataclass(frozen=True, kw_only=True)
class Related:
    """`distance` of each node is counted in relations; `truncated`: there are more than are shown."""

    nodes: Sequence[tuple[Entity, int]]
    relations: Sequence[Fact]
    truncated: bool


def nodes_of(context: Context, visible: Visibility) -> QuerySet[Entity]:
    rows = Entity.objects.filter(context=context).exclude(slug="")
    return visible.filter(rows).select_related("scope_set")


def narrow_nodes(nodes: QuerySet[Entity], *, kind: str = "", text: str = "") -> QuerySet[Entity]:
    """Of a kind; with the text in their name or slug."""
    if kind:
        nodes = nodes.filter(type=fold_token(kind).replace("\0", ""))
    if text:
        sought = text.replace("\0", "")
        nodes = nodes.filter(Q(folded__contains=fold_name(sought)) | Q(slug__icontains=sought))
    return nodes


def node_named(nodes: QuerySet[Entity], kind: str, slug: str) -> Entity:
    """Of several in different scopes the newest. Raises MemoryNotFound."""
    wanted = nodes.filter(type=fold_token(kind).replace("\0", ""), slug=slug.replace("\0", ""))
    found = wanted.order_by("-updated_at", "-id").first()
    if found is None:
        raise MemoryNotFound("There is no such node.")
    return found


def related_to(node: Entity, visible: Visibility, *, label: str = "", depth: int = 1) -> Related:
    """What current relations lead to from here, either way, at most so many steps; the nearest first."""
    nodes: list[tuple[Entity, int]] = []
    relations: dict[UUID, Fact] = {}
    seen, edge = {node.pk}, {node.pk}
    for distance in range(1, min(depth, MOST_DEPTH) + 1):
        found = list(_relations(node.context_id, edge, visible, label=label)[: MOST_RELATED + 1])
        relations |= {fact.pk: fact for fact in found}
        ends = {end.pk: end for fact in found for end in (fact.entity, fact.target) if end and end.pk not in seen}
        nodes += [(end, distance) for end in ends.values() if visible.allows(end.scope_set_id)]
        edge = set(ends)
        seen |= edge
        if not edge or len(relations) > MOST_RELATED:
            break
    shown = list(relations.values())
    return Related(nodes=nodes, relations=shown[:MOST_RELATED], truncated=len(shown) > MOST_RELATED)


def search_nodes(
    text: str, *, context: Context, visible: Visibility, kind: str = "", k: int = 10, now: datetime
) -> list[tuple[Entity, float]]:
    """Best first, with scores from 0 to 1. While no embedder answers, by words alone."""
    token = fold_token(kind)
    hits = _hits(text, context, _tags(visible, token), k=k, now=now)
    scores = {known: hit.score for hit in hits if (known := read_uuid(hit.document.key.removeprefix("node/")))}
    found = nodes_of(context, visible).in_bulk(list(scores))
    return [
        (found[pk], score) for pk, score in scores.items() if pk in found and (not token or found[pk].type == token)
    ]


def _hits(text: str, context: Context, tags: TagExpression, *, k: int, now: datetime) -> Iterable[Hit]:
    query = Query(text=text, tags=tags, top_k=k, source=context.source, mode=Mode.HYBRID, obeys_quotes=False)
    return ask(query, now=now).hits


def _tags(visible: Visibility, kind: str) -> TagExpression:
    seen = visible.tag_expression()
    rest = (NODE, kind_tag(kind)) if kind else (NODE,)
    return TagExpression(tuple((*branch, *rest) for branch in (seen.branches if seen else ((),))))


def _relations(context_id: str, edge: Iterable[Any], visible: Visibility, *, label: str) -> QuerySet[Fact]:
    """Expects: fact_chain from one end, fact_targets from the other."""
    near = Q(entity__in=edge) | Q(target__in=edge)
    found = Fact.objects.filter(near, context=context_id, state=FactState.CURRENT, target__isnull=False, ended_at=None)
    if label:
        found = found.filter(key=fold_token(label))
    return (
        visible.filter(found)
        .select_related("entity", "entity__scope_set", "target", "target__scope_set")
        .order_by("pk")
    )
