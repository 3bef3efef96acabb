"""What is so, or is done again and again: `oversees payroll`, `keeps bees`, `runs every night`."""

from memory.extraction.rules.families.counts import is_medicine
from memory.extraction.rules.general.complements import (
    Complements,
    bare,
    is_absolute,
    read_complements,
    repeats,
)
from memory.extraction.rules.general.lexicon import (
    CHORES,
    COUNTED,
    DATED,
    HAVABLE,
    KEPT,
    NOT_MADE,
    PLACE_NOUNS,
    PRACTISED,
    SPANS,
    UNDERGONE,
    UNITS,
)
from memory.extraction.rules.general.phrases import Phrase, is_plain
from memory.extraction.rules.general.shapes import Act, is_now, is_past, is_since, told_of, values_of, when_of
from memory.extraction.rules.general.verbs import ALONE, DAILY, DONE, HELD, HOW, LIGHT, LOOSE, LYING, UNDER_WAY
from memory.extraction.rules.text.forms import form_of
from memory.extraction.rules.text.lexicon import spelled_number
from memory.extraction.rules.text.phrases import Cursor, join_tokens
from memory.extraction.rules.text.verbs import Tense, VerbGroup
from memory.extraction.rules.text.words import words


def read_under_way(cursor: Cursor, group: VerbGroup) -> Act | None:
    """`renovating the kitchen`: what one is at for weeks."""
    if group.lemma not in UNDER_WAY or not group.progressive or group.tense is not Tense.PRESENT:
        return None
    found = read_complements(cursor, objects=True)
    if not found.objects or not is_since(found):
        return None
    return Act(form_of(group.lemma, "ing"), values_of(found), state=True, when=when_of(found))


def read_held(cursor: Cursor, group: VerbGroup) -> Act | None:
    if group.lemma not in HELD:
        return None
    found = read_complements(cursor, objects=True)
    if not found.objects or not is_now(group, found) or (group.progressive and found.dated and not is_since(found)):
        return None
    if group.progressive and group.tense is Tense.PRESENT and group.lemma not in _AT_IT:
        return None
    if group.lemma == "need" and any(token.low in ("i", "we") for token in cursor.tokens[:3]):
        return None
    if group.lemma == "study" and found.further:
        beside = [(f"studies_{joint}", phrase.text) for joint, phrase in found.further]
        return Act("studies", [each.text for each in found.objects], state=True, beside=beside)
    return Act(form_of(group.lemma, "third"), values_of(found), state=True, when=when_of(found))


_AT_IT = words("manage lead run coordinate handle oversee supervise represent rent teach study use chair")
"""What one is doing is so for long."""


def _had_once(cursor: Cursor, group: VerbGroup) -> Act | None:
    """`had knee surgery in 2022`, `have two meetings with Acme on Thursday`."""
    start = cursor.at
    found = read_complements(cursor, objects=True)
    heads = [each.head for each in found.objects]
    if heads and found.dated and not is_since(found):
        if is_past(group) and all(head in UNDERGONE for head in heads):
            return Act("had", values_of(found))
        if group.tense is Tense.PRESENT and all(head in DATED for head in heads):
            return Act("has", values_of(found), planned=True)
    cursor.at = start
    return None


def read_owning(cursor: Cursor, group: VerbGroup) -> Act | None:
    """`has 64 nodes`, `I've got a caravan in Tenby`: of the speaker only what one may have for long."""
    if group.lemma != "have" or group.progressive:
        return None
    if once := _had_once(cursor, group):
        return once
    speaks = any(token.low in ("i", "we") for token in cursor.tokens[: cursor.at])
    found = read_complements(cursor, objects=True)
    plain = (each.pointer or each.is_counted or (speaks and each.text.endswith("s")) for each in found.objects)
    told = found.objects and (all(plain) or bool(found.further and found.objects[0].head in HAVABLE))
    if not told or (found.dated and not is_since(found)) or not is_now(group, found):
        return None
    if speaks and not all(_is_had(each) for each in found.objects):
        return None
    return Act("has", values_of(found), state=True, when=when_of(found))


def _is_had(phrase: Phrase) -> bool:
    counted = phrase.is_counted and phrase.head in COUNTED
    return counted or phrase.head in HAVABLE or phrase.head.removesuffix("s") in HAVABLE


def read_habitual(cursor: Cursor, group: VerbGroup) -> Act | None:
    """`approves travel expenses`, `keeps bees`: what is said in the present is done again and again."""
    if group.tense is not Tense.PRESENT or group.progressive:
        return None
    kept = group.lemma in DONE | DAILY
    if not kept and group.lemma not in LIGHT:
        return None
    found = read_complements(cursor, objects=True)
    if not found.objects or found.dated or (not kept and not all(_is_kept(group, each) for each in found.objects)):
        return None
    if group.lemma == "take" and all(is_medicine(each.head) for each in found.objects):
        return Act("medication", [each.head for each in found.objects], state=True)
    if group.lemma in LOOSE and not (found.further or found.when or all(is_plain(each) for each in found.objects)):
        return None
    return Act(form_of(group.lemma, "third"), values_of(found), state=True, when=when_of(found))


def _is_kept(group: VerbGroup, phrase: Phrase) -> bool:
    """Of a light verb only what makes it plain: `keep bees`, `make indie games`, `takes 30 percent`."""
    if group.lemma == "keep":
        return phrase.head in KEPT
    if group.lemma == "take" and is_medicine(phrase.head):
        return True
    if group.lemma == "do":
        return phrase.head in (CHORES if phrase.pointer else PRACTISED)
    if group.lemma == "make":
        return phrase.head.endswith("s") and phrase.head not in NOT_MADE
    return phrase.is_counted and not phrase.pointer


_MUCH = words("hours days nights shifts kilometres km miles minutes weeks")


def _how_much(cursor: Cursor) -> str:
    """`32 hours a week`, `four days on, four days off`."""
    start = cursor.at
    number = cursor.kind() == "number" or spelled_number(cursor.low()) is not None
    if number and cursor.low(1) in (
        "hours",
        "days",
        "nights",
        "shifts",
        "kilometres",
        "km",
        "miles",
        "minutes",
        "weeks",
    ):
        cursor.at += 2
        if cursor.take_any(UNITS) and cursor.take_any(SPANS):
            return join_tokens(cursor.tokens[start : cursor.at])
        if cursor.take("on") and _and(cursor) and cursor.low(2) == "off":
            cursor.at += 3
            return join_tokens(cursor.tokens[start : cursor.at])
    cursor.at = start
    return ""


def _and(cursor: Cursor) -> bool:
    cursor.take_any((",", "and"))
    return True


_SHIFTS = words("night day early late morning evening afternoon weekend double split")


def _shifts(cursor: Cursor, group: VerbGroup) -> Act | None:
    """`works night shifts at the hospital`."""
    if group.lemma != "work" or group.tense is not Tense.PRESENT:
        return None
    start = cursor.at
    if not (cursor.take_any(_SHIFTS) and cursor.take_any(("shifts", "shift"))):
        cursor.at = start
        return None
    found = read_complements(cursor, objects=False)
    said = [*(f"{joint} {phrase.text}" for joint, phrase in found.further), *found.when]
    worked = " ".join(token.text for token in cursor.tokens[start : start + 2])
    return Act("works", [" ".join([worked, *said])], state=True, when=worked) if not found.dated else None


def read_lying(cursor: Cursor, group: VerbGroup) -> Act | None:
    if told := _shifts(cursor, group):
        return told
    if group.lemma in LYING and cursor.take("on", "my", "own") and is_now(group, Complements()):
        return Act(form_of(group.lemma, "third"), ["alone"], state=True)
    if group.lemma in LYING and (how := cursor.take_any(HOW)) and is_now(group, Complements()):
        return Act(form_of(group.lemma, "third"), [how], state=True)
    if group.lemma in LYING and (much := _how_much(cursor)) and is_now(group, Complements()) and not group.progressive:
        return Act(form_of(group.lemma, "third"), [much], state=True, when=much)
    if group.lemma not in LYING or cursor.low() not in LYING[group.lemma].split():
        return None
    found = read_complements(cursor, objects=False)
    if not found.further or not is_now(group, found):
        return None
    joint, phrase = found.further[0]
    if group.lemma in ("live", "reside") and joint != "with" and not (phrase.is_named or phrase.head in PLACE_NOUNS):
        return None  # `I live on coffee`
    return told_of(form_of(group.lemma, "third"), found, state=True)


def _stays_true(text: str) -> bool:
    """`in March`, `every night`, `at eight`."""
    at_an_hour = any(spelled_number(each) or each in ("noon", "midnight") for each in text.casefold().split())
    return is_absolute(text) or repeats(text.casefold()) or at_an_hour


_RECURRING = ALONE | words(
    """come visit help volunteer shut run renew change go leave depart meet happen rehearse train ship deploy release
    deliver"""
)


_COMING = ("come", "go", "run", "help")


def read_recurring(cursor: Cursor, group: VerbGroup) -> Act | None:
    """`runs every night at 2:30`, `renews in March`: with a time in words that stay true."""
    if group.lemma not in _RECURRING or group.tense is not Tense.PRESENT or group.progressive:
        return None
    particle = cursor.take_any(("in", "out", "over", "round", "around", "by")) if group.lemma in _COMING else ""
    found = read_complements(cursor, objects=False)
    times = [*found.dated, *found.when]
    placed = all(joint in ("at", "in") and is_plain(phrase) for joint, phrase in found.further)
    told = times and placed and all(_stays_true(text) for text in times)
    when = " ".join([*times, *(f"{joint} {phrase.text}" for joint, phrase in found.further)])
    key = "_".join(filter(None, (form_of(group.lemma, "third"), particle)))
    return Act(key, [bare(when)], state=True, when=when) if told else None
