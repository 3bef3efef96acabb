"""Children that read files: kept, replaced, limited, and asked for several files at once."""

import signal
from collections.abc import Iterator
from typing import Any

import pytest

from ingestion.extract import sandbox
from ingestion.extract.sandbox import ChildLost, How, ask_children, end_children
from ingestion.models import File
from tests.ingestion.conftest import ProcessAll, upload
from tests.ingestion.pages import LARGE, SMALL
from tests.ingestion.reading import ask_child

PLAIN = ("text", b"x")
ROWS = b"a,b\n" * 3_000_000
"""A table that takes a second to read."""


@pytest.fixture(autouse=True)
def no_child_stays() -> Iterator[None]:
    yield
    end_children()


def text_of(answer: sandbox.Answer | ChildLost) -> str:
    return answer.how if isinstance(answer, ChildLost) else answer.get("text") or answer["unreadable"]


def test_a_reader_that_hangs_is_ended() -> None:
    with pytest.raises(ChildLost) as lost:
        ask_child("csv", b"a,b\n" * 3_000_000, wall_s=0.05)
    assert lost.value.how == How.HUNG
    assert ask_child("text", b"next")["text"] == "next"


def test_a_reader_that_dies_is_replaced() -> None:
    child = sandbox.Child()
    child._process.kill()
    with pytest.raises(ChildLost) as lost:
        list(child.ask([PLAIN], wall_s=5))
    assert lost.value.how == How.KILLED
    child.end()


def test_a_reader_that_died_while_nobody_asked_costs_nothing() -> None:
    ask_child("text", b"x")
    for child in sandbox._idle:
        child._process.kill()
        child._process.wait()
    assert ask_child("text", b"next")["text"] == "next"


def test_a_reader_that_goes_over_its_processor_time_is_not_tried_again() -> None:
    child = sandbox.Child()
    list(child.ask([PLAIN], wall_s=10))
    child._process.send_signal(signal.SIGXCPU)  # as the kernel does it
    with pytest.raises(ChildLost) as lost:
        list(child.ask([PLAIN], wall_s=10))
    assert lost.value.how == How.DIED
    child.end()


def test_a_reader_holds_none_of_our_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://somebody:secret@db/larder")
    child = sandbox.Child("tests.ingestion.confined")  # started as a reader is, which nobody looks into
    [found] = child.ask([("environment", b"")], wall_s=10)
    child.end()
    assert "PYTHONPATH" in found["text"]
    assert "secret" not in found["text"]


def test_a_reader_may_not_take_all_memory() -> None:
    answer = ask_child("json", b"[" + b"0," * 30_000_000 + b"0]")
    assert "more memory" in answer["unreadable"] or "more than" in answer["unreadable"]


def test_files_that_go_together_are_answered_in_their_order_by_one_child() -> None:
    found = list(ask_children([("text", b"%d" % number) for number in range(64)]))
    assert [text_of(answer) for answer in found] == [str(number) for number in range(64)]
    [child] = sandbox._idle
    assert child.files == 64


def test_nothing_to_read_asks_nobody() -> None:
    assert list(ask_children([])) == []
    assert not sandbox._idle


def test_of_files_that_go_together_one_that_hangs_is_lost_alone() -> None:
    ask_child(*PLAIN)
    [child] = sandbox._idle
    answers = ask_children([PLAIN, ("csv", ROWS), ("text", b"behind it")], wall_s=2)
    assert text_of(next(answers)) == "x"
    child._process.send_signal(signal.SIGSTOP)
    assert [text_of(answer) for answer in answers] == [How.HUNG, "behind it"]


def test_of_files_that_go_together_one_whose_reader_is_killed_is_lost_alone() -> None:
    ask_child(*PLAIN)
    [child] = sandbox._idle
    answers = ask_children([PLAIN, ("csv", ROWS), ("text", b"behind it")])
    assert text_of(next(answers)) == "x"
    child._process.kill()
    assert [text_of(answer) for answer in answers] == [How.KILLED, "behind it"]


def test_a_reader_whose_answers_nobody_waits_for_is_ended() -> None:
    answers = ask_children([PLAIN, PLAIN, PLAIN])
    next(answers)
    del answers
    assert not sandbox._idle


def test_a_reader_out_of_memory_costs_its_file_alone(reports: Any, process_all: ProcessAll, monkeypatch: Any) -> None:
    end_children()
    monkeypatch.setattr(sandbox, "READER", "tests.ingestion.short_of_memory")
    try:
        upload(reports, ("first.html", SMALL), ("large.html", LARGE), ("last.html", SMALL + b"<p>The last one.</p>"))
        process_all()
    finally:
        end_children()
    found = {file.file_name: file for file in File.objects.all()}
    assert [found[f"{name}.html"].state for name in ("first", "large", "last")] == ["done", "failed", "done"]
    large = found["large.html"]
    assert (large.attempts, large.temporary) == (1, False)
    assert "more memory" in large.error
