"""What is known of the speaker, a line a fact."""

from typing import Any

from django.db.models import Q

from memory.access.caller import MemoryCaller
from memory.models import Category, Entity
from memory.reading.shapes import instruction_row
from memory.reading.state import active_instructions
from memory.reading.time_filter import Reader

MOST = 200
LISTS = {Category.IDENTITY: "static", Category.CONTEXT: "dynamic", Category.KNOWLEDGE: "preferences"}


def speakers(reader: Reader, caller: MemoryCaller) -> list[Entity]:
    """The speaker in each of the scope sets that the reader sees: the caller's own, else whoever speaks there."""
    principal = caller.acts_for or caller.principal
    rows = reader.visibility.filter(Entity.objects.filter(context=reader.context, is_self=True))
    own = Q(principal=principal) if principal else Q()
    return list(rows.filter(own).order_by("created_at", "pk")[:MOST])


def read_profile(reader: Reader, caller: MemoryCaller) -> dict[str, Any]:
    """Identity, context and knowledge of the speaker; a relation as its key and the name at its other end."""
    rows = reader.facts().shown().filter(entity__in=speakers(reader, caller)).order_by("known_from", "pk")[:MOST]
    lines: dict[str, list[dict[str, str]]] = {name: [] for name in LISTS.values()}
    for fact in rows:
        value = fact.target.name if fact.target else fact.value
        lines[LISTS[Category(fact.category)]].append({"key": fact.key, "value": value})
    instructions = [instruction_row(each) for each in active_instructions(reader, most=MOST)]
    return {**lines, "instructions": instructions}
