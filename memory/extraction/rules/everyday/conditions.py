"""`X is …` of things mostly: who has it, until when, how far off it is, what it is limited to; and what hurts."""

from collections.abc import Sequence

from memory.extraction.rules.everyday.tails import read_tail
from memory.extraction.rules.everyday.who import is_somebody
from memory.extraction.rules.general.complements import bare, is_absolute
from memory.extraction.rules.general.doer import Doer
from memory.extraction.rules.scene import Assertion
from memory.extraction.rules.text.lexicon import spelled_number
from memory.extraction.rules.text.phrases import Cursor, join_tokens, read_name
from memory.extraction.rules.text.tokens import Token
from memory.extraction.rules.text.words import words


def kept_by(cursor: Cursor, doer: Doer) -> Sequence[Assertion]:
    """`with Rajiv this week`: a thing, and who has it."""
    if is_somebody(doer) or not cursor.take("with"):
        return ()
    name = read_name(cursor)
    tail = read_tail(cursor) if name else None
    key = "provided_by" if doer.head in _PROVIDED else "kept_by"
    return doer.tell(key, name) if tail is not None and tail.is_bare else ()


_PROVIDED = words(
    """broadband internet wifi wi-fi mobile phone contract insurance mortgage pension account electricity gas energy
    loan isa savings cover warranty policy hosting domain email landline lease boiler-cover subscription"""
)


_LIMITED = words("capped limited restricted")


def limited(cursor: Cursor, doer: Doer) -> Sequence[Assertion]:
    """`capped at $85,000`."""
    if not cursor.take_any(_LIMITED) or not cursor.take_any(("at", "to")):
        return ()
    tail = read_tail(cursor)
    told = tail is not None and tail.counted and not tail.joint and not tail.dated
    return doer.tell("limit", tail.text) if told and tail is not None else ()


_BOUND = words(
    "valid good open closed booked paid out available on free insured covered taken rented let occupied away"
)


_BUSY = words("booked busy tied insured covered")


def until(cursor: Cursor, doer: Doer) -> Sequence[Assertion]:
    """`valid until June`, `until December 2027`: of a thing."""
    if doer.bare:
        return ()
    cursor.take("fully")
    if is_somebody(doer) and cursor.take("out", "of", "office"):
        token = cursor.token()
        plain = token is not None and token.kind == "time" and token.low.startswith(("until", "till", "from"))
        cursor.at += 1
        return doer.tell("status", "out of office") if plain and cursor.done else ()
    state = cursor.take_any(_BUSY if is_somebody(doer) else _BOUND)
    state += " out" * cursor.take("out") + " up" * cursor.take("up")
    if not state and is_somebody(doer):
        return ()
    token = cursor.token()
    said = token.low.split(" ")[0] if token is not None and token.kind == "time" else ""
    if said not in ("until", "till", "through", "from") or token is None:
        return ()
    cursor.at += 1
    if not cursor.done or (not state and said == "from"):
        return ()
    return doer.tell("status", state) if state else doer.tell("status", "valid")


_MEASURES = words("minutes hours days weeks months years points games goals kilos pounds payments places")
_STANDS = words("behind ahead late early overdue pregnant short")


def off_by(cursor: Cursor, doer: Doer) -> Sequence[Assertion]:
    """`four weeks behind`, `six months pregnant`."""
    begin = cursor.at
    cursor.take_any(("about", "around", "nearly", "over"))
    number = cursor.low().isdecimal() or spelled_number(cursor.low()) is not None
    cursor.at += 1
    measure = number and cursor.low() in {*_MEASURES, *(each.removesuffix("s") for each in _MEASURES)}
    cursor.at += 1
    if not measure or not cursor.take_any(_STANDS):
        return ()
    tail = read_tail(cursor)
    plain = tail is not None and tail.is_bare and not tail.dated
    return doer.tell("status", join_tokens(cursor.tokens[begin:])) if plain else ()


_HURTING = words("bad dodgy sore stiff weak shot gone knackered playing-up painful swollen bust")
_BODY = words("back knee knees hip hips shoulder shoulders neck ankle wrist wrists hearing eyesight sight feet eyes")


def aching(cursor: Cursor, doer: Doer) -> Sequence[Assertion]:
    """`my back is bad`: a part of the body."""
    if doer.head not in _BODY or not doer.noun:
        return ()
    begin = cursor.at
    cursor.take_any(("very", "really", "quite", "pretty"))
    if not cursor.take_any(_HURTING):
        return ()
    tail = read_tail(cursor)
    plain = tail is not None and tail.is_bare and not tail.dated
    return doer.tell("status", join_tokens(cursor.tokens[begin:])) if plain else ()


EVENTS = words(
    """party wedding exam exams trip appointment meeting concert match interview show recital funeral christening
    baptism graduation mot fete fair tournament race marathon gig premiere launch inspection audit auction
    viewing hearing operation scan surgery retreat reunion festival open-day parents'-evening move deadline
    due-date ceremony talk"""
)


_ON_A_DAY = words("payday rent birthday anniversary due-date")


def is_storey(run: Sequence[Token], doer: Doer) -> bool:
    """`the toilets are on the 4th`: of what is no event it may be a floor."""
    ordinal = any(token.low[:1].isdigit() and token.low.endswith(("st", "nd", "rd", "th")) for token in run)
    return ordinal and doer.head not in EVENTS | _ON_A_DAY


def dated(cursor: Cursor, doer: Doer) -> Sequence[Assertion]:
    """`(my wedding is) on the 9th of May in Exeter`: with a day that its words still tell next year."""
    token = cursor.token()
    if doer.head not in EVENTS or token is None or token.kind != "time" or not is_absolute(token.text):
        return ()
    cursor.at += 1
    begin = cursor.at
    tail = read_tail(cursor)
    if tail is None or tail.dated or not (tail.is_bare or tail.joint in ("in", "at", "with")):
        return ()
    where = join_tokens(cursor.tokens[begin:])
    return doer.tell("date", f"{bare(token.text)} {where}".strip())


def spanned(cursor: Cursor, doer: Doer) -> Sequence[Assertion]:
    """`(my route is) Crewe to Holyhead`, `(my lenses are) plus two and a half`: of a thing of the speaker's."""
    if not doer.noun or is_somebody(doer) or cursor.low() in ("the", "a", "an", "my", "our", "not", "all", "like"):
        return ()
    begin = cursor.at
    tail = read_tail(cursor)
    plain = tail is not None and tail.anchored and not (tail.dated or tail.again) and len(tail.tokens) < 8
    fits = (
        plain
        and tail is not None
        and tail.tokens[-1].low != "'s"
        and (not tail.joint or tail.counted)
        and len(tail.tokens) > 1
    )
    return doer.tell_itself(join_tokens(cursor.tokens[begin:])) if fits else ()


READERS = (until, kept_by, off_by, limited, aching, spanned)
