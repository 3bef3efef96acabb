"""`X is …` of people mostly: where they are put, how they are made, what they are afraid of, what they are in years."""

from collections.abc import Sequence
from dataclasses import replace

from memory.extraction.rules.everyday.tails import Tail, read_tail
from memory.extraction.rules.everyday.who import is_somebody
from memory.extraction.rules.general.doer import Doer
from memory.extraction.rules.general.lexicon import IDIOMS
from memory.extraction.rules.general.phrases import read_phrase
from memory.extraction.rules.general.sense import PETS
from memory.extraction.rules.scene import Assertion
from memory.extraction.rules.text.forms import VERB_FORMS
from memory.extraction.rules.text.lexicon import FUNCTION_WORDS, spelled_number
from memory.extraction.rules.text.nouns import ROLES
from memory.extraction.rules.text.phrases import Cursor, join_tokens, read_name
from memory.extraction.rules.text.words import words

_AWAY = words(
    """leave sabbatical holiday holidays vacation call standby duty secondment probation placement furlough strike jury
    tour honeymoon"""
)
_POSTS = words(
    """nights days earlies lates shifts shift desk till tills reception rota counter door doors bar switchboard helpdesk
    ward wards committee board council crew duties benches rigs register phones bins deliveries checkout"""
)
_FORMS = words("grade year primary class form reception kindergarten nursery preschool p1 p2 p3 p4 p5 p6 p7 s1 s2 s3")
_AGES = words("teens twenties thirties forties fifties sixties seventies eighties nineties")
_DIETS = words("diet insulin warfarin statins antibiotics steroids dialysis benefits medication tablets inhalers pill")
_REPAIRED = words("garage shop repairs vet's vets cleaners workshop dry-dock menders")
_TRAINED = words("duty training rehab therapy labour physio mourning recovery quarantine isolation remission")
_HOUSED = words("home hospital hospice hostel refuge army navy raf prison")
_KINDS = {
    "on": _AWAY | _POSTS | _DIETS,
    "off": words("work school caffeine alcohol sugar gluten dairy meat cigarettes booze bread coffee"),
    "in": _FORMS | _AGES | _TRAINED | _HOUSED,
    "at": _REPAIRED,
}
_MODIFIERS = words("the a my our his her their both all")


def situated(cursor: Cursor, doer: Doer) -> Sequence[Assertion]:
    """`on the front desk at Penhale Vets`, `off on maternity leave`, `in Year 9`, `in their eighties`."""
    if not (is_somebody(doer) or doer.is_person):
        return ()
    start = cursor.at
    cursor.take_any(("both", "all", "currently"))
    begin = cursor.at
    if cursor.low() in ("off", "away") and cursor.low(1) == "on":
        cursor.at += 1
    joint = cursor.take_any(tuple(_KINDS))
    head = _head(cursor, _KINDS[joint]) if joint else ""
    tail = read_tail(Cursor(cursor.tokens, begin)) if head else None
    if tail is None or (tail.dated and not _is_lasting(tail)) or len(tail.tokens) > 10:
        cursor.at = start
        return ()
    cursor.at = len(cursor.tokens)
    if not _is_short(tail, head):
        return ()
    said = " ".join(filter(None, (tail.joint, tail.text)))
    said = said.removeprefix("in ") if head in _FORMS else said.removeprefix("on ") if head in _DIETS else said
    return doer.tell(_key_of(head), said)


def _head(cursor: Cursor, nouns: frozenset[str]) -> str:
    """The noun that decides, within three words of its preposition."""
    for token in cursor.tokens[cursor.at : cursor.at + 4]:
        if token.low in nouns:
            return token.low
        if token.low in FUNCTION_WORDS - _MODIFIERS:
            return ""
    return ""


def _is_short(tail: Tail, head: str) -> bool:
    """`on duty`, `on the front desk at Vets`: what follows its noun is a place, a time or nothing."""
    lows = [token.low for token in tail.tokens]
    after = lows[lows.index(head) + 1 :]
    follows = not after or after[0] in _FOLLOWING or tail.tokens[lows.index(head) + 1].kind != "word"
    return follows and not set(lows) & (IDIOMS - {"shots"})


_FOLLOWING = words("at in on for with until till from to of and , this four two three seven six five")


def _is_lasting(tail: Tail) -> bool:
    opens = [said.casefold().split(" ")[0] for said in tail.dated]
    return len(opens) == 1 and opens[0] in ("until", "till", "since", "from", "this", "for", "through", "to")


def _key_of(head: str) -> str:
    if head in _FORMS:
        return "grade"
    if head in _AGES:
        return "age"
    if head in _KINDS["off"] - {"work", "school"}:
        return "described_as"
    if head in _DIETS:
        return "takes"
    return "position" if head in _POSTS else "status"


_TRAITS = words(
    """deaf blind left-handed right-handed colour-blind color-blind colourblind short-sighted long-sighted near-sighted
    dyslexic dyspraxic autistic disabled teetotal self-employed semi-retired bilingual trilingual widowed divorced
    separated adopted pregnant diabetic asthmatic epileptic anaemic coeliac celiac lactose-intolerant
    gluten-intolerant hypermobile double-jointed sunburnt insulin-dependent wheelchair-bound housebound"""
)
_PAIRS = (
    ("gluten", "free"),
    ("dairy", "free"),
    ("plant", "based"),
    ("hard", "of", "hearing"),
    ("lactose", "intolerant"),
    ("gluten", "intolerant"),
    ("colour", "blind"),
)


def natured(cursor: Cursor, doer: Doer) -> Sequence[Assertion]:
    """`deaf in my left ear`, `hard of hearing`: of somebody, and for long."""
    if not is_somebody(doer):
        return ()
    begin = cursor.at
    cursor.take_any(("mostly", "mainly"))
    if not (any(cursor.take(*said) for said in _PAIRS) or cursor.take_any(_TRAITS)):
        return ()
    cursor.take(",")
    tail = read_tail(cursor)
    if tail is None or tail.dated or (not tail.is_bare and tail.joint not in ("in", "on", "with", "from")):
        two = tail is not None and not tail.joint and not tail.dated and all(each.low in _HUES for each in tail.tokens)
        if not two:
            return ()
    return doer.tell("described_as", join_tokens(cursor.tokens[begin:]))


_HUES = words("red green blue and yellow")
_FEELINGS = {
    "of": words("afraid scared terrified frightened wary fond proud"),
    "on": words("keen"),
    "at": words("good great bad rubbish hopeless terrible useless brilliant okay decent"),
    "with": words("good bad great useless hopeless comfortable familiar strict"),
    "to": words("used allergic accustomed"),
    "about": words("strict picky fussy particular"),
    "for": words("responsible"),
}


def inclined(cursor: Cursor, doer: Doer) -> Sequence[Assertion]:
    """`afraid of heights`, `good with engines`, `used to night work`: a word, what it asks for, and a plain noun."""
    if not is_somebody(doer):
        return ()
    begin = cursor.at
    cursor.take_any(("very", "really", "quite", "pretty", "absolutely"))
    said = cursor.low()
    joint = cursor.low(1)
    if said not in _FEELINGS.get(joint, ()):
        return ()
    cursor.at += 2
    rest = cursor.tokens[cursor.at :]
    tail = read_tail(cursor)
    if tail is None or not tail.text or tail.joint or tail.dated or len(rest) > 6 or rest[0].low in _POINTING:
        return ()
    return doer.tell("described_as", join_tokens(cursor.tokens[begin:]))


_POINTING = words("me you him her them us it this that everything nothing")


_PEOPLE_ENDS = ("er", "or", "ist", "ian", "man", "woman", "ant", "eer", "nurse", "sister", "clerk", "cook", "chef")
_NOT_MEANT = words(
    """monster tiger superstar master disaster killer dictator dinosaur emperor spider gangster hamster brother mother
    father sister-in-law daughter elephant infant giant saint angel star liar loser winner dreamer fighter joker keeper
    number member letter computer printer rooster oyster lobster sucker blocker teaser downer bummer human ninja
    machine saviour savior mirror terror horror error tumor factor doctor-who matter corner character
    lover disappointer caveman madman superman legend boxer retriever terrier pointer setter giver taker gem
    snowman gentleman pain peppercorn mountain romantic nightmare headache"""
)
_OTHERS = words("registrar matron dentist midwife plumber vet chef cook clerk nurse sister cop au-pair judge lawyer")


def employed_as(cursor: Cursor, doer: Doer) -> Sequence[Assertion]:
    """`a ward sister`, `dentist`: of others than the speaker, with one or two words before it and a place behind."""
    if doer.is_speaker or not is_somebody(doer) or doer.head in PETS:
        return ()
    article = cursor.take_any(("a", "an"))
    begin = cursor.at
    while cursor.kind() == "word" and cursor.low() not in FUNCTION_WORDS and cursor.at - begin < 4:
        cursor.at += 1
    run = cursor.tokens[begin : cursor.at]
    if not run or not _is_occupation(run[-1].low) or {token.low for token in run} & (IDIOMS | _UNREAL):
        return ()
    if not article and (len(run) > 1 or run[0].low not in ROLES | _OTHERS):
        return ()
    place = cursor.low() in ("in", "at", "for", "on", "with")
    tail = read_tail(cursor)
    if tail is None or tail.dated or not (tail.is_bare or (place and tail.anchored) or _is_ward(tail)):
        return ()
    return doer.tell("role", join_tokens(cursor.tokens[begin:]))


_UNREAL = words(
    """former ex real little right such born wannabe aspiring natural proper absolute complete total big good great
    terrible bad amazing brilliant awful star fantastic lousy rubbish wonderful excellent decent keen better worst slow
    careful nervous lovely"""
)


def _is_ward(tail: Tail) -> bool:
    return tail.joint in ("in", "at", "on") and 0 < len(tail.tokens) <= 4 and tail.tokens[1].low in ("a", "the")


def _is_occupation(low: str) -> bool:
    if low in _NOT_MEANT:
        return False
    return low in ROLES | _OTHERS or low.endswith(_PEOPLE_ENDS)


_FIGURES = words(
    """rock hero heroine sunshine everything life world angel anchor light star inspiration nightmare problem shadow
    therapist saviour conscience wingman backbone muse nemesis idol guru devil heart soul treasure baby joy pride
    excuse fault enemy cup favourite favorite weakness strength kryptonite reason favourite"""
)


def post_of(cursor: Cursor, doer: Doer) -> Sequence[Assertion]:
    """`our super on site`, `my contact at the bank`: who somebody with a name is to the speaker."""
    ref = doer.refs[0]
    named = not doer.noun and not doer.bare and ref.type in ("person", "") and ref.name[:1].isupper()
    if not named or len(doer.refs) > 1 or not (ref.type == "person" or " " in ref.name):
        return ()
    if not cursor.take_any(("my", "our")):
        return ()
    begin = cursor.at
    phrase = read_phrase(cursor)
    run = cursor.tokens[begin : cursor.at]
    plain = phrase is not None and 0 < len(run) < 4 and all(token.is_word and not token.is_capital for token in run)
    if not plain or {token.low for token in run} & (_FIGURES | IDIOMS | PETS) or run[-1].low in VERB_FORMS:
        return ()
    place = cursor.low() in ("at", "on", "for", "in")
    tail = read_tail(cursor)
    if tail is None or tail.dated or not (tail.is_bare or place) or len(tail.tokens) > 4:
        return ()
    person = replace(doer, refs=[replace(ref, type="person")])
    return person.tell("is", "our " + join_tokens(cursor.tokens[begin:]))


_SORTS = words(
    """widow widower vegetarian vegan pescatarian non-smoker smoker twin pensioner carer teetotaller coeliac diabetic
    asthmatic homeowner leaseholder veteran riser sleeper owl mum mom dad mother father parent grandmother grandfather
    gran grandad grandma grandpa child left-hander orphan immigrant refugee dyslexic insomniac"""
)
_SORTED = words(
    "single early light heavy night only first-time new stay-at-home working proud foster adoptive army keen"
)


def sort_of(cursor: Cursor, doer: Doer) -> Sequence[Assertion]:
    """`a widow`, `an early riser`, `a mum of two`."""
    if not is_somebody(doer) or doer.head in PETS or not cursor.take_any(("a", "an", "the")):
        return ()
    begin = cursor.at
    cursor.take_all(_SORTED)
    if not cursor.take_any(_SORTS):
        return ()
    counted = cursor.take("of") and (cursor.low().isdecimal() or spelled_number(cursor.low()) is not None)
    cursor.at += bool(counted)
    return doer.tell("is", join_tokens(cursor.tokens[begin : cursor.at])) if cursor.done else ()


def long_at(cursor: Cursor, doer: Doer) -> Sequence[Assertion]:
    """`(have been) at the library in Rathmines for twenty years`."""
    lasts = any(token.kind == "time" and token.low.startswith(("for ", "since")) for token in cursor.tokens)
    if not is_somebody(doer) or not lasts or cursor.low() not in ("at", "with"):
        return ()
    begin = cursor.at
    tail = read_tail(cursor)
    plain = tail is not None and tail.anchored and not tail.again and len(tail.dated) == 1 and len(tail.tokens) < 9
    return doer.tell("position", join_tokens(tail.tokens)) if plain and tail and begin else ()


def from_place(cursor: Cursor, doer: Doer) -> Sequence[Assertion]:
    """`from Iloilo`: by a name that no list knows."""
    if not is_somebody(doer) or not (cursor.take("from") or cursor.take("originally", "from")):
        return ()
    name = read_name(cursor)
    return doer.tell("comes_from", name) if name and cursor.done else ()


READERS = (sort_of, long_at, from_place, situated, natured, inclined, employed_as, post_of)
