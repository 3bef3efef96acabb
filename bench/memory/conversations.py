"""Conversations, what a model would read in them, and whether what is kept in the end is right."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SELF, USER = "$self", "user"
NAMES = ("entity", "subject", "object", "name")
KINDS = ("entities", "attributes", "relations", "instructions", "uncertainties")


@dataclass(frozen=True, kw_only=True)
class Conversation:
    """`replies`: of the scripted model, one a turn; a text is a reply that is no JSON. `now`: when it takes place."""

    id: str
    now: str
    scopes: Any
    turns: Sequence[Mapping[str, Any]]
    replies: Sequence[Any]
    right: frozenset[str]
    wrong: frozenset[str]
    speaker: frozenset[str]

    def judge(self, kept: Iterable[str]) -> bool:
        """Whether all that is so is kept, and nothing that is not; sentences are compared in lower case."""
        found = {self._as_user(each.casefold()) for each in kept}
        return self.right <= found and not self.wrong & found

    def _as_user(self, sentence: str) -> str:
        name = next((each for each in self.speaker if sentence.startswith(f"{each} ")), "")
        return f"{USER}{sentence.removeprefix(name)}" if name else sentence


def read_conversations(file: Path) -> Iterator[Conversation]:
    """Those in which people speak, with what is true in the end."""
    for line in file.read_text(encoding="utf-8").splitlines():
        case = json.loads(line)
        if "state" in case and all("content" in turn for turn in case["turns"]):
            yield _conversation(case)


def sentences(rows: Mapping[str, Any]) -> list[str]:
    """Attributes and relations as short sentences that two stores can be compared by."""
    attributes = [_sentence(row["entity"], row["key"], row["value"]) for row in rows.get("attributes") or ()]
    relations = [_sentence(row["subject"], row["verb"], row["object"]) for row in rows.get("relations") or ()]
    return attributes + relations


def _conversation(case: Mapping[str, Any]) -> Conversation:
    """Where a case has no reply of its own, the model replies what the turn is expected to say."""
    speaker = {SELF}.union(*(_names_of_self(rows) for rows in (case["state"], *case["expect"])))
    expected = [rows | {"attributes": [*rows.get("attributes", ()), *_corrected(rows)]} for rows in case["expect"]]
    expected += [{}] * (len(case["turns"]) - len(expected))
    right = _plain(case["state"], speaker)
    said = {each for rows in expected for each in _plain(rows, speaker)}
    never = {each for row in case.get("never") or () for each in _plain(_one(row), speaker)}
    scripted = [each["fast"] for each in case.get("model") or ()]
    replies = scripted or [_named(rows, speaker) for rows in expected]
    if right and not scripted and not right & said:
        replies[0] = _named(case["state"], speaker)
    return Conversation(
        id=case["id"],
        now=case["now"],
        scopes=case.get("scopes") or [],
        turns=case["turns"],
        replies=replies,
        right=frozenset(right),
        wrong=frozenset((said | never) - right),
        speaker=frozenset(name.casefold() for name in speaker),
    )


def _names_of_self(rows: Mapping[str, Any]) -> set[str]:
    attributes = rows.get("attributes") or ()
    return {row["value"] for row in attributes if (row["entity"], row["key"]) == (SELF, "name")}


def _corrected(rows: Mapping[str, Any]) -> list[dict[str, Any]]:
    """A correction as the row that it makes, where the turn is not told to say it otherwise."""
    said = {row["key"] for row in rows.get("attributes", ())} | {row["verb"] for row in rows.get("relations", ())}
    found = [row for row in rows.get("corrections") or () if row["key"] not in said]
    return [{"entity": row["entity"], "key": row["key"], "value": row["new"]} for row in found]


def _one(row: Mapping[str, Any]) -> dict[str, Any]:
    return {f"{kind}s": [row[kind]] for kind in ("attribute", "relation") if kind in row}


def _plain(rows: Mapping[str, Any], speaker: set[str]) -> set[str]:
    """But for the speaker's own name, by which one store calls the speaker and another does not."""
    return {each for each in sentences(_named(rows, speaker)) if not each.startswith(f"{USER} name ")}


def _named(rows: Mapping[str, Any], speaker: set[str]) -> dict[str, Any]:
    """A model knows the speaker as the user."""
    return {
        kind: [
            {name: USER if name in NAMES and value in speaker else value for name, value in row.items()}
            for row in rows.get(kind) or ()
        ]
        for kind in KINDS
    }


def _sentence(entity: str, key: str, value: str) -> str:
    return " ".join(f"{entity} {key} {value}".casefold().split())
