"""Short chat that leaves its subject out: `Bought a house in Tartu`, `Learning Danish`, `blood type's O negative`."""

from collections.abc import Sequence
from dataclasses import replace

from memory.extraction.rules.scene import Scene, guess_type
from memory.extraction.rules.subjects.relatives import RELATIVES
from memory.extraction.rules.text.forms import FORMS
from memory.extraction.rules.text.lexicon import ADVERBS, BE
from memory.extraction.rules.text.nouns import DIETS, OTHER_RELATIONS, SERVING
from memory.extraction.rules.text.phrases import Cursor, is_proper
from memory.extraction.rules.text.tokens import Token
from memory.extraction.rules.text.words import words

_BEING = DIETS | words("allergic based born married left-handed right-handed originally fluent severely badly from")
_OWNED = words("name birthday age email phone mobile")
_OWNED_PAIRS = {("blood", "type"), ("blood", "group"), ("shoe", "size"), ("email", "address"), ("phone", "number")}
_KIN = words("mum mom mam mammy mummy dad daddy mama papa nan gran granny grandma grandpa grandad granddad")
_PARTED = words("based born left met read set put cut let split known")
_BEFORE = ADVERBS | words("finally recently")


def completed(tokens: Sequence[Token], scene: Scene) -> Sequence[Token]:
    """With the subject that was left out; empty where the clause has one, or where it may be somebody else."""
    if not tokens or any(scene.type_of(each.name) in ("person", "") for each in scene.mentions.values()):
        return ()
    at = 0
    while at < len(tokens) - 1 and (tokens[at].low in _BEFORE or tokens[at].kind == "time"):
        at += 1
    return _with(tokens, at, _subject(Cursor(tokens, at)))


_HOUSEHOLD = words("wife husband missus hubby kids")
_CALLING = words("from here speaking with at")


def as_of_speaker(tokens: Sequence[Token]) -> Sequence[Token]:
    """`the wife` is the speaker's own; `this is Renée from accounting` names the speaker."""
    lows = [token.low for token in tokens[:5]]
    if any(token.low == "me" for token in tokens[:-1]):
        tokens = [_mine(tokens, at) for at in range(len(tokens))]
    if lows[:1] in (["my"], ["our"]) and lows[2:5] in (["'s", "name", "is"], ["'s", "name", "'s"]):
        return [*tokens[:2], *tokens[4:]] if lows[1] in OTHER_RELATIONS | SERVING else tokens
    if _is_called(tokens):
        return [*tokens[:5], *tokens[6:]]
    if lows[:4] in (["i", "am", "member", "of"], ["i", "am", "member", "in"]):
        article = replace(tokens[2], text="a", low="a", end=tokens[2].start)
        return [*tokens[:2], article, *tokens[2:]]
    if len(lows) > 2 and lows[0] == "the" and lows[1] in _HOUSEHOLD:
        return [replace(tokens[0], low="my"), *tokens[1:]]
    if lows[:2] == ["this", "is"] and len(lows) > 3 and is_proper(tokens[2]) and set(lows[3:5]) & _CALLING:
        return [replace(tokens[0], text="I", low="i"), replace(tokens[1], text="am", low="am"), *tokens[2:]]
    if len(lows) == 2 and lows[1] == "here" and guess_type(tokens[0].text) == "person":
        first = tokens[0]
        said = [replace(first, text=each, low=each, end=first.start) for each in ("i", "am")]
        return [*said, first]
    return tokens


def _is_called(tokens: Sequence[Token]) -> bool:
    """`my sister's husband is called Emeka`: he is."""
    lows = [token.low for token in tokens[:6]]
    kin = len(tokens) == 7 and {lows[1], lows[3]} <= RELATIVES.keys()
    return kin and lows[0] in ("my", "our") and [lows[2], lows[4]] == ["'s", "is"] and lows[5] in ("called", "named")


_SMALL = words("wee little baby lil")
_DONE_BY_SOMEBODY = words(
    """works lives goes plays starts studies drives teaches got gets has is was turns just moved started finished swims
    sings dances coaches runs cooks loves hates likes wants"""
) | {"'s"}
_DONE_BY_NO_THING = words("lives goes plays studies drives teaches swims sings dances coaches cooks loves hates likes")


_WORDS_AND_NAMES = words(
    """poppy ruby daisy lily rose grace joy hope faith amber jade ivy holly violet summer mark will jack frank bill rob
    grant dean pat art penny pearl heather hazel olive robin willow iris april june carol dawn eve guy max miles ray
    sandy skip sonny stella jimmy terry jackie billy kay gail jean dot"""
)
"""Given names that are words, too: behind `our` or `wee`, and before a verb, they are names."""


def without_kin_owner(tokens: Sequence[Token], scene: Scene) -> Sequence[Token]:
    """`our Denise works nights`, `wee Isla sleeps`: somebody of the family, by her name alone."""
    at = 0
    while at < min(2, len(tokens)) and tokens[at].low in _SMALL | {"our"}:
        at += 1
    name = tokens[at] if at < len(tokens) - 1 else None
    if not at or name is None or not is_proper(name):
        return tokens
    after = tokens[at + 1].low
    given = (guess_type(name.text) == "person" or name.low in _WORDS_AND_NAMES) and after in _DONE_BY_SOMEBODY
    if not given and (after not in _DONE_BY_NO_THING or tokens[0].low != "our"):
        return tokens
    scene.mention(name.text, "person")
    return tokens[at:]


def _mine(tokens: Sequence[Token], at: int) -> Token:
    """`with me nan`: hers who speaks so."""
    after = tokens[at + 1].low if at + 1 < len(tokens) else ""
    return replace(tokens[at], low="my") if tokens[at].low == "me" and after in _KIN | _ALSO_MINE else tokens[at]


_ALSO_MINE = words("mate mates brother sister wife husband dog kids lad missus dinner tea")


def _subject(cursor: Cursor) -> str:
    low = cursor.low()
    if low == "can" and cursor.low(1) == "not":
        return "i"
    if _is_owned(cursor):
        return "my"
    if low in _BEING or "ing" in _kinds(low):
        return "i am"
    return "i" if "past" in _kinds(low) and "base" not in _kinds(low) and low not in _PARTED else ""


def _kinds(low: str) -> set[str]:
    return {kind for _, kind in FORMS.get(low, ())}


def _is_owned(cursor: Cursor) -> bool:
    """`blood type's …`, `Dad lives …`: by its verb, which a heading has not."""
    if cursor.low() in _KIN:
        return bool(FORMS.get(cursor.low(1))) or cursor.low(1) in BE | {"'s"}
    width = 2 if (cursor.low(), cursor.low(1)) in _OWNED_PAIRS else 1
    return (width == 2 or cursor.low() in _OWNED) and cursor.low(width) in BE | {"'s"}


def _with(tokens: Sequence[Token], at: int, subject: str) -> Sequence[Token]:
    if not subject:
        return ()
    first = tokens[at]
    said = [replace(first, text=each, low=each, kind="word", end=first.start) for each in subject.split()]
    begun = replace(first, text=first.text[:1].lower() + first.text[1:]) if first.low in FORMS else first
    return [*tokens[:at], *said, begun, *tokens[at + 1 :]]
