"""Likes and dislikes, languages, diets, tools."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial

from memory.extraction.diff import Move
from memory.extraction.rules.families.assertions import attribute, read_technology
from memory.extraction.rules.families.work import read_appointment
from memory.extraction.rules.scene import Assertion, Ref, Scene
from memory.extraction.rules.text.lexicon import ADVERBS
from memory.extraction.rules.text.nouns import DIETS, LANGUAGES
from memory.extraction.rules.text.phrases import (
    Cursor,
    at_boundary,
    is_proper,
    join_tokens,
    read_list,
    read_name,
    read_thing,
)
from memory.extraction.rules.text.roles import read_role
from memory.extraction.rules.text.tokens import Token
from memory.extraction.rules.text.verbs import Tense, VerbGroup
from memory.extraction.rules.text.words import words
from memory.vocabulary.folding import fold_token

Reader = Callable[[Cursor, Ref, VerbGroup, Scene], list[Assertion]]


def taste(key: str) -> Reader:
    def read(cursor: Cursor, ref: Ref, group: VerbGroup, scene: Scene) -> list[Assertion]:
        if ref.type not in ("person",) or (group.progressive and key != "uses") or group.passive:
            return []
        if any(token.low in ("obviously", "clearly") for token in cursor.tokens[: cursor.at]):
            return []  # as one says it of what one does not like
        start = cursor.at
        compared = group.lemma == "prefer" and any(token.low in _AGAINST for token in cursor.tokens[start + 1 :])
        if compared and not is_proper(cursor.token(1)):
            cursor.take_any(("the", "my", "our"))
        until = {"prefer": "to", "use": "at"}.get(group.lemma, "")
        found = [attribute(ref, key, each) for each in read_list(cursor, partial(read_thing, until=until))]
        if found and (cursor.low() in ("over", "to", "than") or cursor.low(0) == "rather"):
            said = join_tokens(cursor.tokens[start:])
            found += [attribute(ref, "prefers", said)] if group.lemma == "prefer" else []
            cursor.at = len(cursor.tokens)
        if found and cursor.low() in ("very", "a") and cursor.low(1) in ("much", "lot"):
            cursor.at += 2
        if not found:
            cursor.at = start
        elif key == "uses":
            _ = cursor.take("at", "work") or cursor.take("at", "home")
        return found

    return read


_AGAINST = words("to over than")


def read_stand(cursor: Cursor, ref: Ref, group: VerbGroup, scene: Scene) -> list[Assertion]:
    if not (group.able and group.negated):
        return []
    group.negated = False
    return taste("dislikes")(cursor, ref, group, scene)


def read_speak(cursor: Cursor, ref: Ref, group: VerbGroup, scene: Scene) -> list[Assertion]:
    if group.progressive and group.tense is Tense.PRESENT:
        return []
    cursor.take("fluent") or cursor.take("both") or cursor.take("native")
    start = cursor.at
    told = [attribute(ref, "speaks", each) for each in read_list(cursor, read_language)]
    return told + [attribute(ref, f"{low}_level", how) for low, how in _levels(cursor.tokens[start : cursor.at])]


_LITTLE = words("some basic little bit")


def _levels(tokens: Sequence[Token]) -> Iterator[tuple[str, str]]:
    """`a bit of Malayalam`: how little of which language."""
    for at, token in enumerate(tokens):
        if token.low not in LANGUAGES:
            continue
        begin = at
        while begin and tokens[begin - 1].low in _LITTLE | {"a", "of"}:
            begin -= 1
        said = [each.low for each in tokens[begin:at]]
        if _LITTLE & set(said):
            yield fold_token(token.low), " ".join(said).removesuffix(" of")


_HOW_WELL = words("fluent some basic native a little bit of conversational good both")
_WELL = ADVERBS | words("fluently natively well")


def read_language(cursor: Cursor) -> str:
    return cursor.attempt(_language)


def _language(cursor: Cursor) -> str:
    cursor.take_all(_HOW_WELL)
    token = cursor.token()
    if token is None or token.low not in LANGUAGES:
        return ""
    cursor.at += 1
    cursor.take_all(_WELL)
    return token.text[:1].upper() + token.text[1:]


def read_follow(cursor: Cursor, ref: Ref, group: VerbGroup, scene: Scene) -> list[Assertion]:
    cursor.take_any(("a", "an", "the"))
    diet = cursor.take_any(DIETS)
    return [attribute(ref, "diet", diet)] if diet and cursor.take("diet") else []


def read_become(cursor: Cursor, ref: Ref, group: VerbGroup, scene: Scene) -> list[Assertion]:
    start = cursor.at
    cursor.take_any(("a", "an"))
    diet = cursor.take_any(DIETS)
    if diet:
        return [attribute(ref, "diet", diet, event=True)]
    cursor.at = start
    told = read_appointment(cursor, ref)
    alone = len(told) == 1 and not read_role(Cursor(cursor.tokens[start : cursor.at]))
    return [] if alone else told


def read_switch(cursor: Cursor, ref: Ref, group: VerbGroup, scene: Scene) -> list[Assertion]:
    """`from Slack to Teams`: one of the two has to be known as a tool."""
    old, new, known = "", "", False
    if cursor.take("from"):
        old, known = _tool(cursor)
        if not old:
            return []
    if cursor.take("to"):
        new, also = _tool(cursor)
        known |= also
    if not known or (not new and not cursor.done):
        return []
    ended = [attribute(ref, "uses", old, event=True, move=Move.END)] if old else []
    return [*ended, attribute(ref, "uses", new, event=True)] if new else ended


def _tool(cursor: Cursor) -> tuple[str, bool]:
    """A tool, and whether it is known as one; else a name at the end of its phrase."""
    start = cursor.at
    name = read_name(cursor)
    whole, cursor.at = cursor.at, start
    found = read_technology(cursor)
    if found and (at_boundary(cursor) or not name or whole < cursor.at):
        return found, True
    cursor.at = max(whole, cursor.at)
    return (name if name and at_boundary(cursor) else ""), bool(found)


def read_coding(cursor: Cursor, ref: Ref, group: VerbGroup, scene: Scene) -> list[Assertion]:
    """`code in Rust`, `program in Go`."""
    cursor.take("in")
    return [attribute(ref, "uses", each) for each in read_list(cursor, read_technology)]


def read_know(cursor: Cursor, ref: Ref, group: VerbGroup, scene: Scene) -> list[Assertion]:
    if group.passive:
        return []
    return [attribute(ref, "knows", each) for each in read_list(cursor, read_technology)]


def read_allergy(cursor: Cursor, ref: Ref) -> list[Assertion]:
    """`an allergy to nuts`, `a severe peanut allergy`."""
    start = cursor.at
    cursor.at += 1
    cursor.take_any(("severe", "bad", "strong", "serious", "mild", "bit"))
    if cursor.take("allergy") and cursor.take("to"):
        return [attribute(ref, "allergic_to", each) for each in read_list(cursor, read_thing)]
    begin = cursor.at
    while cursor.kind() == "word" and cursor.low() != "allergy" and cursor.at - begin < 3:
        cursor.at += 1
    if cursor.low() == "allergy" and cursor.at > begin:
        cursor.at += 1
        return [attribute(ref, "allergic_to", join_tokens(cursor.tokens[begin : cursor.at - 1]))]
    cursor.at = start
    return []
