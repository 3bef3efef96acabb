"""Tokens that a context may spend in a calendar month (UTC), and reading a turn within that.

A turn that rules can read costs nothing and is never refused.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from django.db import connection
from django.db.models import Sum

from memory.errors import BudgetSpent
from memory.extraction.diff import TurnText
from memory.extraction.models.configured import Readers, configured_readers
from memory.extraction.pipeline import read_turn
from memory.extraction.reading import TurnReading, Usage
from memory.models import Context, TokenUse

BLOCKED_RETRY_S = 3_600

# One row a context, month and model, to which all processes add: no count is lost between them.
_ADD_USE = """
INSERT INTO memory_tokenuse (context_id, month, model, tokens_in, tokens_out, calls) VALUES (%s, %s, %s, %s, %s, 1)
ON CONFLICT (context_id, month, model) DO UPDATE SET
    tokens_in = memory_tokenuse.tokens_in + excluded.tokens_in,
    tokens_out = memory_tokenuse.tokens_out + excluded.tokens_out,
    calls = memory_tokenuse.calls + excluded.calls
"""


def read_metered(
    context: Context,
    turn: TurnText,
    *,
    now: datetime,
    ends_at: float | None = None,
    is_last_try: bool = False,
    by_models: bool = False,
) -> TurnReading:
    """As the context's settings say, and with what it costs written down. Call it outside of a transaction.

    Raises BudgetSpent where a model is needed and none may be asked; then nothing has been written. `ends_at`, of the
    monotonic clock: what several turns of one request share. `is_last_try`: rather what rules are sure of than nothing.
    """
    reading = read_turn(
        turn,
        readers=readers_of(context),
        floor=context.confidence_floor,
        before_model=lambda: prepare_for_model(context, now=now),
        ends_at=ends_at,
        is_last_try=is_last_try,
        by_models=by_models,
    )
    record_usage(context, reading.usage, now=now)
    return reading


def prepare_for_model(context: Context, *, now: datetime) -> None:
    """Raises BudgetSpent. A model takes seconds: the connection goes back to the pool, so that those who wait for
    models do not keep everybody else from the database."""
    check_budget(context, now=now)
    if not connection.in_atomic_block:
        connection.close()


def readers_of(context: Context) -> Readers:
    return configured_readers() if context.use_models else ()


def budget_allows(context: Context, *, used: int) -> bool:
    """Whether a model may be asked, with so many tokens used this month. Pure."""
    if context.enforcement_blocked:
        return False
    return not context.enforce_limit or context.token_limit is None or used < context.token_limit


def check_budget(context: Context, *, now: datetime) -> None:
    """Raises BudgetSpent, with the seconds until the next month begins."""
    needs_count = context.enforce_limit and context.token_limit is not None
    used = used_tokens(context, month=month_of(now)) if needs_count else 0
    if budget_allows(context, used=used):
        return
    if context.enforcement_blocked:
        detail = f"The context {context.id} may ask no model at the moment: enforcement is blocked."
        raise BudgetSpent(detail, retry_after_s=BLOCKED_RETRY_S)
    raise BudgetSpent(
        f"The context {context.id} has used {used:,} of its {context.token_limit:,} tokens of this month.",
        retry_after_s=_until_next_month_s(now),
    )


def used_tokens(context: Context, *, month: date) -> int:
    """Of all models, in and out."""
    found = TokenUse.objects.filter(context=context, month=month).aggregate(
        into=Sum("tokens_in"), out=Sum("tokens_out")
    )
    return (found["into"] or 0) + (found["out"] or 0)


def record_usage(context: Context, usage: Sequence[Usage], *, now: datetime) -> None:
    rows = [(context.pk, month_of(now), use.model, use.tokens_in, use.tokens_out) for use in usage]
    if rows:
        with connection.cursor() as cursor:
            cursor.executemany(_ADD_USE, rows)


def month_of(now: datetime) -> date:
    return now.astimezone(UTC).date().replace(day=1)


def _until_next_month_s(now: datetime) -> int:
    first = (month_of(now) + timedelta(days=32)).replace(day=1)
    begins = datetime(first.year, first.month, first.day, tzinfo=UTC)
    return max(1, int((begins - now).total_seconds()))
