"""A reading without the rows that its clause is no evidence for."""

from collections.abc import Sequence
from dataclasses import replace

from memory.extraction.diff import SELF, Move
from memory.extraction.rules.evidence.firms import is_joined_only, is_service
from memory.extraction.rules.evidence.persons import is_nobody
from memory.extraction.rules.evidence.places import is_place
from memory.extraction.rules.evidence.single import holds_more, is_bare_figure
from memory.extraction.rules.scene import Assertion, Scene
from memory.extraction.rules.statements.predication import Predication
from memory.extraction.rules.text.foods import FOODS
from memory.extraction.rules.text.lexicon import PREPOSITIONS
from memory.extraction.rules.text.nouns import RELATIONS
from memory.extraction.rules.text.tokens import Token
from memory.extraction.rules.text.words import words
from memory.extraction.rules.times.moments import WEEKDAYS
from memory.vocabulary.keys import known_key

MOVED, JOINED = "has_moved_to", "has_joined"
"""Keys of a verb of several senses where nothing says which is meant: no home, no employer."""
_MOVING = words("move relocate settle")


def sifted(told: Predication, tokens: Sequence[Token], scene: Scene) -> Predication:
    """Where the sense of a verb is not sure, the row says the verb and no relation; what cannot be meant is left out,
    and the clause is told as unread beside what stays."""
    if not told.assertions:
        return told
    found = [_surely(each, told, tokens, scene) for each in told.assertions]
    told.assertions = [each for each in found if each is not None]
    told.rest = told.rest or None in found
    return told


def _surely(each: Assertion, told: Predication, tokens: Sequence[Token], scene: Scene) -> Assertion | None:
    if not each.key.endswith("address") and holds_more(each.value):
        return None
    if each.key in _OF_THINGS and is_bare_figure(each.value):
        return None
    if _is_of_another(each, tokens) or each.entity.casefold() in _POINTING:
        return None
    if each.key == "deadline" and scene.type_of(each.entity) == "person":
        return None  # `Beth's due date`
    if each.key.endswith(("married", "date", "deadline")) and each.value.isdecimal() and len(each.value) < 3:
        return None  # `married 15`, `is at 9`: neither a day nor a year
    spanned = each.value.casefold().rstrip("s").endswith(("day", "week", "month", "hour", "minute", "year"))
    if spanned and any(token.low == f"in {each.value.casefold()}" for token in tokens if token.kind == "time"):
        return None  # `comes in 5 days`: counted from a day that the row has not
    if _is_by_halves(each, told, tokens) or (each.key.endswith("role") and _is_cut(each.value)):
        return None
    if not each.target:
        return each
    return _AS[each.key](each, told, tokens, scene) if each.key in _AS else _of_person(each)


_POINTING = words("rest other others latter former one thing lot same bloke guy man woman lady person boy girl")
"""Subjects that mean nothing outside of their turn."""
_OWNERS = words("'s his her their your")


def _is_of_another(each: Assertion, tokens: Sequence[Token]) -> bool:
    """`my brother's partner Declan`: his, and not the speaker's."""
    if each.entity != SELF or not each.target:
        return False
    nouns = [at for at, token in enumerate(tokens) if RELATIONS.get(token.low) == each.key]
    return bool(nouns) and all(at and tokens[at - 1].low in _OWNERS for at in nouns)


_OF_THINGS = words("uses owns likes dislikes plays drives learns knows collects reads teaches speaks")
_BY_HALVES = words(
    "mostly mainly partly largely partially practically technically basically sometimes usually often half"
)


def _is_by_halves(each: Assertion, told: Predication, tokens: Sequence[Token]) -> bool:
    """`I'm mostly vegan`, where the row has no such word."""
    said = {token.low for token in tokens} & _BY_HALVES
    return bool(said) and told.group.lemma == "be" and not said & {*each.value.casefold().split(), *each.key.split("_")}


def _is_cut(role: str) -> bool:
    """`over me`, `vegan except`: no occupation begins or ends so."""
    lows = role.casefold().split()
    owned = any(low.startswith(("nobody", "no-one", "everybody", "everyone", "somebody")) for low in lows)
    return owned or (bool(lows) and (lows[0] in PREPOSITIONS or lows[-1] in PREPOSITIONS | {"except", "not"}))


def _of_person(each: Assertion) -> Assertion | None:
    person = known_key(each.key).target == "person" and each.target_type == "person"
    return None if person and is_nobody(each.target) else each


def _home(each: Assertion, told: Predication, tokens: Sequence[Token], scene: Scene) -> Assertion | None:
    if each.move is Move.END:
        return _in_words(each, "left") if told.group.lemma == "leave" and _is_of_a_day(tokens) else each
    if is_service(each.target):
        return None
    if told.group.lemma in _MOVING and each.event and not is_place(each.target, scene, tokens):
        return _in_words(each, MOVED)
    return each


def _is_of_a_day(tokens: Sequence[Token]) -> bool:
    """`we left Lisbon on Monday`: a journey, as far as anybody can tell."""
    times = [token.low for token in tokens if token.kind == "time"]
    return any(set(said.split()) & _OF_A_DAY for said in times)


_OF_A_DAY = WEEKDAYS.keys() | words("yesterday today tonight morning afternoon evening tomorrow")


def _employer(each: Assertion, told: Predication, tokens: Sequence[Token], scene: Scene) -> Assertion | None:
    if told.group.lemma == "join" and is_joined_only(each.target) and not _has_role(told):
        return _in_words(each, JOINED)
    if told.group.lemma in ("leave", "quit") and each.move is Move.END:
        if is_joined_only(each.target):
            return _in_words(each, "quit" if told.group.lemma == "quit" else "left")
        if is_place(each.target, scene, tokens):
            home = replace(each, key="lives_in", target_type="location")
            return _home(home, told, tokens, scene)
    if (
        told.group.lemma == "be"
        and each.move is None
        and not _has_role(told)
        and _stands_behind("with", each.target, tokens)
    ):
        return _in_words(each, "is_with")
    return None if _is_for_it(each.target, tokens) else each


def _is_for_it(name: str, tokens: Sequence[Token]) -> bool:
    """`I work for peanuts`: for what, and for nobody."""
    low = name.split()[0].casefold()
    return name.islower() and _stands_behind("for", name, tokens) and (low in FOODS or low.endswith("s"))


def _stands_behind(joint: str, name: str, tokens: Sequence[Token]) -> bool:
    lows = [token.low for token in tokens]
    low = name.split()[0].casefold()
    return any(lows[at : at + 2] == [joint, low] for at in range(len(lows) - 1))


def _has_role(told: Predication) -> bool:
    return any(each.key == "role" for each in told.assertions)


def _in_words(each: Assertion, key: str) -> Assertion:
    return replace(each, key=key, value=each.target, target="", target_type="", move=None)


_AS = {"lives_in": _home, "works_at": _employer}
