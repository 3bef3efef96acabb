"""What came about, on a day that is told: `became a citizen in 2019`, `my laptop died last Thursday`."""

from memory.extraction.rules.everyday.tails import Tail
from memory.extraction.rules.everyday.who import is_somebody
from memory.extraction.rules.general.complements import day_of
from memory.extraction.rules.general.doer import Doer
from memory.extraction.rules.general.lexicon import HAVABLE, IDIOMS, THE_IDIOMS
from memory.extraction.rules.plain.shape import Telling
from memory.extraction.rules.text.forms import form_of
from memory.extraction.rules.text.verbs import VerbGroup
from memory.extraction.rules.text.words import words

_GOTTEN = HAVABLE | words(
    """braces promotion promoted raise citizenship certificate certification job contract grant award medal diagnosis
    puppy kitten dog cat licence license stent hip knee permit scholarship apprenticeship place results vaccine"""
)
_BECOME = words(
    """citizen mother father mum dad grandmother grandfather granny grandad aunt uncle parent parents widow widower
    partner member manager director vegetarian vegan nurse teacher doctor lawyer engineer freelancer homeowner
    landlord captain chair chairman chairwoman treasurer trustee godmother godfather godparent resident"""
)
_STOPPED = words(
    "die crash fail freeze stop break expire arrive leave retire graduate divorce separate close open ship"
)
_OUTWARD = words(
    """emigrate immigrate graduate enlist enrol enroll qualify retire divorce separate relocate return arrive apply
    register subscribe cancel order buy sell return refund replace renew sign submit file upgrade install migrate
    launch release publish found open close acquire merge hire join leave move finish complete pass fail start begin
    raise increase reduce quit resign win lose break have build plant adopt visit travel fly attend train inherit
    import deliver repair
    redecorate renovate paint record update pay borrow lend donate meet marry turn reach
    book rent lease switch change transfer report receive send ship"""
)
_BLANK = words("in for from of on with to at time house's ticket into")
_ABSTRACT = words("time lie story round drink drinks ticket tickets coffee beer lunch dinner meal lot bit bunch few")
_INJURED = words("back knee shoulder ankle wrist neck hip foot leg arm hand finger toe rib ribs nose elbow hamstring")
_FIGURES = IDIOMS | THE_IDIOMS | words("it them him her us me everything nothing something anything interest")


def read_event(doer: Doer, group: VerbGroup, tail: Tail) -> Telling | None:
    if tail.again or len(tail.dated) > 1 or {token.low for token in tail.tokens} & _FIGURES:
        return None
    heads = [token.low for token in tail.tokens if token.is_word]
    past = form_of(group.lemma, "past")
    dated = len(tail.dated) == 1 and not tail.dated[0].casefold().startswith(("since", "for ", "until"))
    if group.passive:
        return None
    if group.lemma == "become":
        told = is_somebody(doer) and not tail.joint and bool(set(heads) & _BECOME) and len(heads) <= 6
        return _event(doer, group, past, tail.text) if told and (dated or tail.counted) else None
    if group.lemma == "buy" and not tail.joint and is_somebody(doer) and heads[0] in ("a", "an", "two", "three", "new"):
        plain = len(heads) in (2, 3, 4) and not set(heads) & _BLANK and heads[-1] not in _ABSTRACT
        return _event(doer, group, past, tail.text) if plain else None
    if (
        group.lemma == "hurt"
        and is_somebody(doer)
        and not tail.joint
        and set(heads) & _INJURED
        and heads[0] in ("my", "her", "his")
    ):
        return _event(doer, group, past, tail.text)
    if group.lemma == "get":
        got = is_somebody(doer) and not tail.joint and 0 < len(heads) <= 5 and heads[-1] in _GOTTEN
        return _event(doer, group, past, tail.text) if got and (dated or heads[0] in ("my", "our", "a")) else None
    if not dated:
        return None
    if not tail.text:
        joint = tail.joint if tail.joint in ("down", "up", "in", "out") else ""
        fits = group.lemma in _STOPPED and (joint == tail.joint) and not doer.is_speaker
        return _on_its_day(doer, group, " ".join(filter(None, (past, joint))), tail) if fits else None
    fits = group.lemma in _OUTWARD and is_somebody(doer) and len(tail.tokens) <= 8 and _has_noun(tail)
    key = f"{past}_{tail.joint}" if tail.joint else past
    return _event(doer, group, key, tail.text) if fits else None


def _has_noun(tail: Tail) -> bool:
    return any(token.is_word and len(token.low) > 3 for token in tail.tokens)


def _event(doer: Doer, group: VerbGroup, key: str, value: str) -> Telling:
    return Telling(doer.tell(key, value, event=True), group, state=False)


def _on_its_day(doer: Doer, group: VerbGroup, key: str, tail: Tail) -> Telling:
    (said,) = tail.dated
    value = day_of(said)
    return Telling(doer.tell(key.replace(" ", "_"), value, event=True), group, state=False)
