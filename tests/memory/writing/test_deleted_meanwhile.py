"""What is written while its place, its session or its context is deleted: it is there, or it is told that it is not."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

import pytest
from django.db import connections, transaction
from django.utils import timezone

from accounts.audit import LARDER
from knowledge.models import Document
from memory.access.caller import MemoryCaller
from memory.access.contexts import create_context
from memory.errors import ContextNotFound
from memory.locks import hold_context
from memory.models import Context, ScopeSet, Turn
from memory.nodes import read_nodes, upsert_nodes
from memory.upkeep.erasing import forget_scope
from memory.upkeep.removal import delete_context
from memory.writing.given import GivenTurn
from memory.writing.triples import store_triples
from memory.writing.turns import store_turn
from tests.e2e.conftest import wait_for

pytestmark = pytest.mark.django_db(transaction=True)

Write = Callable[[MemoryCaller, datetime], Any]
TRIPLE = {"entity": {"type": "product", "name": "Stool"}, "key": "price", "value": "9"}


def say(who: MemoryCaller, now: datetime) -> Any:
    return store_turn(
        who, GivenTurn(text="I live in Riga.", role="user", spoken_at=now), session="c", scopes=[], now=now
    )


def state(who: MemoryCaller, now: datetime) -> Any:
    return store_triples(who, [TRIPLE], session="c", scopes=[], labels=(), observed_at=now, now=now)


def upsert(who: MemoryCaller, now: datetime) -> Any:
    given = read_nodes([{"kind": "product", "slug": "s", "title": "Stool", "content": {"price": "9"}}], [])
    return upsert_nodes(
        given,
        context=who.context,
        scopes=lambda: lambda clauses: who.writing(clauses, now=now),
        actor="a",
        now=now,
    )


@pytest.fixture
def who() -> MemoryCaller:
    context = create_context("acme", now=timezone.now(), actor=LARDER)
    caller = MemoryCaller(context=context, name="admin", actor=LARDER, is_admin=True)
    say(caller, timezone.now())
    return caller


def written_meanwhile(who: MemoryCaller, write: Write, delete: Callable[[], Any]) -> Any:
    """What comes of a write that waits for the context while something is deleted there."""

    def run() -> Any:
        try:
            return write(who, timezone.now())
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            hold_context(who.context)
            waiting = pool.submit(run)
            wait_for(lambda: _is_waited_for() or waiting.done(), within_s=10)
            delete()
        return waiting.result(20)


def _is_waited_for() -> bool:
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
        return bool(cursor.fetchone()[0])


@pytest.mark.parametrize("write", [say, state, upsert])
def test_what_is_written_while_its_scope_is_forgotten_is_there_afterwards(who: MemoryCaller, write: Write) -> None:
    assert written_meanwhile(who, write, lambda: forget_scope(who, None, now=timezone.now()))
    (place,) = ScopeSet.objects.all()
    assert all(place.tag in document.tags for document in Document.objects.all())
    assert Document.objects.exists()
    assert Turn.objects.count() == (write is say)


@pytest.mark.parametrize("write", [say, state, upsert])
def test_what_is_written_while_its_context_is_deleted_is_refused(who: MemoryCaller, write: Write) -> None:
    with pytest.raises(ContextNotFound):
        written_meanwhile(who, write, lambda: delete_context(who.context, now=timezone.now(), actor=LARDER))
    assert (Context.objects.count(), Document.objects.count()) == (0, 0)
