"""`X is …`: when it is, how it stands just now, where it is beside something, how old it is, what it is by a number."""

from collections.abc import Sequence
from dataclasses import dataclass

from memory.extraction.rules.everyday import conditions, situations
from memory.extraction.rules.everyday.again import AGAIN
from memory.extraction.rules.everyday.tails import Tail, read_tail
from memory.extraction.rules.everyday.who import is_somebody
from memory.extraction.rules.general.complements import bare
from memory.extraction.rules.general.doer import Doer
from memory.extraction.rules.general.sense import PETS
from memory.extraction.rules.scene import Assertion
from memory.extraction.rules.text.lexicon import spelled_number
from memory.extraction.rules.text.phrases import Cursor, join_tokens, read_name
from memory.extraction.rules.text.tokens import Token
from memory.extraction.rules.text.words import words


@dataclass(frozen=True)
class State:
    facts: Sequence[Assertion]
    again: bool = False
    """The times of the clause stand in the value."""


def read_state(cursor: Cursor, doer: Doer) -> State | None:
    """Behind the verb, to the end of the clause."""
    start = cursor.at
    for reader in _READERS:
        cursor.at = start
        if told := reader(cursor, doer):
            return told
    return _both(cursor, doer, start)


def _both(cursor: Cursor, doer: Doer, start: int) -> State | None:
    """`fifteen and nearly blind`: each of two by itself."""
    lows = [token.low for token in cursor.tokens[start:]]
    if lows.count("and") != 1:
        return None
    middle = start + lows.index("and")
    first = read_state(Cursor(cursor.tokens[:middle], start), doer)
    second = read_state(Cursor(cursor.tokens, middle + 1), doer) if first else None
    if first is None or second is None:
        return None
    cursor.at = len(cursor.tokens)
    return State([*first.facts, *second.facts], again=first.again or second.again)


_CLOCK = words(
    """at from by between till until to and half past quarter noon midnight half-past o'clock am pm a.m p.m on
    in the morning evening afternoon night ist gmt utc cet est pst bst"""
)


_SUPERLATIVE = words(
    "best biggest main busiest oldest cheapest only newest smallest largest favourite first last nearest"
)


_FELT = words(
    """bet hope fear chance shot option asset worry problem mistake regret strength weakness enemy friend part thing
    memory wish excuse weapon advice decision idea moment"""
)


def _foremost(cursor: Cursor, doer: Doer) -> State | None:
    """`our best seller is the lemon tart`."""
    if (
        doer.noun.partition("_")[0] not in _SUPERLATIVE
        or is_somebody(doer)
        or doer.head in _FELT
        or cursor.low() not in ("the", "a", "an", "our", "my")
    ):
        return None
    begin = cursor.at + 1
    tail = read_tail(cursor)
    plain = tail is not None and not (tail.joint or tail.dated) and 0 < len(cursor.tokens) - begin < 6
    return State(doer.tell_itself(join_tokens(cursor.tokens[begin:]))) if plain else None


def _due(cursor: Cursor, doer: Doer) -> State | None:
    """`due on 3 May`."""
    if doer.is_somebody or not cursor.take("due"):
        return None
    if cursor.low() in ("a", "an"):  # `due a service at 3,000 km`
        tail = read_tail(cursor)
        return State(doer.tell("due", tail.text)) if tail and tail.counted and not (tail.dated or tail.joint) else None
    if cursor.kind() != "time":
        return None
    said = cursor.tokens[cursor.at].text
    cursor.at += 1
    return State(doer.tell("deadline", bare(said))) if cursor.done else None


def _distant(cursor: Cursor, doer: Doer) -> State | None:
    """`twenty minutes from the beach`."""
    begin = cursor.at
    number = cursor.kind() == "number" or spelled_number(cursor.low()) is not None
    cursor.at += 2
    far = number and cursor.low(-1) in _DISTANCES and cursor.take("from")
    tail = read_tail(cursor) if far else None
    plain = tail is not None and tail.text and not (tail.dated or tail.joint)
    return State(doer.tell("location", join_tokens(cursor.tokens[begin:]))) if plain else None


_DISTANCES = words("minutes minute miles mile km kilometres kilometers hours hour streets blocks stops metres yards")


def _of_siblings(cursor: Cursor, doer: Doer) -> State | None:
    """`the youngest of five`."""
    begin = cursor.at + 1
    ranked = cursor.take("the") and cursor.take_any(("youngest", "oldest", "eldest", "middle")) and cursor.take("of")
    counted = ranked and (cursor.low().isdecimal() or spelled_number(cursor.low()) is not None)
    cursor.at += 1
    if not counted or not cursor.done or not is_somebody(doer):
        return None
    return State(doer.tell("birth_order", join_tokens(cursor.tokens[begin:])))


def _at_a_place(cursor: Cursor, doer: Doer) -> State | None:
    """`at uni in Durham`, `in hospital`: where somebody is for a time."""
    if not is_somebody(doer) or not cursor.take_any(("at", "in")) or cursor.low() not in _STAYS:
        return None
    begin = cursor.at - 1
    tail = read_tail(cursor)
    return State(doer.tell("location_now", join_tokens(cursor.tokens[begin:]))) if tail and not tail.dated else None


_STAYS = words("uni university college school hospital prison hospice nursery rehab boarding-school")


def _in_number(cursor: Cursor, doer: Doer) -> State | None:
    """`we're a team of nine`, `we're short of two drivers`."""
    if not doer.is_speaker or not doer.refs[0].plural:
        return None
    if cursor.take("short", "of"):
        tail = read_tail(cursor)
        return State(doer.tell("short_of", tail.text)) if tail is not None and tail.counted else None
    group = cursor.take("a") and cursor.take_any(("team", "family", "household", "staff", "crew", "group"))
    number = cursor.low(1) if group and cursor.low() == "of" else ""
    cursor.at += 2
    told = bool(number) and cursor.done and (number.isdecimal() or spelled_number(number) is not None)
    return State(doer.tell("group_size", number)) if told else None


def _known_as(cursor: Cursor, doer: Doer) -> State | None:
    """`known as Nan Peggy to everyone on the street`."""
    if not doer.is_somebody or not cursor.take("known", "as"):
        return None
    name = read_name(cursor)
    plain = cursor.done or cursor.low() in ("to", "by", "in", "at", "on")
    cursor.at = len(cursor.tokens)
    return State(doer.tell("nickname", name)) if name and plain else None


_YEARS = words("year term month week semester season trimester")
_RANKS = words("first second third fourth fifth sixth seventh final last")


def _in_a_year(cursor: Cursor, doer: Doer) -> State | None:
    """`in my second year of physics at Leeds`."""
    if not is_somebody(doer) or not (cursor.take("in") and cursor.take_any(("my", "our", "his", "her", "the"))):
        return None
    begin = cursor.at
    if not cursor.take_any(_RANKS) or not cursor.take_any(_YEARS):
        return None
    tail = read_tail(cursor)
    plain = tail is not None and not tail.dated and tail.joint in ("", "of", "at")
    return State(doer.tell("grade", join_tokens(cursor.tokens[begin:]))) if plain else None


def _timed(cursor: Cursor, doer: Doer) -> State | None:
    """`at half six on Tuesdays`, `from two till eight`, `between eight and nine`: nothing but hours, and how often."""
    if doer.is_somebody or (
        cursor.low() not in ("at", "from", "between", "by", "on", "every") and cursor.kind() != AGAIN
    ):
        return None
    start = cursor.at
    while not cursor.done and _is_hour(cursor.tokens[cursor.at]):
        cursor.at += 1
    run = cursor.tokens[start : cursor.at]
    cursor.at += cursor.kind() == "time" and cursor.low().startswith(("this ", "until ", "till ", "from "))
    hours = any(
        token.kind == "number" or (spelled_number(token.low) or token.low in ("noon", "midnight")) for token in run
    )
    again = any(token.kind == AGAIN for token in run)
    other = conditions.is_storey(run, doer) or not (hours or again)
    if not cursor.done or other or any(token.kind == "time" for token in run):
        return None
    value = join_tokens(run).removeprefix("on ").removeprefix("from ").removeprefix("at ")
    return State(doer.tell_itself(value) if doer.noun else doer.tell("time", value), again=True)


def _is_hour(token: Token) -> bool:
    return token.kind in ("number", AGAIN) or token.low in _CLOCK or spelled_number(token.low) is not None


_CONDITIONS = words(
    """cracked welcome banned allowed forbidden broken shot flaky jammed leaking frozen dead bust knackered rusty damp
    mouldy blocked clogged scratched dented torn ripped stolen lost missing overdue unpaid paid delayed
    cancelled postponed finished shipped signed expired blind deaf lame poorly ill sick bedridden vegetarian
    insured uninsured listed locked unlocked patched outdated obsolete empty full sore swollen
    infected arthritic stiff off down shut"""
)
_DEGREES = words("nearly almost partly badly completely half very quite a bit slightly still already always")
_LIKE = words("post bat doornail rake board dodo")
_ENDLESS = words("off down welcome banned allowed forbidden shut")


def _standing(cursor: Cursor, doer: Doer) -> State | None:
    """`cracked`, `nearly blind`, `welcome`: of things and of others; of the speaker moods would come with it."""
    if doer.is_speaker:
        return None
    start = cursor.at
    cursor.take_all(_DEGREES)
    found = cursor.take_any(_CONDITIONS)
    if not found or (found in ("off", "down", "shut") and cursor.done):
        return None
    begin = cursor.at
    if cursor.take("as", "a") and cursor.low() in _LIKE and cursor.low(1) == "":  # `deaf as a post`
        cursor.at += 1
    tail = read_tail(cursor)
    if tail is None or (tail.dated and not tail.dated[0].casefold().startswith("since")):
        return None
    value = join_tokens([*cursor.tokens[start:begin], *tail.tokens])
    return State(doer.tell("described_as" if found in _ENDLESS else "status", value), again=tail.again)


_ABSENCES = (("off", "sick"), ("on", "leave"), ("on", "holiday"), ("on", "maternity", "leave"), ("on", "call"))


def _away(cursor: Cursor, doer: Doer) -> State | None:
    """`off sick`, `home at weekends`, `off next week`: where somebody is to be found, for a time."""
    for said in _ABSENCES:
        if cursor.take(*said):
            tail = read_tail(cursor)
            fits = tail is not None and not tail.text and not tail.joint
            return State(doer.tell("status", " ".join(said))) if fits and is_somebody(doer) else None
    if not is_somebody(doer) or cursor.low() not in ("off", "home", "away", "in", "out", "up", "back"):
        return None
    where = cursor.low()
    cursor.at += 1
    tail = read_tail(cursor)
    if tail is None:
        return None
    return _at_times(doer, where, tail)


def _at_times(doer: Doer, where: str, tail: Tail) -> State | None:
    if tail.again or (where == "in" and tail.joint in ("by", "from") and tail.anchored and not tail.dated):
        said = " ".join(filter(None, (where, tail.joint, tail.text)))
        return State(doer.tell("availability", said), again=True)
    if where in ("off", "away", "out") and tail.joint in ("until", "till", "from") and tail.text:
        return State(doer.tell("status", f"{where} {tail.joint} {tail.text}"))
    if where == "home" and tail.joint == "with" and tail.text and not tail.dated:
        return State(doer.tell("status", f"home with {tail.text}"))
    if where in ("off", "away", "back") and not tail.text and not tail.joint and tail.dated:
        return State(doer.tell("status", where))
    return None


_BESIDE = (("next", "to"), ("opposite",), ("behind",), ("above",), ("below",), ("between",), ("beside",), ("under",))


def _beside(cursor: Cursor, doer: Doer) -> State | None:
    """`next to the hall`: of a thing."""
    if is_somebody(doer):
        return None
    start = cursor.at
    if not any(cursor.take(*said) for said in _BESIDE):
        return None
    tail = read_tail(cursor)
    plain = tail is not None and tail.text and not (tail.joint or tail.dated or tail.again)
    return State(doer.tell("location", join_tokens(cursor.tokens[start:]))) if plain else None


def _aged(cursor: Cursor, doer: Doer) -> State | None:
    """`fifteen`, of a person or an animal."""
    living = doer.is_person or doer.head in PETS or (not doer.noun and doer.refs[0].type in ("person", "other"))
    about = cursor.take_any(("nearly", "almost", "about", "around"))
    number = cursor.low()
    years = spelled_number(number) if not number.isdecimal() else int(number)
    cursor.at += 1
    if not living or not years or not 0 < years < 120 or not cursor.done:
        return None
    return State(doer.tell("age", f"{about} {years}".strip()))


def _measured(cursor: Cursor, doer: Doer) -> State | None:
    """`about nine thousand a year`, `db1`: by its figure."""
    if is_somebody(doer):
        return None
    start = cursor.at
    cursor.take_any(("about", "around", "roughly", "over", "under", "nearly"))
    first = cursor.token()
    counted = first is not None and (first.kind == "number" or spelled_number(first.low) or _is_code(first))
    tail = read_tail(cursor) if counted else None
    rated = any(token.low in ("a", "per", "each") for token in cursor.tokens[start:])
    if tail is None or tail.dated or tail.joint or (doer.bare and not rated) or _is_any_number(doer, tail):
        return None
    return State(doer.tell_itself(join_tokens(cursor.tokens[start:])), again=tail.again)


_CODES = words("version release build code pin extension postcode passcode combination number port")


def _is_any_number(doer: Doer, tail: Tail) -> bool:
    """`the limit is 59`; not `the alarm code is 4471`."""
    coded = doer.head in _CODES and len(tail.text) > 2
    return tail.text.isdecimal() and not doer.noun and not coded


def _is_code(token: Token) -> bool:
    return token.is_word and any(letter.isdigit() for letter in token.text)


_PLAIN = (*conditions.READERS, *situations.READERS)


def _situation(cursor: Cursor, doer: Doer) -> State | None:
    """What `situations` read."""
    start = cursor.at
    if (told := conditions.dated(cursor, doer)) and cursor.done:
        return State(list(told), again=True)
    for reader in _PLAIN:
        cursor.at = start
        if (told := reader(cursor, doer)) and cursor.done:
            return State(list(told))
    return None


_READERS = (
    _timed,
    _away,
    _standing,
    _beside,
    _aged,
    _known_as,
    _foremost,
    _in_number,
    _distant,
    _due,
    _of_siblings,
    _at_a_place,
    _in_a_year,
    _measured,
    _situation,
)
