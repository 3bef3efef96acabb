"""What somebody does in general: plays, collects, learns, drives, and never eats."""

from memory.extraction.rules.families.assertions import attribute, read_technology
from memory.extraction.rules.families.tastes import read_language
from memory.extraction.rules.scene import Assertion, Ref, Scene
from memory.extraction.rules.text.foods import FOODS
from memory.extraction.rules.text.lexicon import FUNCTION_WORDS
from memory.extraction.rules.text.nouns import NAMELESS
from memory.extraction.rules.text.phrases import Cursor, at_boundary, join_tokens, read_list, read_name, read_thing
from memory.extraction.rules.text.verbs import VerbGroup
from memory.extraction.rules.text.words import words
from memory.extraction.rules.times.moments import MONTHS

_PLAYED = words(
    """accordion banjo bass bassoon cello clarinet cornet drums fiddle flute guitar harmonica harp keyboard mandolin
    oboe organ piano saxophone sax sitar trombone trumpet tuba ukulele viola violin
    badminton baseball basketball billiards bridge cards checkers chess cricket darts dominoes football futsal golf
    handball hockey lacrosse padel paintball pickleball poker polo pool rugby snooker soccer softball squash tennis
    volleyball"""
)
_KINDS_OF_PLAY = words("table beach ice field water double electric acoustic classical lead rhythm american")


def read_play(cursor: Cursor, ref: Ref, group: VerbGroup, scene: Scene) -> list[Assertion]:
    """`play the cello`, `play tennis and chess`; not what is being played just now."""
    if group.progressive or group.passive:
        return []
    return [attribute(ref, "plays", each) for each in read_list(cursor, _played)]


def _played(cursor: Cursor) -> str:
    cursor.take_any(("the", "some", "a"))
    start = cursor.at
    cursor.take_all(_KINDS_OF_PLAY)
    if not cursor.take_any(_PLAYED) or not at_boundary(cursor):
        return ""
    return join_tokens(cursor.tokens[start : cursor.at])


def read_collect(cursor: Cursor, ref: Ref, group: VerbGroup, scene: Scene) -> list[Assertion]:
    """`collect stamps`, `collect old maps`: things, and several of them."""
    if group.progressive or group.passive:
        return []
    return [attribute(ref, "collects", each) for each in read_list(cursor, _collected)]


_NO_COLLECTIONS = words("debts taxes rents fees payments parcels packages points kids children signatures days")


def _collected(cursor: Cursor) -> str:
    start = cursor.at
    while cursor.kind() == "word" and cursor.low() not in FUNCTION_WORDS and cursor.at - start < 4:
        cursor.at += 1
    run = cursor.tokens[start : cursor.at]
    plural = run and run[-1].low.endswith("s") and not run[-1].is_capital and at_boundary(cursor)
    return join_tokens(run) if plural and run[-1].low not in _NO_COLLECTIONS else ""


def read_title_of(cursor: Cursor, ref: Ref, group: VerbGroup, scene: Scene) -> list[Assertion]:
    """`I'm reading Middlemarch`: a title has its capital or stands in quote marks."""
    if not group.progressive or group.negated or ref.type != "person":
        return []
    title = read_name(cursor)
    return [attribute(ref, "reading", title)] if title and at_boundary(cursor) else []


def read_support(cursor: Cursor, ref: Ref, group: VerbGroup, scene: Scene) -> list[Assertion]:
    """`support Slavia`: a club or a cause by its name."""
    if group.passive or group.negated or group.progressive or ref.type != "person":
        return []
    name = read_name(cursor)
    fits = name and at_boundary(cursor) and scene.type_of(name) != "person"
    return [attribute(ref, "supports", name)] if fits else []


def read_train(cursor: Cursor, ref: Ref, group: VerbGroup, scene: Scene) -> list[Assertion]:
    """`training for a half marathon`: what one trains for."""
    if not group.progressive or group.negated or ref.type != "person" or not cursor.take("for"):
        return []
    goal = read_thing(cursor)
    if not set(goal.casefold().split()) & _RACES:
        return []
    when = cursor.low().split() if goal and cursor.kind() == "time" else []
    if when[:1] == ["in"] and when[1] in MONTHS:
        goal = f"{goal} {cursor.tokens[cursor.at].text}"  # of the race, and no time of the training
        cursor.at += 1
    return [attribute(ref, "training_for", goal)]


_RACES = words(
    """marathon marathons triathlon ironman race 10k 5k ultra ultramarathon tournament olympics regatta fight"""
)


def read_learn(cursor: Cursor, ref: Ref, group: VerbGroup, scene: Scene) -> list[Assertion]:
    """`learning Spanish`, `learning the cello`: a language, a tool, an instrument."""
    if group.passive or group.negated or not (group.progressive or group.began):
        return []
    cursor.take("to", "speak")
    cursor.take("to", "play")
    return [attribute(ref, "learns", each) for each in read_list(cursor, _learnt)]


def _learnt(cursor: Cursor) -> str:
    return cursor.attempt(read_language) or cursor.attempt(read_technology) or cursor.attempt(_played)


def read_teach(cursor: Cursor, ref: Ref, group: VerbGroup, scene: Scene) -> list[Assertion]:
    """`teach chemistry`, `teach Spanish and French`: a subject that is known as one."""
    if group.passive or group.negated:
        return []
    return [attribute(ref, "teaches", each) for each in read_list(cursor, _subject)]


_SUBJECTS = words(
    """algebra anatomy architecture art arts astronomy biology business calculus chemistry computing dance design drama
    economics engineering english geography geology geometry history informatics law linguistics literature marketing
    mathematics maths math medicine music nursing painting philosophy photography physics pilates politics psychology
    science sociology statistics swimming theology yoga"""
)
_BRANCHES = words("organic marine applied modern ancient political computer creative physical high middle social art")


def _subject(cursor: Cursor) -> str:
    start = cursor.at
    cursor.take_all(_BRANCHES - _SUBJECTS)
    found = cursor.take_any(_SUBJECTS)
    return join_tokens(cursor.tokens[start : cursor.at]) if found else cursor.attempt(read_language)


COLOURS = words("black blue white red green grey gray silver yellow orange old new small big used second-hand")


def read_drive(cursor: Cursor, ref: Ref, group: VerbGroup, scene: Scene) -> list[Assertion]:
    """`drive a 2015 Skoda Octavia`, `drive an old Volvo`: what has a brand's name."""
    if group.progressive or group.passive or not cursor.take_any(("a", "an", "my")):
        return []
    cursor.take_all(COLOURS)
    start = cursor.at
    if cursor.kind() == "number":
        cursor.at += 1
    name = read_name(cursor)
    if not name or not at_boundary(cursor) or name.casefold() in NAMELESS:
        return []
    return [attribute(ref, "drives", join_tokens(cursor.tokens[start : cursor.at]))]


_PLAIN_DENIAL = words("i we he she do does not never ever can have eat eats drink drinks also no longer")
_HOW = words("raw cooked fried red white processed spicy")


def read_abstain(cursor: Cursor, ref: Ref, group: VerbGroup, scene: Scene) -> list[Assertion]:
    """`don't eat pork`, `never drink coffee or tea`: at no time; what is eaten says nothing."""
    said = {token.low for token in cursor.tokens[: cursor.at] if not token.is_capital or token.low == "i"}
    if not (group.negated or group.ended) or not said <= _PLAIN_DENIAL:
        return []
    avoided = read_list(cursor, _eaten)
    if not avoided or not cursor.done:
        return []
    group.negated = group.ended = False
    return [attribute(ref, "avoids", each) for each in avoided]


def _eaten(cursor: Cursor) -> str:
    cursor.take("any")
    start = cursor.at
    cursor.take_all(_HOW)
    return join_tokens(cursor.tokens[start : cursor.at]) if cursor.take_any(FOODS) else ""
