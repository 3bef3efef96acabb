"""Tokens of a month, and what they stop: no turn is read by a model beyond them, and every other one is."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from threading import Thread
from typing import Any

import pytest
from django.db import connection
from pytest_django import Settings

from memory.budget import budget_allows, check_budget, read_metered, record_usage, used_tokens
from memory.errors import BudgetSpent
from memory.extraction import pipeline
from memory.extraction.diff import SELF, Diff
from memory.extraction.models.reader import Attempt, ModelReader
from memory.extraction.reading import ReadingOutcome, ReadingStage, Usage
from memory.models import Context, TokenUse
from tests.memory.extraction.played import Played, played, relation, reply, turn

pytestmark = pytest.mark.django_db

MARCH = date(2026, 3, 1)
SAID = "Ich wohne in Riga"
RIGA = reply(relations=[relation(SELF, "lives_in", "Riga")])


@pytest.fixture
def now() -> datetime:
    return datetime(2026, 3, 18, 10, tzinfo=UTC)


@pytest.fixture
def model(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Played]:
    monkeypatch.setattr(pipeline, "read_by_rules", lambda read: Diff(unread=(read.text,)))
    with played(RIGA) as running:
        settings.MEMORY_MODEL_URL = running.server.url
        settings.MEMORY_FAST_MODEL = "small"
        yield running


def use(context: Context, tokens: int, *, now: datetime) -> None:
    record_usage(context, [Usage(model="small", tokens_in=tokens)], now=now)


@pytest.mark.parametrize(
    ("limit", "enforced", "blocked", "used", "allowed"),
    [
        (None, True, False, 10**12, True),
        (100, True, False, 99, True),
        (100, True, False, 100, False),
        (100, False, False, 100, True),
        (0, True, False, 0, False),
        (None, True, True, 0, False),
        (None, False, True, 0, False),
    ],
)
def test_a_budget_allows_until_it_is_spent(
    limit: int | None, enforced: bool, blocked: bool, used: int, allowed: bool
) -> None:
    context = Context(pk="acme", token_limit=limit, enforce_limit=enforced, enforcement_blocked=blocked)
    assert budget_allows(context, used=used) is allowed


def test_what_a_turn_costs_is_counted_by_month_and_model(model: Played, context: Context, now: datetime) -> None:
    for at in (now, now, now + timedelta(days=30)):
        assert read_metered(context, turn(SAID), now=at).stage is ReadingStage.FAST
    rows = TokenUse.objects.order_by("month").values_list(
        "context_id", "month", "model", "tokens_in", "tokens_out", "calls"
    )
    assert list(rows) == [
        ("acme", MARCH, "small", 240, 60, 2),
        ("acme", date(2026, 4, 1), "small", 120, 30, 1),
    ]
    assert used_tokens(context, month=MARCH) == 300


def test_a_server_that_counts_nothing_costs_what_is_estimated(context: Context, now: datetime, model: Played) -> None:
    from tests.providers.scripted import script_of

    whole = {"choices": [{"message": {"content": '{"entities": []}'}}]}
    with played(script_of(200, whole)) as silent:
        reading = pipeline.read_turn(turn(SAID), readers=silent.readers("small"), floor=0.7)
    assert reading.tokens_in > 300
    assert reading.tokens_out > 0


def test_a_spent_budget_says_when_the_next_month_begins(model: Played, context: Context, now: datetime) -> None:
    context.token_limit = 100
    use(context, 100, now=now)
    with pytest.raises(BudgetSpent, match="100 of its 100 tokens") as caught:
        read_metered(context, turn(SAID), now=now)
    assert caught.value.extra == {"retry_after_s": 13 * 86_400 + 14 * 3_600}
    assert model.bodies == []
    assert read_metered(context, turn(SAID), now=now + timedelta(days=14)).complete


def test_a_blocked_context_asks_no_model(model: Played, context: Context, now: datetime) -> None:
    context.enforcement_blocked = True
    with pytest.raises(BudgetSpent, match="blocked"):
        check_budget(context, now=now)


def test_a_neighbours_tokens_are_its_own(context: Context, neighbour: Context, now: datetime) -> None:
    context.token_limit = 100
    use(neighbour, 1_000, now=now)
    check_budget(context, now=now)


def test_a_context_without_models_is_read_by_rules(model: Played, context: Context, now: datetime) -> None:
    context.use_models = False
    reading = read_metered(context, turn(SAID), now=now)
    assert (reading.outcome, reading.may_be_tried_again, model.bodies) == (ReadingOutcome.UNREAD, False, [])


def test_each_model_that_is_named_is_a_stage(settings: Settings, model: Played) -> None:
    from memory.extraction.models.configured import configured_readers

    settings.MEMORY_STRONG_MODEL, settings.MEMORY_STRONG_TIMEOUT_S = "large", 7
    assert [(stage, reader.model, reader.timeout_s) for stage, reader in configured_readers()] == [
        (ReadingStage.FAST, "small", 8),
        (ReadingStage.STRONG, "large", 7),
    ]
    settings.MEMORY_FAST_MODEL = ""
    assert [stage for stage, _ in configured_readers()] == [ReadingStage.STRONG]
    settings.MEMORY_MODEL_URL = ""
    assert not configured_readers()


@pytest.mark.django_db(transaction=True)
def test_nobody_keeps_a_connection_while_a_model_thinks(
    model: Played, context: Context, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    held: list[object] = []
    read = ModelReader.read

    def watched(self: ModelReader, *arguments: Any, **options: Any) -> Attempt:
        held.append(connection.connection)
        return read(self, *arguments, **options)

    monkeypatch.setattr(ModelReader, "read", watched)
    assert read_metered(context, turn(SAID), now=now).complete
    assert held == [None]
    assert TokenUse.objects.get().calls == 1


@pytest.mark.django_db(transaction=True)
def test_no_count_is_lost_between_processes(context: Context, now: datetime) -> None:
    def count() -> None:
        for _ in range(20):
            use(context, 1, now=now)
        connection.close()

    threads = [Thread(target=count) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    row = TokenUse.objects.get()
    assert (row.tokens_in, row.calls) == (100, 100)
