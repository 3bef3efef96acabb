"""Somebody or something with a verb."""

from dataclasses import replace

from memory.extraction.diff import SELF, Move
from memory.extraction.rules.copula import read_complement
from memory.extraction.rules.families.assertions import attribute
from memory.extraction.rules.families.origins import read_born
from memory.extraction.rules.families.tables import EVENTS, STATES
from memory.extraction.rules.scene import Assertion, Ref, Scene
from memory.extraction.rules.statements.leftovers import checked
from memory.extraction.rules.statements.predication import Predication
from memory.extraction.rules.statements.properties import denied
from memory.extraction.rules.subjects import Subject
from memory.extraction.rules.text.lexicon import NEGATIONS
from memory.extraction.rules.text.phrases import Cursor
from memory.extraction.rules.text.verbs import Tense, VerbGroup, read_verb
from memory.extraction.rules.text.words import words
from memory.extraction.rules.times.days import read_date_words

_LOOSE = words(
    """have manage supervise work report marry live reside acquire buy purchase cost belong make manufacture
    produce employ hire headquarter locate speak play study learn"""
)
_OF_US = words(
    """lives_in has_pet has_child owns works_at speaks uses reports_to works_on number_of_children number_of_cats
    number_of_dogs household_size number_of_daughters number_of_sons number_of_grandchildren avoids
    species moved_from"""
)


def read_acts(cursor: Cursor, subject: Subject, scene: Scene, ended: bool) -> Predication:
    group = read_verb(cursor)
    if group is None:
        told = Predication(assertions=list(subject.assertions), refs=subject.refs, rest=True)
        return told if subject.assertions and cursor.done else _introduced(cursor, subject, None, cursor.at)
    group.ended = group.ended or ended
    if cursor.at == 1 and group.lemma in _MADE and subject.refs and subject.refs[0].type == "service":
        group.tense, group.passive = Tense.PRESENT, True  # `… is written in Go and deployed on Kubernetes`
    told = Predication(group=group, refs=subject.refs)
    cursor.skip()
    start = cursor.at
    for ref in subject.refs:
        cursor.at = start
        assertions = _predicate(cursor, ref, group, scene)
        if ref.plural and any(each.key not in _OF_US and each.move is not Move.END for each in assertions):
            assertions = []
        if not assertions:
            return _introduced(cursor, subject, group, start)
        told.assertions += assertions
    told.state = group.lemma == "be" or (group.lemma in STATES and not group.began)
    if group.negated and not group.ended:
        return denied(told.assertions, scene)
    if group.ended:
        told.assertions = _ended(told.assertions)
    told = checked(cursor, told)
    told.assertions = [*subject.assertions, *told.assertions] if told.assertions else []
    return told


_KIN = words("has_child has_parent has_sibling has_pet married_to")
_NO_KIN = NEGATIONS | words(
    """dies passes leaves seems sounds ex dead gone late former imaginary character fictional novel story joke used
    always ends ceases disappears vanishes appears divorces quits lies says thinks believes claims is was as"""
)


def _introduced(cursor: Cursor, subject: Subject, group: VerbGroup | None, at: int) -> Predication:
    """`my son Leo starts school`: that he is the speaker's son is said, whatever else was not understood."""
    silent = group is not None and group.negated and not group.ended
    verb = cursor.tokens[at - 1 if group else at].low if cursor.tokens[at:] else ""
    kin = subject.assertions and all(each.key in _KIN and each.entity == SELF for each in subject.assertions)
    present = group is None or (group.tense is Tense.PRESENT and not (group.negated or group.ended))
    doubted = {token.low for token in cursor.tokens} & _NO_KIN
    if not (kin and present and verb.endswith("s") and verb != "'s") or doubted:
        return Predication(silent=silent, refs=subject.refs)
    state = VerbGroup(lemma="be")
    return Predication(assertions=list(subject.assertions), refs=subject.refs, group=state, rest=True, dateless=True)


def _ended(assertions: list[Assertion]) -> list[Assertion]:
    return [
        replace(assertion, move=Move.END, event=False)
        for assertion in assertions
        if not assertion.said_with or len(assertions) == 1
    ]


def _predicate(cursor: Cursor, ref: Ref, group: VerbGroup, scene: Scene) -> list[Assertion]:
    if group.lemma == "be":
        return read_born(cursor, ref, group, scene) or _due(cursor, ref) or read_complement(cursor, ref, group, scene)
    founding = group.lemma in ("found", "establish") and (group.passive or " " in ref.name)
    if ref.type == "" and group.passive and group.lemma in _MADE:
        ref = replace(ref, type="service")
    if ref.type == "" and group.lemma not in _LOOSE and not founding:
        return []
    reader = STATES.get(group.lemma) or EVENTS.get(group.lemma)
    if reader is None or (group.able and group.lemma not in _ABLE):
        return []
    disliked = group.negated and not group.ended and group.lemma in ("like", "enjoy")
    assertions = reader(cursor, ref, group, scene)
    if disliked:
        group.negated = False
        assertions = [replace(assertion, key="dislikes") for assertion in assertions]
    if group.lemma == "love" and group.negated and not group.ended:
        return []
    return assertions


_MADE = words("write build host deploy implement")
_ABLE = words("speak stand bear eat drink have")
"""`I can speak Polish`, `I can't eat gluten`: what one can do, or not, is so."""


def _due(cursor: Cursor, ref: Ref) -> list[Assertion]:
    """`is due on 15 December`: of a piece of work."""
    if ref.type in ("person", "location", "organisation") or not cursor.take("due"):
        return []
    day = read_date_words(cursor)
    return [attribute(ref, "deadline", day, kind="project")] if day else []
