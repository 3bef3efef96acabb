"""A turn that no model could read is read again, and what was read of it before is not said twice."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from memory.budget import read_metered
from memory.locks import hold_context
from memory.models import Turn, Uncertainty
from memory.reconciliation.applying import WriteTarget
from memory.retries import is_last_try
from memory.writing.answers import extraction_of, wire_id
from memory.writing.deciding import Writing, decide, texts_of, write
from memory.writing.given import GivenTurn, Infer
from memory.writing.recognising import turn_text
from memory.writing.searchable import embed_ahead
from memory.writing.turns import note_reading, source_of

UNREAD = "unread"


def reread_turn(turn_id: UUID, *, now: datetime) -> None:
    """Read it as it was said, by what is known now. A turn that is gone is nothing. Raises BudgetSpent."""
    turn = Turn.objects.select_related("context", "session", "scope_set__context").filter(pk=turn_id).first()
    if turn is None:
        return
    given = GivenTurn(
        text=turn.content,
        role=turn.role,
        spoken_at=turn.spoken_at,
        labels=tuple(turn.labels),
        infer=Infer(turn.infer),
    )
    principal = turn.session.principal
    text = turn_text(given, turn.scope_set, principal=principal, session=None)
    reading = read_metered(turn.context, text, now=now, is_last_try=is_last_try(turn.attempts))
    embedded = embed_ahead(texts_of(reading.diff), now=now)
    with transaction.atomic():
        hold_context(turn.context)
        if not Turn.objects.filter(pk=turn.pk).exists():
            return
        place = WriteTarget(scope_set=turn.scope_set, principal=principal, turn=turn)
        source = source_of(given, turn)
        Uncertainty.objects.filter(turn=turn, kind=UNREAD, resolved_at=None).update(
            resolved_at=now, resolved_by=str(turn)
        )
        decided = decide(reading.diff, place, source=source, now=now)
        write(decided, place, source=source, by=Writing(actor="worker", embedded=embedded, now=now))
        note_reading(turn, reading, now=now)
        turn.extraction = extraction_of(decided, turn_id=wire_id(turn), stage=reading.stage)
        turn.save()
