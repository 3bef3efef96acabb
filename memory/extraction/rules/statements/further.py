"""What stands behind something that was read: `uses Terraform` + `for the infrastructure`."""

from collections.abc import Sequence
from dataclasses import replace

from memory.extraction.diff import Move
from memory.extraction.rules.everyday.tails import read_tail
from memory.extraction.rules.general.complements import read_complements
from memory.extraction.rules.general.lexicon import PLACE_NOUNS, TURNING
from memory.extraction.rules.general.phrases import Phrase
from memory.extraction.rules.scene import Assertion
from memory.extraction.rules.statements.predication import Predication
from memory.extraction.rules.text.phrases import Cursor, read_name
from memory.extraction.rules.text.tokens import Token
from memory.extraction.rules.text.words import words
from memory.vocabulary.folding import fold_token
from memory.vocabulary.keys import KEYS, known_key

LONGEST = 4
"""Words of a value that may stand in a key."""


def with_further(told: Predication) -> Predication:
    """With what was left over under a key of both, `uses_terraform_for`; where that cannot be, it stays left over."""
    first = told.assertions[0] if len(told.assertions) == 1 else None
    if place := _workplace(told):
        return replace(told, assertions=[*told.assertions, place], rest=False, left=())
    turned = any(token.low in TURNING - {"because"} for token in told.left)
    if first is None or first.target or known_key(first.key).single or first.move is Move.END or told.general or turned:
        return told
    if _is_pair(told.left):
        return told
    if any(first.key.endswith(key) for key, known in KEYS.items() if known.target):
        return told
    cursor = Cursor(told.left)
    found = read_complements(cursor, objects=False)
    said = first.value
    if not cursor.done and (plain := _plainly(told, said)):
        return replace(told, assertions=[first, plain], rest=False, left=())
    if (
        not cursor.done
        or not (found.further or found.when)
        or (found.dated and not _came_about(told))
        or len(said.split()) > LONGEST
    ):
        return told
    begin = f"{first.key}_{fold_token(said)}"
    if any(joint == "because_of" for joint, _ in found.further):
        return told  # why, and no relation of the two
    more = [_behind(first, begin, run) for run in _runs(found.further)]
    if found.when:
        more.append(replace(first, key=f"{begin}_when", value=" ".join(found.when), inferred=True))
    return replace(told, assertions=[first, *more], rest=False, left=())


_WHERE = ("in", "on", "at", "from")


def _runs(further: Sequence[tuple[str, Phrase]]) -> list[Sequence[tuple[str, Phrase]]]:
    """Phrases that belong together; what stands behind a named place is of the verb (`on Gotland with two friends`)."""
    if further and further[0][0] in _WHERE and further[0][1].is_named and len(further) > 1:
        return [further[:1], further[1:]]
    return [further] if further else []


def _behind(first: Assertion, begin: str, further: Sequence[tuple[str, Phrase]]) -> Assertion:
    """`with a dent in the door`: a second phrase belongs to the noun before it."""
    (joint, phrase), *rest = further
    said = " ".join([phrase.text, *(f"{each.replace('_', ' ')} {other.text}" for each, other in rest)])
    return replace(first, key=f"{begin}_{joint}", value=said.removeprefix("my ").removeprefix("our "), inferred=True)


_JOINTS = ("at", "in", "on", "for", "with", "from")


def _came_about(told: Predication) -> bool:
    """Whether the day is of what is told (`bought a house in Arnhem in 2019`)."""
    return all(each.event for each in told.assertions)


def _is_pair(left: Sequence[Token]) -> bool:
    """`for chat and Notion for docs`: two things, each with its own."""
    lows = [token.low for token in left]
    joint = lows[0] if lows else ""
    return "and" in lows and joint in lows[lows.index("and") :]


def _plainly(told: Predication, said: str) -> Assertion | None:
    """`at home`: a preposition and a few words that hold no time."""
    tail = read_tail(Cursor(told.left))
    first = told.assertions[0]
    short = tail is not None and tail.joint in _JOINTS and tail.text and not tail.dated and len(tail.tokens) <= 5
    if not short or tail is None or tail.again or len(said.split()) > LONGEST:
        return None
    return replace(first, key=f"{first.key}_{fold_token(said)}_{tail.joint}", value=tail.text, inferred=True)


def _workplace(told: Predication) -> Assertion | None:
    """`a judge in Turin`: where one works, which need not be where one lives."""
    cursor = Cursor(told.left)
    where = cursor.take_any(("in", "at", "for", "from", "on"))
    place = read_name(cursor) if where in ("in", "from") else ""
    keys = {each.key for each in told.assertions if each.key != "has_sibling"}
    if "role" not in keys or not keys <= {"role", "works_at"} or not where:
        return None
    role = next(each for each in told.assertions if each.key == "role")
    if place and cursor.done:
        key = "hometown" if where == "from" else "works_in"
        return replace(role, key=key, value=place, said_with="", inferred=True)
    tail = read_tail(Cursor(told.left))
    if tail is not None and where == "on" and keys == {"role"} and tail.tokens[-1].low in ("shift", "ward", "desk"):
        return replace(role, key="position", value=f"on {tail.text}", said_with="", inferred=True)
    where_at = tail is not None and tail.joint in ("in", "at", "for") and not (tail.dated or tail.again)
    if not where_at or tail is None or keys != {"role"} or tail.tokens[1].low not in ("a", "an", "the"):
        return None
    if not {token.low for token in tail.tokens[2:]} & WORKPLACES:
        return None
    return replace(role, key="workplace", value=tail.text, said_with="", inferred=True)


WORKPLACES = PLACE_NOUNS | words(
    """shipyard ward firm company agency charity supermarket brewery council practice surgery nursery kindergarten
    department salon garage college institute lab laboratory newspaper start-up startup law-firm centre consultancy
    hospice winery care-home home zoo airline embassy ministry court publisher bar pub pizzeria canteen mill mine
    port dairy butcher's builder's railway contractor manufacturer bureau chain farm house"""
)


def _plain(text: str) -> str:
    """Without the speaker's `my`."""
    return text.removeprefix("my ").removeprefix("our ")
