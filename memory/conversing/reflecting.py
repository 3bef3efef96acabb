"""What follows from the things that are remembered about a question, with those that it follows from."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from pydantic import BaseModel

from memory.access.caller import MemoryCaller, Verb
from memory.conversing.answering import Prose, ask, model_of
from memory.conversing.prompts import reflect_messages, schema_of
from memory.extraction.diff import SELF, Diff, EntityRow, FactRow
from memory.extraction.injection import flags_of, is_hostile
from memory.models import Category, SourceKind
from memory.reading.finding import Found, MemoryQuery, find
from memory.reading.hits import MemoryHit
from memory.reading.time_filter import Reader
from memory.reconciliation.applying import WriteTarget
from memory.reconciliation.records import Source
from memory.vocabulary.sanitising import HIT_CHARS, sanitise
from memory.writing.answers import extraction_of
from memory.writing.deciding import Writing, decide, texts_of, write
from memory.writing.places import hold_place
from memory.writing.searchable import embed_ahead

KEY = "reflection"
"""Of what is persisted: several at once, and of no key that anybody says something about."""

CONFIDENCE = 0.5
NOTHING = "Nothing is remembered about that."
SCHEMA = schema_of(reflection={"type": "string"}, evidence={"type": "array", "items": {"type": "integer"}})


class Thought(BaseModel):
    reflection: Prose
    evidence: list[Any]


@dataclass(frozen=True, kw_only=True)
class Reflection:
    """`evidence`: ids of hits. `persisted`: rows in the published shape."""

    text: str
    trace_id: str
    evidence: Sequence[str] = ()
    persisted: Sequence[dict[str, Any]] = ()

    def told(self) -> dict[str, Any]:
        return {
            "reflection": self.text,
            "evidence": list(self.evidence),
            "persistedAttributes": list(self.persisted),
            "traceId": self.trace_id,
        }


def reflect(caller: MemoryCaller, query: MemoryQuery, reader: Reader, *, persist: bool, now: datetime) -> Reflection:
    """No model is asked where nothing is remembered. Raises ModelMissing, BudgetSpent, ModelBusy, ModelUnavailable.

    `persist`: what names its evidence is kept as an attribute of the entity that the question names, else of the
    speaker. Raises MemoryForbidden where the caller may not write.
    """
    asked = model_of(caller.context)
    if persist:
        caller.require(Verb.MEMORY_WRITE)
    found = find(query, reader, caller, kind="reflect")
    trace_id = f"trace:{found.trace.pk}"
    if not found.hits:
        return Reflection(text=NOTHING, trace_id=trace_id)
    messages = reflect_messages(query.text, remembered=[hit.text for hit in found.hits], now=now)
    thought = ask(caller.context, asked, messages, shape=Thought, schema=SCHEMA, now=now)
    evidence = _named_hits(thought.evidence, found.hits)
    kept = _persist(caller, thought.reflection, found, now=now) if persist and evidence else ()
    return Reflection(text=thought.reflection, trace_id=trace_id, evidence=evidence, persisted=kept)


def _named_hits(numbers: Sequence[Any], hits: Sequence[MemoryHit]) -> list[str]:
    """Each once; a number that was not shown is none."""
    named = {str(number) for number in numbers}
    return [hit.id for number, hit in enumerate(hits, 1) if str(number) in named]


def _persist(caller: MemoryCaller, text: str, found: Found, *, now: datetime) -> Sequence[dict[str, Any]]:
    """Nothing, where the text would give orders to whoever reads it next."""
    if is_hostile(flags_of(text)):
        return ()
    diff = _diff(sanitise(text, chars=HIT_CHARS), found)
    embedded = embed_ahead(texts_of(diff), now=now)
    source = Source(kind=SourceKind.REFLECT, id=str(found.trace.pk), said_at=now)
    with transaction.atomic():
        scope_set = hold_place(caller, now=now)
        place = WriteTarget(scope_set=scope_set, principal=caller.acts_for or caller.principal, turn=None)
        decided = decide(diff, place, source=source, now=now)
        write(decided, place, source=source, by=Writing(actor=caller.name, embedded=embedded, now=now))
        attributes: Sequence[dict[str, Any]] = extraction_of(decided, turn_id="")["attributes"]
    return attributes


def _diff(text: str, found: Found) -> Diff:
    about = EntityRow(name=found.named[0].name, type=found.named[0].type) if found.named else EntityRow(name=SELF)
    fact = FactRow(entity=about.name, key=KEY, value=text, memory_category=Category.CONTEXT, confidence=CONFIDENCE)
    return Diff(entities=(about,), facts=(fact,))
