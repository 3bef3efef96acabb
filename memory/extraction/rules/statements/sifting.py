"""A reading without the rows that its clause is no evidence for."""

from collections.abc import Sequence
from dataclasses import replace

from memory.extraction.diff import Move
from memory.extraction.rules.evidence.firms import is_joined_only, is_service
from memory.extraction.rules.evidence.persons import is_done_by_people
from memory.extraction.rules.evidence.places import is_place
from memory.extraction.rules.scene import Assertion, Scene
from memory.extraction.rules.statements.doubts import is_doubtful, stands_behind
from memory.extraction.rules.statements.predication import Predication
from memory.extraction.rules.text.forms import VERB_FORMS
from memory.extraction.rules.text.lexicon import BE
from memory.extraction.rules.text.tokens import Token
from memory.extraction.rules.text.verbs import Tense
from memory.extraction.rules.text.words import words
from memory.extraction.rules.times.moments import WEEKDAYS

MOVED, JOINED, WITH = "has_moved_to", "has_joined", "is_with"
"""Keys of a verb of several senses where nothing says which is meant: no home, no employer."""
_MOVING = words("move relocate settle")


def sifted(told: Predication, tokens: Sequence[Token], scene: Scene) -> Predication:
    """Where the sense of a verb is not sure, the row says the verb and no relation; what cannot be meant is left out,
    and the clause is told as unread beside what stays."""
    if not told.assertions:
        return told
    planned = told.group.tense is Tense.PAST and any(each.event for each in told.assertions)
    if told.group.progressive and (planned or _is_possessive(tokens)):
        return Predication(refs=told.refs)  # `I was moving to Riga but it fell through`
    found = [_surely(each, told, tokens, scene) for each in told.assertions]
    told.assertions = [each for each in found if each is not None]
    told.rest = told.rest or None in found
    return told


def _is_possessive(tokens: Sequence[Token]) -> bool:
    """`Alfie's teaching assistant left`: a verb of its own stands behind, so that `'s` is none."""
    at = next((at for at, token in enumerate(tokens[:-2]) if token.low == "'s"), None)
    if at is None or not tokens[at + 1].low.endswith("ing"):
        return False
    return any(token.low in BE or _is_past(token) for token in tokens[at + 3 :])


def _is_past(token: Token) -> bool:
    return any(kind == "past" for _, kind in VERB_FORMS.get(token.low, ()))


def _surely(each: Assertion, told: Predication, tokens: Sequence[Token], scene: Scene) -> Assertion | None:
    if is_doubtful(each, told, tokens):
        return None
    if each.entity_type == "location" and is_done_by_people(each.key):
        each = replace(each, entity_type="person")
    reader = _BY_KEY.get(each.key) if each.target else None
    return reader(each, told, tokens, scene) if reader else each


def _home(each: Assertion, told: Predication, tokens: Sequence[Token], scene: Scene) -> Assertion | None:
    if each.move is Move.END:
        return _in_words(each, "left") if told.group.lemma == "leave" and _is_of_a_day(tokens) else each
    if is_service(each.target) or " of the " in each.target:
        return None  # `the Rome of the north`
    if told.group.lemma in _MOVING and each.event and not is_place(each.target, scene, tokens):
        return _in_words(each, MOVED)
    return each


def _is_of_a_day(tokens: Sequence[Token]) -> bool:
    """`we left Lisbon on Monday`: a journey, as far as anybody can tell."""
    times = [token.low for token in tokens if token.kind == "time"]
    return any(set(said.split()) & _OF_A_DAY for said in times)


_OF_A_DAY = WEEKDAYS.keys() | words("yesterday today tonight morning afternoon evening tomorrow")


def _employer(each: Assertion, told: Predication, tokens: Sequence[Token], scene: Scene) -> Assertion | None:
    lemma = told.group.lemma
    if lemma in ("leave", "quit") and each.move is Move.END:
        return _left(each, told, tokens, scene)
    if any(other.key == "role" for other in told.assertions) or each.move is not None:
        return each
    if lemma == "join" and is_joined_only(each.target):
        return _in_words(each, JOINED)
    return _in_words(each, WITH) if lemma == "be" and stands_behind("with", each.target, tokens) else each


def _left(each: Assertion, told: Predication, tokens: Sequence[Token], scene: Scene) -> Assertion | None:
    """`quit Facebook`, `left Hampshire at 18`: no employer."""
    if is_joined_only(each.target):
        return _in_words(each, "quit" if told.group.lemma == "quit" else "left")
    if not is_place(each.target, scene, tokens):
        return each
    return _home(replace(each, key="lives_in", target_type="location"), told, tokens, scene)


def _in_words(each: Assertion, key: str) -> Assertion:
    return replace(each, key=key, value=each.target, target="", target_type="", move=None)


_BY_KEY = {"lives_in": _home, "works_at": _employer}
