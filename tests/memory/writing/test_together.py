"""Many at once, and those that are broken off: a turn is there or it is not."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection, connections
from django.utils import timezone

from accounts.audit import LARDER
from knowledge.models import Document
from memory.access.caller import MemoryCaller
from memory.access.contexts import create_context
from memory.models import Entity, Fact, Instruction, Proof, Session, Turn, Uncertainty
from memory.reconciliation.known import fact_records
from memory.writing.given import GivenTurn
from memory.writing.turns import store_turn
from tests import ROOT
from tests.e2e.conftest import wait_for
from tests.memory.reconciliation.story import overlapping

pytestmark = pytest.mark.django_db(transaction=True)

TABLES = (Turn, Session, Entity, Fact, Proof, Instruction, Uncertainty, Document)
TEXT = "I'm Dana, a designer at Acme. Always answer in French."


def caller(context_id: str = "acme") -> MemoryCaller:
    context = create_context(context_id, now=timezone.now(), actor=LARDER)
    return MemoryCaller(context=context, name="admin", actor=LARDER, is_admin=True)


def say(who: MemoryCaller, text: str, *, at: datetime | None = None) -> dict[str, Any]:
    now = timezone.now()
    return store_turn(who, GivenTurn(text=text, role="user", spoken_at=at or now), session="chat", scopes=[], now=now)


def test_twenty_writers_leave_one_value_and_a_whole_chain() -> None:
    who = caller()
    companies = [f"Company{number:02}" for number in range(20)]

    def write(number: int) -> None:
        try:
            say(who, f"I work at {companies[number]}.", at=datetime(2026, 1, 1 + number, tzinfo=UTC))
        finally:
            connections.close_all()

    with ThreadPoolExecutor(20) as pool:
        list(pool.map(write, range(20)))
    rows = list(Fact.objects.filter(key="works_at"))
    assert [fact.value for fact in rows if fact.state == "current"] == [companies[-1]]
    assert {fact.value for fact in rows} == set(companies)
    assert list(overlapping(fact_records(Fact.objects.filter(key="works_at")))) == []
    assert sorted(Turn.objects.values_list("seq", flat=True)) == list(range(20))
    assert Entity.objects.filter(is_self=True).count() == 1


class BrokenOff(Exception):
    """As if the process had ended here."""


@contextmanager
def ending_at(number: int) -> Iterator[list[str]]:
    """Raise before the nth statement that is sent; those that were sent before it."""
    sent: list[str] = []

    def count(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if len(sent) == number:
            raise BrokenOff
        sent.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(count):
        yield sent


def counts() -> list[int]:
    return [model._default_manager.count() for model in TABLES]


def test_a_turn_that_is_broken_off_at_any_statement_leaves_nothing() -> None:
    who = caller()
    say(who, "Hello there.")
    before = counts()
    for number in range(200):
        with ending_at(number) as sent:
            try:
                say(who, TEXT)
            except BrokenOff:
                pass
            else:
                break
        assert counts() == before, sent[-1]
    else:
        pytest.fail("never came to its end")
    assert number > 15  # statements of one turn
    assert Fact.objects.filter(key="role", value="designer").exists()
    assert Instruction.objects.filter(active=True).count() == 1


SPEAK = """
import os, django; django.setup()
from django.utils import timezone
from accounts.audit import LARDER
from memory.access.caller import MemoryCaller
from memory.models import Context
from memory.writing.given import GivenTurn
from memory.writing.turns import store_turn
who = MemoryCaller(context=Context.objects.get(pk="acme"), name="admin", actor=LARDER, is_admin=True)
number = os.getpid() * 1_000
while True:
    now, number = timezone.now(), number + 1
    turn = GivenTurn(text=f"I work at Company{number}. I like tea{number}.", role="user", spoken_at=now)
    store_turn(who, turn, session="chat", scopes=[], now=now)
"""


def test_a_killed_process_leaves_whole_turns_alone() -> None:
    caller()
    name = connection.settings_dict["NAME"]
    url = os.environ["DATABASE_URL"].rsplit("/", 1)[0] + f"/{name}"
    environment = {**os.environ, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "config.settings"}
    command = [sys.executable, "-c", SPEAK]
    for _ in range(2):
        with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL) as process:
            before = Turn.objects.count()
            wait_for(lambda: Turn.objects.count() > before + 2, within_s=60)  # noqa: B023 - called at once
            process.send_signal(signal.SIGKILL)
    turns = Turn.objects.filter(extraction={}).count()
    assert (turns, Turn.objects.exists()) == (0, True)
    assert (
        Fact.objects.filter(key="works_at").count() == Fact.objects.filter(key="likes").count() == Turn.objects.count()
    )
    assert Fact.objects.filter(key="works_at", state="current").count() == 1
    live = Document.objects.filter(deleted_at=None, tags__contains=["kind:fact"])
    assert live.count() == Fact.objects.filter(state="current").count()
