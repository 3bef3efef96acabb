"""What `make bench` reckons with: processors' time, the exact answer, and which lines are asked for."""

import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from bench.compare.corpus import SELECTIVITIES, make_corpus, nearest, tags_of
from bench.compare.cpu import Processes, between, shown, total

BUSY = """
import sys, time
sys.stdin.readline()
while time.process_time() < 0.3:
    pass
print(flush=True)
sys.stdin.read()
"""


def test_a_childs_time_counts_under_its_kind_and_ours_as_the_clients() -> None:
    pipe = subprocess.PIPE
    with subprocess.Popen([sys.executable, "-c", BUSY, "a-kind"], stdin=pipe, stdout=pipe) as child:
        processes = Processes(roots=(child.pid,), kinds={"a-kind": "server"}, rest="other")
        before = processes.sample()
        assert child.stdin
        assert child.stdout
        child.stdin.write(b"\n")
        child.stdin.flush()
        child.stdout.readline()
        spent = between(before, processes.sample(), calls=1)
        child.communicate()
    assert 100 < spent["server"] < 10_000
    assert total(spent) == spent["server"]
    assert shown({"client": 1.0, "server": 2.0}) == "2.00 ms: server 2.00, client 1.00"


def test_time_of_a_thread_that_has_ended_still_counts() -> None:
    def work() -> None:
        ends_at = time.thread_time() + 0.1
        while time.thread_time() < ends_at:
            pass

    before = Processes(own="library").sample()
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert between(before, Processes(own="library").sample(), calls=1)["library"] >= 90


def test_a_kind_without_a_name_counts_for_nobody() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", BUSY, "a-kind"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as child:
        assert not Processes(roots=(child.pid,), kinds={"a-kind": ""}, rest="other").sample().others
        child.kill()


@pytest.mark.parametrize("tag", ["", *SELECTIVITIES])
@pytest.mark.parametrize("width", [384, 768])
def test_the_exact_answer_is_by_cosine_among_those_with_the_tag(tag: str, width: int, tmp_path: Path) -> None:
    corpus = make_corpus(2_000, questions=3, folder=tmp_path, width=width)
    assert corpus.width == width
    unit = np.asarray(corpus.vectors, dtype=np.float64)
    unit /= np.linalg.norm(unit, axis=1, keepdims=True)
    matching = [row for row in range(2_000) if not tag or tag in tags_of(row)]
    for row, found in zip(
        corpus.question_rows(), nearest(corpus, corpus.question_rows(), count=10, tag=tag), strict=True
    ):
        assert found == set(sorted(matching, key=lambda each: -float(unit[each] @ unit[row]))[:10])


def test_vectors_that_were_left_unfinished_are_made_again(tmp_path: Path) -> None:
    whole = make_corpus(100, questions=1, folder=tmp_path)
    kept = whole.file.read_bytes()
    whole.file.rename(whole.file.with_suffix(".part.npy"))
    assert make_corpus(100, questions=1, folder=tmp_path).file.read_bytes() == kept
