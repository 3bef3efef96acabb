"""One clause by its verb and the tail behind it: all of it, or nothing."""

from collections.abc import Sequence

from memory.extraction.diff import SELF
from memory.extraction.rules.everyday.again import with_again
from memory.extraction.rules.everyday.tails import Tail, read_tail
from memory.extraction.rules.everyday.who import is_somebody, read_who
from memory.extraction.rules.general.doer import Doer
from memory.extraction.rules.general.doers import agrees
from memory.extraction.rules.general.reading import predication
from memory.extraction.rules.plain.being import read_plain_being
from memory.extraction.rules.plain.events import read_event
from memory.extraction.rules.plain.habits import read_able, read_only
from memory.extraction.rules.plain.lacks import read_lack
from memory.extraction.rules.plain.ordinary import read_busy, read_came_about, read_running, read_undergone
from memory.extraction.rules.plain.shape import Telling
from memory.extraction.rules.plain.states import read_being, read_lasting
from memory.extraction.rules.scene import Assertion, Ref, Scene
from memory.extraction.rules.statements.predication import Predication
from memory.extraction.rules.text.forms import form_of
from memory.extraction.rules.text.phrases import Cursor
from memory.extraction.rules.text.tokens import Token
from memory.extraction.rules.text.verbs import Tense, VerbGroup, read_verb
from memory.extraction.rules.text.words import words

LONGEST = 24
"""Tokens of a clause."""


def read_verbal(tokens: Sequence[Token], scene: Scene, *, before: Sequence[Ref]) -> Predication | None:
    if not 2 < len(tokens) <= LONGEST:
        return None
    cursor = Cursor(with_again(tokens), casual=scene.casual, known=scene.known)
    cursor.skip()
    cursor.take(",")
    if cursor.done:
        return None
    for doer in read_who(cursor, scene, before):
        start = cursor.at
        for reader in (read_lack, _being, _acting):
            cursor.at = start
            told = reader(cursor, doer)
            if told is not None and cursor.done and told.facts:
                return _predication(doer, told)
        cursor.at = start
    return None


def _predication(doer: Doer, told: Telling) -> Predication:
    found = predication(doer, told.group, told.facts, over=False, state=told.state, dateless=told.dateless)
    found.planned = told.planned
    return found


def _being(cursor: Cursor, doer: Doer) -> Telling | None:
    group = read_verb(cursor, copula=True)
    plain = group is not None and group.lemma == "be" and not (group.negated or group.ended or group.able)
    if not plain or group is None:
        return None
    return read_being(cursor, doer, group) or read_plain_being(cursor, doer, group)


def _acting(cursor: Cursor, doer: Doer) -> Telling | None:
    only = bool(cursor.take("only")) and is_somebody(doer)
    start = cursor.at
    group = read_verb(cursor)
    if group is None or group.lemma == "be" or group.negated or group.ended:
        return None
    if group.able:
        return read_able(cursor, doer, group)
    if not agrees(doer, cursor.tokens[start].low):
        return None
    if only:
        return read_only(cursor, doer, group)
    if group.began:
        return _taken_up(cursor, doer, group)
    if moved := _moved_in(cursor, doer, group):
        return moved
    tail = read_tail(cursor)
    return _told(doer, group, tail) if tail is not None and not (doer.bare and not tail.anchored) else None


_ACTIVITIES = words(
    "run swim cycle paint knit train box climb dance sew write cook bake garden jog hike ski surf row draw sing teach"
)


def _taken_up(cursor: Cursor, doer: Doer, group: VerbGroup) -> Telling | None:
    """`started running`: an activity, and since when."""
    done = form_of(group.lemma, "ing") if group.lemma in _ACTIVITIES and is_somebody(doer) else ""
    tail = read_tail(cursor) if done and group.tense is Tense.PAST else None
    if tail is None or tail.text or tail.joint or tail.again:
        return None
    return Telling(doer.tell("took_up", done, event=True), VerbGroup(lemma="start", tense=Tense.PAST), state=False)


def _moved_in(cursor: Cursor, doer: Doer, group: VerbGroup) -> Telling | None:
    """`my mother moved in with us in August`: whom the speaker lives with."""
    start = cursor.at
    past = group.lemma == "move" and group.tense in (Tense.PAST, Tense.PERFECT) and not group.progressive
    if past and not doer.is_speaker and cursor.take("in", "with") and cursor.take_any(("us", "me")):
        while cursor.kind() == "time":
            cursor.at += 1
        who = doer.noun.replace("_", " ") or doer.refs[0].name
        lodger = Assertion(entity=SELF, key="lives_with", value=who, inferred=True, event=True)
        return Telling([lodger], group, state=False) if cursor.done and is_somebody(doer) else None
    cursor.at = start
    return None


def _told(doer: Doer, group: VerbGroup, tail: Tail) -> Telling | None:
    """By the verbs with what makes them plain; else by ordinary ones."""
    if told := _by_plain_verbs(doer, group, tail):
        return told
    for reader in (read_busy, read_came_about, read_undergone, read_running):
        if told := reader(doer, group, tail):
            return told
    return None


def _by_plain_verbs(doer: Doer, group: VerbGroup, tail: Tail) -> Telling | None:
    hurt = group.lemma == "hurt" and bool(tail.text) and not group.progressive
    if hurt or (group.tense in (Tense.PAST, Tense.PERFECT) and not group.progressive):
        return read_event(doer, group, tail)
    return read_lasting(doer, group, tail) if group.tense in (Tense.PRESENT, Tense.PERFECT) else None
