"""Writers, walkers and senders at the same time."""

import threading
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

pytest.importorskip("qdrant_client")

from django.db import connections, transaction

from knowledge.models import ClusterChange, Document, Passage
from knowledge.run_counts import Counts
from knowledge.search.qdrant.draining import drain_outbox
from knowledge.search.qdrant.points import PARTS, turn_for
from knowledge.search.qdrant.rebuild import begin_feed
from tests.qdrant.feeding import fill_cluster, in_cluster, in_rows
from tests.qdrant.server import Server

pytestmark = pytest.mark.django_db(transaction=True)

Push = Callable[..., Counts]


def in_a_thread(work: Callable[[], Any]) -> threading.Thread:
    def run() -> None:
        try:
            work()
        finally:
            connections.close_all()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    return thread


def test_a_passage_is_not_sent_while_its_document_is_being_changed(cluster: Server, push: Push, now: datetime) -> None:
    push({"id": "bread", "content": "bread", "tags": ["old"]}, "butter")
    fill_cluster()
    bread = Passage.objects.get(document__key="bread")
    begun, go_on = threading.Event(), threading.Event()

    def change_tags() -> None:
        with transaction.atomic():
            Document.objects.filter(key="bread").update(tags=["new"])
            begun.set()
            go_on.wait(20)

    writer = in_a_thread(change_tags)
    assert begun.wait(20)
    push("butter again")
    ClusterChange.objects.create(passage=bread.pk, model=bread.model_id, extent=3, noted_at=now)
    assert drain_outbox() == 1
    assert ClusterChange.objects.get().passage == bread.pk
    go_on.set()
    writer.join()
    assert drain_outbox() == 2
    assert in_cluster(cluster) == in_rows()
    assert in_rows()[bread.pk]["tags"] == ["new"]


def test_a_feed_waits_for_those_who_write_without_having_seen_it(cluster: Server, push: Push, now: datetime) -> None:
    push("bread")
    wrote, go_on, begun = threading.Event(), threading.Event(), threading.Event()

    def change_tags() -> None:
        with transaction.atomic():
            Document.objects.filter(key="bread").update(tags=["new"])
            wrote.set()
            go_on.wait(20)

    def begin() -> None:
        begin_feed(now=now)
        begun.set()

    writer = in_a_thread(change_tags)
    assert wrote.wait(20)
    beginner = in_a_thread(begin)
    assert not begun.wait(0.5)
    go_on.set()
    assert begun.wait(20)
    writer.join()
    beginner.join()
    fill_cluster()
    assert in_cluster(cluster) == in_rows()


def test_workers_send_each_part_one_at_a_time(cluster: Server, push: Push) -> None:
    fill_cluster()
    push(*(f"bread {number}" for number in range(10)))
    held, go_on = threading.Event(), threading.Event()

    def hold_all() -> None:
        turns = [turn_for(part) for part in range(PARTS)]
        for turn in turns:
            assert turn.__enter__()
        held.set()
        go_on.wait(20)
        for turn in turns:
            turn.__exit__(None, None, None)

    holder = in_a_thread(hold_all)
    assert held.wait(20)
    assert drain_outbox() == 0
    go_on.set()
    holder.join()
    assert drain_outbox() == 10


def test_pushes_and_four_workers_at_once_end_with_what_the_rows_hold(cluster: Server, push: Push) -> None:
    push(*(f"bread {number}" for number in range(30)))
    fill_cluster()
    stop = threading.Event()

    def work() -> None:
        while not stop.is_set():
            drain_outbox()

    workers = [in_a_thread(work) for _ in range(4)]
    for round_ in range(12):
        push(*({"id": f"bread {number}", "content": f"bread {number}", "tags": [f"t{round_}"]} for number in range(30)))
        push(*(f"bread {number} of {round_}" for number in range(5)))
    stop.set()
    for each in workers:
        each.join()
    drain_outbox()
    assert not ClusterChange.objects.exists()
    assert in_cluster(cluster) == in_rows()
    assert len(in_rows()) == 90


def test_a_write_that_is_rolled_back_notes_nothing(cluster: Server, push: Push) -> None:
    push("bread")
    fill_cluster()
    with transaction.atomic():
        push("butter")
        assert ClusterChange.objects.exists()
        transaction.set_rollback(True)
    assert not ClusterChange.objects.exists()
