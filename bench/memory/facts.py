"""Turns that rules read, and queries that the rows answer, in a context that holds many facts.

The facts come in as triples through the API, with their documents in the store and vectors that are ready.
"""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count, islice
from statistics import quantiles
from typing import Any

from bench.compare.cpu import between
from bench.compare.measure import Call, rates, timed
from bench.compare.programs import BenchmarkFailed
from bench.compare.report import Row
from bench.compare.stack import Stack
from bench.compare.wire import Line, post_request
from bench.memory.people import CITIES, FACTS_EACH, company, person, triples

CONTEXT = "bench"
AT_ONCE = 3_000
RATE_S, RATE_TURNS = 10, 3
MOST_TURN_MS, MOST_QUERY_MS = 150, 30

distinct = count(1)


def measure_facts(stack: Stack, *, facts: int, turns: int) -> Iterator[Row]:
    key = stack.key("admin")
    with Line(stack.port) as line:
        line.send(post_request(f"/api/v1/contexts/{CONTEXT}", {}, key=key))
        yield _load(line, key, facts)
        people = facts // FACTS_EACH
        for work, call, most_ms in (
            ("turn read by rules", _turning(line, key, people), MOST_TURN_MS),
            ("query answered directly", _asking(line, key, people), MOST_QUERY_MS),
        ):
            yield _p95(work, call, stack, calls=turns, at_most=most_ms)
    for clients in (1, 4):
        yield _rate(stack, key, people, clients=clients)


def _load(line: Line, key: str, facts: int) -> Row:
    told = triples(facts)
    seconds = 0.0
    while some := list(islice(told, AT_ONCE)):
        request = _request("facts", {"infer": "triples", "triples": some}, key)
        seconds += timed(lambda request=request: line.send(request))  # type: ignore[misc] # called at once
    return Row(
        work=f"{facts:,} triples in parts of {AT_ONCE:,}",
        ours=f"{facts / seconds:,.0f}/s",
        theirs="",
        ratio=facts / seconds,
    )


def _p95(work: str, call: Call, stack: Stack, *, calls: int, at_most: float) -> Row:
    """With the CPU of web and PostgreSQL, which a busy machine changes least."""
    call()
    before = stack.processes.sample()
    ms = [timed(call) * 1_000 for _ in range(calls)]
    spent = between(before, stack.processes.sample(), calls=calls)
    spent_ms = spent["web"] + spent["postgresql"]
    cuts = quantiles(ms, n=20)
    return Row(
        work=f"{work}, p95",
        ours=f"{cuts[-1]:.1f} ms (p50 {cuts[9]:.1f}, CPU {spent_ms:.0f})",
        theirs=f"goal {at_most} ms",
        ratio=cuts[-1] / at_most,
        at_most=1,
    )


def _rate(stack: Stack, key: str, people: int, *, clients: int) -> Row:
    @contextmanager
    def client() -> Iterator[Call]:
        with Line(stack.port) as line:
            yield _turning(line, key, people)

    contenders = {"turns": (client, stack.processes)}
    found = rates(contenders, clients=clients, seconds=RATE_S, turns=RATE_TURNS)["turns"].calls_s
    return Row(work=f"turns a second, {clients} clients", ours=f"{found:.1f}/s", theirs="", ratio=found)


def _turning(line: Line, key: str, people: int) -> Call:
    """A conversation of its own; each turn says something else."""
    number = next(distinct)
    texts = _turns(random.Random(number), people)

    def call() -> None:
        told = line.json(_request("facts", {"text": next(texts), "session_id": f"bench-{number}"}, key))
        if told["stage"] != "rules" or not told["complete"]:
            raise BenchmarkFailed(f"{told} was not read by rules.")

    return call


def _turns(chance: random.Random, people: int) -> Iterator[str]:
    while True:
        who, where = person(chance.randrange(people)), company(chance.randrange(people))
        yield f"I work at {where} now."
        yield f"{who} lives in {chance.choice(CITIES)}."
        yield f"My manager is {who}."
        yield f"{who} works at {where}."


def _asking(line: Line, key: str, people: int) -> Call:
    chance = random.Random(0)

    def call() -> None:
        found = line.json(_request("query", {"query": f"Where does {person(chance.randrange(people))} work?"}, key))
        if found["tier"] != "direct" or not found["hits"]:
            raise BenchmarkFailed(f"{found} was not answered directly.")

    return call


def _request(path: str, body: dict[str, Any], key: str) -> bytes:
    return post_request(f"/api/v1/{CONTEXT}/{path}", body, key=key)
