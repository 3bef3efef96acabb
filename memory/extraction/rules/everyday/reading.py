"""One clause in its own words: all of it, or nothing."""

from collections.abc import Sequence

from memory.extraction.diff import SELF
from memory.extraction.rules.everyday.acts import read_act
from memory.extraction.rules.everyday.again import AGAIN, with_again
from memory.extraction.rules.everyday.appositions import read_called
from memory.extraction.rules.everyday.denials import read_barred, read_denial
from memory.extraction.rules.everyday.states import read_state
from memory.extraction.rules.everyday.there import read_there
from memory.extraction.rules.everyday.who import read_who
from memory.extraction.rules.everyday.wishes import read_wish
from memory.extraction.rules.general.doer import Doer
from memory.extraction.rules.general.doers import agrees
from memory.extraction.rules.general.reading import predication
from memory.extraction.rules.general.sense import is_meant
from memory.extraction.rules.scene import Assertion, Ref, Scene
from memory.extraction.rules.statements.predication import Predication
from memory.extraction.rules.text.forms import VERB_FORMS
from memory.extraction.rules.text.lexicon import BE
from memory.extraction.rules.text.phrases import Cursor
from memory.extraction.rules.text.tokens import Token
from memory.extraction.rules.text.verbs import Tense, VerbGroup, read_verb
from memory.vocabulary.keys import KEYS, fold_key

LONGEST = 32
"""Tokens of a clause; a longer one is prose, and is left to a model."""


_BEING = BE | {"'s"}


def read_everyday(tokens: Sequence[Token], scene: Scene, *, before: Sequence[Ref], ended: bool) -> Predication | None:
    """None where not all of it is plain."""
    if len(tokens) > LONGEST or not any(token.low in VERB_FORMS or token.low in _BEING for token in tokens):
        return None
    cursor = Cursor(with_again(tokens), casual=scene.casual, known=scene.known)
    cursor.skip()
    cursor.take(",")
    if cursor.done:
        return None
    if there := read_there(cursor):
        return there
    for doer in read_who(cursor, scene, before):
        start = cursor.at
        for reader in (_wishing, _being, _denying, _acting):
            cursor.at = start
            if told := reader(cursor, doer, ended):
                return told
        cursor.at = start
    return None


def _wishing(cursor: Cursor, doer: Doer, ended: bool) -> Predication | None:
    told = None if ended else read_wish(cursor, doer)
    if told is None:
        return None
    return predication(doer, VerbGroup(lemma="want"), told, over=False, state=True, dateless=True)


def _being(cursor: Cursor, doer: Doer, ended: bool) -> Predication | None:
    group = read_verb(cursor, copula=True)
    if group is None or group.lemma != "be" or group.able or not _is_present(cursor, group):
        return None
    if group.negated:
        barred = None if ended or group.ended else read_barred(cursor, doer)
        return (
            predication(doer, VerbGroup(lemma="be"), barred, over=False, state=True, dateless=True) if barred else None
        )
    told = read_state(cursor, doer)
    if told is None or not cursor.done:
        return None
    return predication(doer, group, told.facts, over=group.ended or ended, state=True, dateless=told.again)


def _is_present(cursor: Cursor, group: VerbGroup) -> bool:
    """`is`, and `has been … since Monday`."""
    lasts = any(token.kind == "time" and token.low.startswith(("since", "for ")) for token in cursor.tokens)
    return group.tense is Tense.PRESENT or (group.tense is Tense.PERFECT and lasts)


def _denying(cursor: Cursor, doer: Doer, ended: bool) -> Predication | None:
    able = cursor.low() == "can"  # `can't drive any more`
    denied = None if ended and not able else read_denial(cursor, doer)
    if denied is None:
        return None
    return predication(doer, VerbGroup(lemma="do"), denied, over=False, state=True, dateless=True)


def _acting(cursor: Cursor, doer: Doer, ended: bool) -> Predication | None:
    only = "only " * cursor.take("only")
    start = cursor.at
    group = read_verb(cursor)
    if group is None or group.lemma == "be" or group.able or not _agrees(cursor, doer, start):
        return None
    group.ended = group.ended or ended
    if group.negated and not group.ended:
        return None
    if group.passive and group.lemma in ("call", "name"):
        named = read_called(cursor, doer)
        return predication(doer, group, named, over=False, state=True, dateless=True) if named else None
    rest = cursor.tokens[cursor.at :]
    lows = [token.low for token in rest[:2]]
    if group.lemma == "live" and lows in (["with", "me"], ["with", "us"]) and all(t.kind == AGAIN for t in rest[2:]):
        who = " ".join([doer.noun.replace("_", " ") or doer.refs[0].name, *(token.text for token in rest[2:])])
        lodger = [Assertion(entity=SELF, key="lives_with", value=who, inferred=True)]
        plain = not (doer.is_speaker or group.negated) and group.tense is Tense.PRESENT
        return predication(doer, group, lodger, over=group.ended, state=True, dateless=True) if plain else None
    act = read_act(cursor, doer, group)
    if act is None or (only and act.key.count("_")) or not is_meant(doer, group, act):
        return None
    if any(value.startswith(("and ", "or ", "but ")) for value in act.values):  # another clause, no object
        return None
    key = _PLACED.get(act.key) or _known(act.key)
    told = [each for value in act.values for each in doer.tell(key, only + value, event=not act.state)] if key else []
    if not told or (group.ended and not act.state):
        return None
    found = predication(doer, group, told, over=group.ended, state=act.state, dateless=bool(act.when))
    found.planned = act.planned
    return found


_PLACED = {"lives_in": "dwelling", "works_at": "workplace", "works_for": "workplace", "works_in": "workplace"}
"""What has no name of its own leads to no entity."""


def _agrees(cursor: Cursor, doer: Doer, at: int) -> bool:
    """`he deliver` of who learns English can be nothing else."""
    return agrees(doer, cursor.tokens[at].low) or (at == 1 and cursor.tokens[0].low in ("he", "she"))


def _known(key: str) -> str:
    """The key in its canonical form; "" where it leads to an entity, which families read."""
    known = KEYS.get(fold_key(key))
    if known is None or key == "belongs_to":
        return key
    return "" if known.target else known.name
