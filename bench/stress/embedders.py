"""Sections: the embedder is silent; the embedder is flaky."""

import time

from bench.scheduler.stacks import Stack
from bench.stress.measuring import WATCHED, Report, asking, client_of, measure, push, query, some_words
from bench.stress.played import PlayedEmbedder

AT_ONCE = 40
SECONDS = 15.0
WITHIN_S = 4.0
"""A question's budget of 3 s, and a machine on which forty clients run, too."""

BACK_WITHIN_S = 70
"""The longest pause of the breaker, and a little."""


def embedder_silent(stack: Stack, embedder: PlayedEmbedder, report: Report) -> None:
    with embedder.being("silent"):
        with asking(stack, query("semantic"), at_once=AT_ONCE) as semantic:
            watched = measure(stack, WATCHED, seconds=SECONDS)
        others = measure(stack, {"hybrid query": query("hybrid"), "push": push}, seconds=3)
        _show_readiness(stack, report, reached=False)
    report.table(f"embedder silent, {AT_ONCE} questions by meaning in flight", {**watched, **others})
    report.judge_watched("embedder silent", watched)
    longest = max(semantic.seconds)
    refused = set(semantic.answers) == {"503"}
    figure = f"{longest:.1f} s at most, {dict(semantic.answers)}"
    report.goal("embedder silent: questions by meaning are 503 within 4 s", refused and longest <= WITHIN_S, figure)
    answered = set(others["hybrid query"].answers) | set(others["push"].answers) == {"200"}
    report.goal("embedder silent: hybrid and pushes are answered", answered, "see above")
    _wait_until_back(stack, report, "embedder silent")


def embedder_flaky(stack: Stack, embedder: PlayedEmbedder, report: Report) -> None:
    """A text that fails twice, while a harmless one does not in between, is taken for the one at fault: 422, rarely."""
    with embedder.being("flaky"):
        with asking(stack, query("semantic"), at_once=AT_ONCE) as semantic:
            watched = measure(stack, WATCHED, seconds=SECONDS)
        others = measure(stack, {"hybrid query": query("hybrid"), "push": push}, seconds=3)
    report.table(f"embedder flaky, {AT_ONCE} questions by meaning in flight", {**watched, **others})
    report.judge_watched("embedder flaky", watched)
    longest = max(semantic.seconds)
    right = set(semantic.answers) <= {"200", "503", "422"} and longest <= WITHIN_S
    figure = f"{longest:.1f} s at most, {dict(semantic.answers)}"
    report.goal("embedder flaky: questions are answered or refused within 4 s", right, figure)
    answered = set(others["hybrid query"].answers) | set(others["push"].answers) == {"200"}
    report.goal("embedder flaky: hybrid and pushes are answered", answered, "see above")
    _wait_until_back(stack, report, "embedder flaky")


def _show_readiness(stack: Stack, report: Report, *, reached: bool) -> None:
    with client_of(stack) as client:
        told = client.get("/readiness").json()
    report.goal("readiness says so", told["embedding"]["reachable"] is reached, str(told["status"]))


def _wait_until_back(stack: Stack, report: Report, where: str) -> None:
    """Nobody restarts anything: questions are answered again, and what pushes left waiting is embedded."""
    began = time.monotonic()
    with client_of(stack) as client:
        while time.monotonic() - began < BACK_WITHIN_S:
            answer = client.post("/api/v1/knowledge/query", json={"text": some_words()})
            pending = client.get("/api/v1/knowledge/stats").json()["pending"]
            if answer.status_code == 200 and not pending:
                break
            time.sleep(0.5)
    took = time.monotonic() - began
    report.goal(f"{where}: all is embedded afterwards", took < BACK_WITHIN_S, f"after {took:.1f} s")
