"""Who waits for another server gives its slot to others; what has no end of its own gets one."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from config.web.request_buffering import Semaphore
from core.waiting import slots
from core.waiting.deadlines import finish_within
from core.waiting.recent import RecentAnswers
from core.waiting.slots import has_slot, slot_given_back, working


def test_a_slot_is_free_while_its_request_waits_and_taken_again_afterwards() -> None:
    semaphore = Semaphore(1)
    with working(semaphore):
        assert has_slot()
        with slot_given_back() as given_back:
            assert given_back
            assert not has_slot()
            assert semaphore.free.qsize() == 1
        assert has_slot()
        assert semaphore.free.qsize() == 0
    assert semaphore.free.qsize() == 1
    assert not has_slot()


def test_a_wait_within_a_wait_changes_nothing() -> None:
    semaphore = Semaphore(2)
    with working(semaphore), slot_given_back(), slot_given_back() as again:
        assert not again
        assert semaphore.free.qsize() == 2
    assert semaphore.free.qsize() == 2


def test_a_slot_comes_back_from_a_wait_that_failed() -> None:
    semaphore = Semaphore(1)
    with pytest.raises(KeyError), working(semaphore), slot_given_back():
        raise KeyError
    assert semaphore.free.qsize() == 1
    with working(semaphore), slot_given_back() as given_back:
        assert given_back


def test_no_more_wait_at_a_time_than_may(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slots, "_places", threading.BoundedSemaphore(1))
    semaphore, entered, leave = Semaphore(2), threading.Event(), threading.Event()

    def wait() -> None:
        with working(semaphore), slot_given_back():
            entered.set()
            leave.wait(10)

    other = threading.Thread(target=wait)
    other.start()
    assert entered.wait(10)
    with working(semaphore), slot_given_back() as given_back:
        assert not given_back
        assert has_slot()
    leave.set()
    other.join()


def test_work_without_a_request_has_no_slot_to_give() -> None:
    with slot_given_back() as given_back:
        assert not given_back
    assert not has_slot()


def test_one_caller_asks_for_all_who_want_to_know() -> None:
    asked, go_on = [], threading.Event()

    def ask() -> int:
        asked.append(1)
        go_on.wait(10)
        return 7

    answers: RecentAnswers[int] = RecentAnswers(live_s=60)
    with ThreadPoolExecutor(8) as pool:
        told = [pool.submit(answers.get, "key", ask) for _ in range(8)]
        time.sleep(0.05)
        go_on.set()
        assert [each.result(10) for each in told] == [7] * 8
    assert answers.get("key", ask) == 7
    assert len(asked) == 1


def test_nobody_waits_who_knows_an_older_answer() -> None:
    answers: RecentAnswers[str] = RecentAnswers(live_s=0)
    answers.get("key", lambda: "old")
    asking, go_on = threading.Event(), threading.Event()

    def ask() -> str:
        asking.set()
        go_on.wait(10)
        return "new"

    with ThreadPoolExecutor(1) as pool:
        other = pool.submit(answers.get, "key", ask)
        assert asking.wait(10)
        assert answers.get("key", ask) == "old"
        go_on.set()
        assert other.result(10) == "new"


def test_a_question_that_fails_is_asked_again() -> None:
    answers: RecentAnswers[float] = RecentAnswers(live_s=60)
    with pytest.raises(ZeroDivisionError):
        answers.get("key", lambda: 1 / 0)
    assert answers.get("key", lambda: 1.0) == 1.0


def test_what_does_not_end_is_left_behind() -> None:
    go_on = threading.Event()
    with pytest.raises(TimeoutError):
        finish_within(0.05, lambda: go_on.wait(10))
    go_on.set()
    assert finish_within(10, lambda: 7) == 7
    with pytest.raises(KeyError):
        finish_within(10, lambda: dict[str, int]()["nothing"])
