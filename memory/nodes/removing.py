"""Taking a node out of the catalogue. Its history stays."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from knowledge.deleting.trash import delete_keys
from memory.locks import hold_context
from memory.models import Entity, Fact, FactState, SourceKind
from memory.writing.searchable import NEVER

DELETED = "deleted from its memory"


@transaction.atomic
def delete_node(node: Entity, *, actor: str, now: datetime) -> None:
    """What it said and what related it ends now; it stays an entity, for what others said and for the past."""
    hold_context(node.context)
    held = Entity.objects.select_for_update().get(pk=node.pk)
    about = Q(entity=held) | Q(target=held)
    said = Fact.objects.filter(about, context=held.context_id, source_kind=SourceKind.NODE, ended_at=None)
    said.filter(state__in=[FactState.CURRENT, FactState.CLAIM]).update(state=FactState.CLOSED, ended_at=now)
    same = Entity.objects.filter(
        context=held.context_id, scope_set=held.scope_set_id, type=held.type, folded=held.folded, slug=""
    )
    if same.exists():
        held.folded = f"{held.folded} ({held.slug} {held.pk.hex})"
    held.slug, held.placeholder, held.content, held.content_json = "", False, "", None
    held.updated_at = now
    held.save(update_fields=["slug", "folded", "placeholder", "content", "content_json", "updated_at"])
    keys = [f"node/{held.pk}"]
    delete_keys(held.context.source, keys, now=now, actor=actor, reason=DELETED, unless_after=NEVER)
