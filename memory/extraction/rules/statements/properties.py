"""A property and its value: `my <noun> is …`, `the <noun> of X is …`."""

from collections.abc import Sequence
from dataclasses import replace

from memory.extraction.diff import Move
from memory.extraction.rules.scene import Assertion, Scene
from memory.extraction.rules.statements.leftovers import checked
from memory.extraction.rules.statements.predication import Predication
from memory.extraction.rules.subjects import Subject
from memory.extraction.rules.text.lexicon import BE
from memory.extraction.rules.text.phrases import Cursor
from memory.extraction.rules.text.verbs import Tense, VerbGroup, read_verb
from memory.extraction.rules.text.words import words
from memory.extraction.rules.values import read_value
from memory.vocabulary.folding import fold_name
from memory.vocabulary.keys import known_key


def read_property_value(cursor: Cursor, subject: Subject, scene: Scene, ended: bool) -> Predication:
    """`my <noun> is …`, `the <noun> of X is …`."""
    if cursor.low() == "'s" and cursor.low(1) in BE:
        return Predication()  # `my brother's is a Gibson`: something of his that was not named
    group = _changed(cursor, subject.key) or read_verb(cursor, copula=True)
    if group is None and cursor.take(":"):
        group = VerbGroup(lemma="be")
    if group is None or (group.lemma != "be" and not (group.passive and group.lemma in ("call", "name"))):
        return Predication()
    over = subject.ended or group.ended or ended
    if group.negated and not (ended or group.ended):
        return denied(read_value(cursor, subject, scene), scene)
    if (group.tense is Tense.PAST and not over) or group.tense is Tense.FUTURE:
        return Predication()
    assertions = read_value(cursor, subject, scene)
    if over:
        assertions = [replace(each, move=Move.END) for each in assertions[:1] if each.key == subject.key]
    return checked(cursor, Predication(assertions=assertions, group=group, state=True))


_CHANGES = words(
    """slipped moved changed shifted postponed pushed extended brought rose dropped fell increased decreased raised
    lowered reduced switched"""
)
_CHANGE_HELPERS = words("has have was is been just now got went back forward up down out")


def _changed(cursor: Cursor, key: str) -> VerbGroup | None:
    """`slipped to`, `has been moved to`, `went up to`: what follows is the value from then on."""
    start = cursor.at
    cursor.take_all(_CHANGE_HELPERS)
    went = {token.low for token in cursor.tokens[start : cursor.at]} & {"went", "up", "down"}
    changed = cursor.take_any(_CHANGES) or len(went) > 1
    if cursor.low(-1) == "moved" and known_key(key).target:
        changed = False  # `my employer moved to Dublin`: it did, and is still the one
    cursor.take_all(_CHANGE_HELPERS)
    if changed and cursor.take("to"):
        return VerbGroup(lemma="be")
    cursor.at = start
    return None


def denied(assertions: Sequence[Assertion], scene: Scene) -> Predication:
    """A denial ends what may be known of a known entity; else it claims nothing."""
    known = [
        replace(each, move=Move.END) for each in assertions if each.target and fold_name(each.target) in scene.known
    ]
    return Predication(assertions=known[:1], silent=True, state=True)
