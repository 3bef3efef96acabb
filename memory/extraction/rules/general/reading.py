"""A clause that no family read, by its grammar alone: all of it, or nothing."""

import re
from collections.abc import Sequence
from dataclasses import replace

from memory.extraction.diff import SELF, Move
from memory.extraction.rules.families.assertions import relation
from memory.extraction.rules.families.living import is_practice
from memory.extraction.rules.general.acts import read_act
from memory.extraction.rules.general.complements import is_year, repeats
from memory.extraction.rules.general.copulas import read_copular
from memory.extraction.rules.general.doer import Doer
from memory.extraction.rules.general.doers import agrees, read_doers
from memory.extraction.rules.general.lexicon import IDIOMS, TURNING
from memory.extraction.rules.general.posts import former_role
from memory.extraction.rules.general.sense import is_meant
from memory.extraction.rules.general.shapes import Act
from memory.extraction.rules.general.verbs import PLACING, SUFFERED
from memory.extraction.rules.scene import Assertion, Ref, Scene
from memory.extraction.rules.statements.leftovers import checked
from memory.extraction.rules.statements.predication import Predication
from memory.extraction.rules.text.forms import VERB_FORMS
from memory.extraction.rules.text.nouns import PRACTICES
from memory.extraction.rules.text.phrases import Cursor, read_name
from memory.extraction.rules.text.tokens import Token
from memory.extraction.rules.text.verbs import Tense, VerbGroup, read_verb
from memory.extraction.rules.times.moments import MONTHS, WEEKDAYS
from memory.vocabulary.keys import KEYS, fold_key

LONGEST = 32
"""Tokens of a clause; a longer one is prose, and is left to a model."""


def read_general(tokens: Sequence[Token], scene: Scene, *, before: Sequence[Ref], ended: bool) -> Predication | None:
    """None where not all of it was understood, or where a word in it turns it into something else."""
    cursor = Cursor(tokens, casual=scene.casual, known=scene.known)
    if name := _nickname(cursor):
        return name
    if len(tokens) > LONGEST or _is_turned(tokens, ended=ended):
        return None
    cursor.skip()
    cursor.take(",")
    if cursor.done:
        return None
    for doer in read_doers(cursor, scene, before):
        start = cursor.at
        for reader in (_copular, _acting):
            cursor.at = start
            told = reader(cursor, doer, scene, ended)
            if (
                told is not None
                and checked(cursor, told).assertions
                and not {token.low for token in told.left} & IDIOMS
            ):
                return told
        cursor.at = start
    return None


_EVERYBODY = ("everyone", "everybody", "people", "friends", "colleagues", "they")


def _nickname(cursor: Cursor) -> Predication | None:
    """`most people call me Ify`."""
    start = cursor.at
    cursor.take_any(("most", "all", "my", "but"))
    cursor.take("my")
    if (cursor.take_any(_EVERYBODY) or _of_mine(cursor)) and cursor.take_any(("call", "calls")) and cursor.take("me"):
        name = read_name(cursor)
        if name and cursor.done:
            told = [Assertion(entity=SELF, key="nickname", value=name)]
            return Predication(assertions=told, group=VerbGroup(lemma="be"), state=True, dateless=True, general=True)
    cursor.at = start
    return None


def _of_mine(cursor: Cursor) -> bool:
    """`my grandkids` call me so."""
    mine = cursor.low(-1) == "my" and cursor.low(1) in ("call", "calls") and cursor.kind() == "word"
    cursor.at += mine
    return mine


def _is_figurative(tokens: Sequence[Token]) -> bool:
    return any(token.low in IDIOMS for token in tokens)


_QUANTIFIERS = ("all", "any", "some", "most", "many", "each", "every", "both", "few", "several", "half")


def _is_turned(tokens: Sequence[Token], *, ended: bool) -> bool:
    lows = [token.low for token in tokens]
    over = {at for at, low in enumerate(lows) if low == "no" and lows[at + 1 : at + 2] == ["longer"]}
    first = {at for at, low in enumerate(lows[:1]) if low == "it"}
    if lows[:1] and lows[0] in _QUANTIFIERS:
        return True
    over |= {at for at in range(3, len(lows) - 1) if lows[at] == "that" and _is_finite(lows[at + 1])}
    allowed = ("not",) if ended else ()
    return any(low in TURNING and low not in allowed and at not in over | first for at, low in enumerate(lows))


def _is_finite(low: str) -> bool:
    """Of a verb behind `that`: `a shop that sells clocks`."""
    return any(kind in ("third", "past") for _, kind in VERB_FORMS.get(low, ()))


def _copular(cursor: Cursor, doer: Doer, scene: Scene, ended: bool) -> Predication | None:
    owning = cursor.low() == "'s"
    group = read_verb(cursor, copula=True)
    if owning and not doer.noun and " " in doer.refs[0].name and doer.refs[0].name.rpartition(" ")[2].islower():
        return None  # `oat milk outsells cow's milk`
    present = group is not None and group.lemma == "be" and group.tense is Tense.PRESENT
    if group is not None and group.lemma == "be" and group.tense is Tense.PAST and not group.negated:
        told = former_role(cursor, doer)
        return predication(doer, group, told, over=False, state=True, dateless=True) if told else None
    if group is None or not present or group.negated or group.able:
        return None
    told = read_copular(cursor, doer, scene)
    over = group.ended or ended
    if not told:
        return None
    again = any(token.kind == "time" and repeats(token.low) for token in cursor.tokens)
    return predication(doer, group, told, over=over, state=True, dateless=again)


def _acting(cursor: Cursor, doer: Doer, scene: Scene, ended: bool) -> Predication | None:
    start = cursor.at
    group = _left_out(cursor, doer) or read_verb(cursor)
    over = group is not None and (group.ended or ended)
    if group is None or group.lemma == "be" or (group.negated and not over) or group.able:
        return None
    if not agrees(doer, cursor.tokens[start].low):
        return None
    group.ended = over
    act = read_act(cursor, group)
    said = [doer.refs[0].name, *(act.values if act else ())]
    if act is None or (doer.bare and not act.when and not any(letter.isdigit() for each in said for letter in each)):
        return None
    if not is_meant(doer, group, act):
        return None
    if act.key == "moved_from" and " to " in act.values[0] and not (over or doer.is_somebody):
        left, _, place = act.values[0].partition(" to ")
        act.key, act.values, act.beside = "moved_to", (place,), [*act.beside, ("moved_from", left)]
    practice = act.key == "moved_to" and _is_practice(doer, act, scene)
    if act.key == "moved_to" and not (over or practice or doer.is_somebody):
        first = act.values[0].casefold().split(" ")[0]
        if any(letter.isdigit() for letter in act.values[0]) or first in WEEKDAYS or first in MONTHS:
            return None  # `the meeting was moved to 12 December`
        act.key = "location"
    if act.key == "moved_to" and not (over or practice) and (home := _home(doer, act)):
        found = predication(doer, group, home, over=False, state=False, dateless=False)
        found.planned = act.planned
        return found
    if act.key == "runs" and doer.is_somebody and act.when:
        act.values = (act.when,)  # `on Mondays`: nothing that he is at the head of
    if act.key == "founded" and is_year(act.values[0]):
        act.key = "founding_year"
    if practice and not doer.noun:
        return None
    key = act.key if practice else _known(act.key, doer)
    if (over and not act.state) or not key:
        return None
    if doer.told and key == "died":
        doer = replace(doer, told=_late(cursor.tokens, doer))
    told = [each for value in act.values for each in doer.tell(key, value, event=not act.state)]
    told += [each for beside, value in act.beside for each in doer.tell(beside, value)]
    found = predication(doer, group, told, over=over, state=act.state, dateless=bool(act.when))
    found.planned = act.planned
    return found


def _late(tokens: Sequence[Token], doer: Doer) -> list[Assertion]:
    """`my wife Sheila died in 2020`: who she was, and is no more."""
    lows = [token.low for token in tokens[:2]]
    if len(lows) < 2 or lows[0] not in ("my", "our"):
        return []
    return [Assertion(entity=SELF, key=f"late_{lows[1]}", value=doer.refs[0].name, inferred=True, beside=True)]


_LAST_PLACE = re.compile(r"\b(?:in|near) ([A-ZÀ-Þ]\S*(?: [A-ZÀ-Þ]\S*)*)$")


def _is_practice(doer: Doer, act: Act, scene: Scene) -> bool:
    """`our vet moved to a new building`: the practice did."""
    return doer.head in PRACTICES or (not doer.noun and is_practice(doer.refs[0], act.values[0], scene))


def _home(doer: Doer, act: Act) -> list[Assertion]:
    """`moved to a bigger flat in Leith`: where that is."""
    place = _LAST_PLACE.search(act.values[0])
    person = not doer.noun and doer.refs[0].type == "person"
    return (
        [relation(ref, "lives_in", place[1], "location", event=True) for ref in doer.refs] if place and person else []
    )


def _left_out(cursor: Cursor, doer: Doer) -> VerbGroup | None:
    """`… and deployed on Kubernetes`: a passive whose auxiliary stands in the clause before."""
    lemma = next((lemma for lemma, kind in VERB_FORMS.get(cursor.low(), ()) if kind == "participle"), "")
    fits = lemma in SUFFERED and cursor.low(1) in PLACING
    if cursor.at or not fits or (doer.is_person and (lemma, cursor.low(1)) != ("raise", "in")):
        return None  # `but raised in Toronto`
    cursor.at += 1
    return VerbGroup(lemma=lemma, passive=True)


def _known(key: str, doer: Doer) -> str:
    """The key in its canonical form; "" where it leads to an entity, which families read."""
    known = KEYS.get(fold_key(key))
    if key == "works_with":
        return "working_with"  # a colleague is no tool
    if key in ("joined", "started_at") and doer.noun:
        return "joined" if key == "joined" else ""  # a school, a club: no employer
    if known is None or key == "belongs_to":
        return key
    return "" if known.target == "person" or (known.target and not doer.noun) else known.name


def predication(
    doer: Doer, group: VerbGroup, told: Sequence[Assertion], *, over: bool, state: bool, dateless: bool
) -> Predication:
    """What a doer's clause tells; `over`: it was so and is no more."""
    if over:
        told = [replace(each, move=Move.END) for each in told]
    return Predication(
        assertions=[*doer.told, *told],
        refs=list(doer.after()),
        group=group,
        state=state,
        dateless=dateless,
        general=True,
    )
