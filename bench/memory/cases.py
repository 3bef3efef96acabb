"""Conversations with all that is expected of them, played against a running server.

    .venv/bin/python -m bench.memory.cases CASES.jsonl URL KEY [ID ...]

KEY is an admin's. Each case gets a context of its own, which is deleted afterwards. A line is as `bench.memory` has it,
and may say more: `needs` (`rules`; `model` or `either` where a turn that is not read wholly is told so and only `never`
holds), `scopes`, and per turn of `expect` entities, instructions, uncertainties, corrections, `counts`, `exact` where
there is nothing else; `state` with `instructions` and `unknowns`; `history`, `as_of` and `lens` with what stands there
and what is `absent`; `rows`, how many are stored. State is what is so at the case's `now`.
"""

import argparse
import json
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from bench.memory.client import Memory, connect
from bench.memory.expectations import (
    SELF,
    Matcher,
    fold,
    of_a_chain,
    of_a_turn,
    of_the_state,
    present_although_absent,
)

EVER = {"validFrom": "0001-01-02T00:00:00Z"}
TYPES = ("person", "organisation", "product", "policy", "project", "other")
GIVEN = ("infer", "scope", "scopes", "labels", "role")
SESSION = "told"

Case = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class PlayedCase:
    """What was answered to each turn, and what is so afterwards."""

    case: Case
    memory: Memory
    told: Sequence[Mapping[str, Any]]
    state: Mapping[str, Sequence[Mapping[str, Any]]]

    @property
    def is_read(self) -> bool:
        """Whether nothing stayed unread."""
        return all(each["complete"] for each in self.told)

    @property
    def speaker(self) -> str:
        return next((row["name"] for row in self.state["entities"] if row.get("isSelf")), "user")

    @property
    def matcher(self) -> Matcher:
        return Matcher(speaker=frozenset({SELF, "user", fold(self.speaker)}))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cases", type=Path, help="JSON lines")
    parser.add_argument("url")
    parser.add_argument("key")
    parser.add_argument("ids", nargs="*", help="of cases; none: all")
    arguments = parser.parse_args()
    lines = arguments.cases.read_text(encoding="utf-8").splitlines()
    cases = [case for case in map(json.loads, lines) if not arguments.ids or case["id"] in arguments.ids]
    with connect(arguments.url, arguments.key) as http:
        failed = [case["id"] for case in cases if not _tell(case, http)]
    print(f"{len(cases) - len(failed)} of {len(cases)} hold")
    raise SystemExit(1 if failed else 0)


def _tell(case: Case, http: httpx.Client) -> bool:
    context = f"case-{uuid.uuid4().hex[:12]}"
    memory = Memory.made(http, context)
    try:
        found = play(case, memory)
        faults = list(check(found))
        read = "" if found.is_read else ", not all read"
    except httpx.HTTPStatusError as error:
        faults, read = [f"{error}: {error.response.text[:200]}"], ""
    finally:
        http.delete(f"/api/v1/contexts/{context}")
    print(f"{case['id']} {case.get('area', '')}: {'fails' if faults else 'holds'}{read}")
    for fault in faults:
        print(f"    {fault}")
    return not faults


def play(case: Case, memory: Memory) -> PlayedCase:
    told = [memory.post("facts", body_of(turn, case)) for turn in case["turns"]]
    return PlayedCase(case=case, memory=memory, told=told, state=memory.state(**_at(case["now"])))


def body_of(turn: Mapping[str, Any], case: Case) -> dict[str, Any]:
    """Of `POST /facts`. A document says what a curated source would: triples."""
    place = {"scopes": case["scopes"]} if "scopes" in case else {}
    given = {name: turn[name] for name in GIVEN if name in turn}
    said = {"session_id": SESSION, "observed_at": turn.get("ts") or case.get("now"), **place, **given}
    if "document" in turn:
        return {**said, "infer": "triples", "triples": turn["document"]["triples"]}
    return {**said, "text": turn["content"]}


def check(played: PlayedCase) -> Iterator[str]:
    """What does not hold, a sentence each."""
    yield from present_although_absent(played.matcher, played.state, played.case.get("never", ()))
    if played.is_read or played.case.get("needs", "rules") == "rules":
        yield from _check_turns(played)
        yield from of_the_state(played.matcher, played.state, played.case.get("state", {}))
        yield from _check_history(played)
        yield from _check_views(played)
        yield from _check_rows(played)


def _check_turns(played: PlayedCase) -> Iterator[str]:
    for number, (told, expected) in enumerate(zip(played.told, played.case.get("expect", ()), strict=False)):
        for fault in of_a_turn(played.matcher, told, expected):
            yield f"turn {number}: {fault}"


def _check_history(played: PlayedCase) -> Iterator[str]:
    for each in played.case.get("history", ()):
        name = played.speaker if each["entity"] == SELF else each["entity"]
        chains = (played.memory.history(type_, name, each["key"]) for type_ in TYPES)
        yield from of_a_chain(next(filter(None, chains), []), each["values"])


def _check_views(played: PlayedCase) -> Iterator[str]:
    """Reads at an instant and through a lens."""
    views = [({**_at(each["at"])}, each) for each in played.case.get("as_of", ())]
    views += [({"lens": each["lens"], **_at(played.case["now"])}, each) for each in played.case.get("lens", ())]
    for asked, each in views:
        seen = played.memory.state(**asked)
        for kind in ("attributes", "relations"):
            yield from played.matcher.missing(f"{asked}: {kind}", seen[kind], each.get(kind, ()))
        yield from present_although_absent(played.matcher, seen, each.get("absent", ()))


def _check_rows(played: PlayedCase) -> Iterator[str]:
    wanted = played.case.get("rows", {})
    found = _rows(played) if wanted else {}
    for kind, count in wanted.items():
        if kind == "entities_named":
            stored = played.memory.get("entities", limit=500)["entities"]
            names = [fold(row["name"]) for row in stored]
            found[kind] = {name: names.count(fold(name)) for name in count}
        if found[kind] != count:
            yield f"{kind}: {found[kind]} rows, not {count}"


def _rows(played: PlayedCase) -> dict[str, Any]:
    """How many there are. An instruction that was given is known by its id, whatever became of it."""
    ever, given = (
        played.memory.state(**EVER),
        [row for told in played.told for row in told["extraction"]["instructions"]],
    )
    return {
        "attributes": len(ever["attributes"]),
        "relations": len(ever["relations"]),
        "turns": len(played.memory.get(f"sessions/{SESSION}/turns", limit=500)["turns"]),
        "instructions": len({row["id"] for row in given}),
        "instructions_active": len(played.state["instructions"]),
    }


def _at(instant: str) -> dict[str, str]:
    return {"validFrom": instant, "validUntil": instant}


if __name__ == "__main__":
    main()
