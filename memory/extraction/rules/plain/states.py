"""What is so: `is backed up every night at 2`, `is out of toner`, `works night shifts`, `my knee hurts`."""

from memory.extraction.rules.everyday.tails import Tail, read_tail
from memory.extraction.rules.everyday.who import is_somebody
from memory.extraction.rules.general.complements import bare
from memory.extraction.rules.general.doer import Doer
from memory.extraction.rules.general.lexicon import IDIOMS, THE_IDIOMS
from memory.extraction.rules.general.sense import PETS
from memory.extraction.rules.plain.habits import practised
from memory.extraction.rules.plain.shape import Telling
from memory.extraction.rules.text.forms import VERB_FORMS, form_of
from memory.extraction.rules.text.nouns import RELATIONS
from memory.extraction.rules.text.phrases import Cursor, join_tokens
from memory.extraction.rules.text.verbs import Tense, VerbGroup
from memory.extraction.rules.text.words import words

_INWARD = words(
    """think feel hope love hate want wish believe know mean seem say tell claim guess suppose imagine dream wonder
    doubt worry expect forget remember understand prefer kill concern interest surprise shock tire stress bore
    doom bless curse haunt wast lose run close open sink tie bind kid joke make do give take get put set"""
)
_JOINTS = words("to by at in on for with from under")
_FIGURED = IDIOMS | THE_IDIOMS | words("luck control hand order place question words breath touch date fashion way")


def read_being(cursor: Cursor, doer: Doer, group: VerbGroup) -> Telling | None:
    for reader in (
        _treated,
        _without,
        _of_a_kind,
        _rescued,
        _listed,
        _lasts,
        _over,
        _kept,
        _occupied,
        _been,
        _enrolled,
        _due,
    ):
        start = cursor.at
        if told := reader(cursor, doer, group):
            return told
        cursor.at = start
    return None


def _treated(cursor: Cursor, doer: Doer, group: VerbGroup) -> Telling | None:
    """`is addressed to Halden GmbH`, `is backed up every night`: of a thing, with a name, a number or how often."""
    lemma = next((lemma for lemma, kind in sorted(VERB_FORMS.get(cursor.low(), ())) if kind == "participle"), "")
    if is_somebody(doer) or doer.head in _OF_BODIES or group.tense is not Tense.PRESENT:
        return None
    if not lemma or lemma in _INWARD:
        return None
    key = form_of(lemma, "participle")
    cursor.at += 1
    particle = cursor.take_any(("up", "out", "off", "down", "over"))
    key += f"_{particle}" * bool(particle)
    tail = read_tail(cursor)
    if tail is None or not tail.text or tail.dated or not tail.anchored or tail.joint not in _JOINTS | {""}:
        return None
    if not tail.joint and not tail.again:
        return None
    hour = tail.again or tail.joint in ("at",)
    joint = "" if hour and not tail.joint else f"_{tail.joint}" * bool(tail.joint)
    return Telling(doer.tell(f"{key}{joint}", tail.text), VerbGroup(lemma="be"), dateless=True)


def _without(cursor: Cursor, doer: Doer, group: VerbGroup) -> Telling | None:
    """`is out of toner`, `is low on ink`: of a thing."""
    if is_somebody(doer) or group.tense is not Tense.PRESENT:
        return None
    begin = cursor.at
    if not (cursor.take("out", "of") or cursor.take("low", "on") or cursor.take("full", "of")):
        return None
    tail = read_tail(cursor)
    lows = {token.low for token in tail.tokens} if tail else set()
    plain = tail is not None and tail.text and not (tail.joint or tail.dated or tail.again) and len(tail.tokens) <= 3
    return Telling(doer.tell("status", join_tokens(cursor.tokens[begin:]))) if plain and not lows & _FIGURED else None


_KINDS = words(
    """business company firm charity non-profit nonprofit start-up startup cooperative co-op school restaurant agency
    bakery brewery farm studio practice partnership subsidiary franchise club association foundation consultancy shop
    manufacturer wholesaler retailer publisher"""
)
_MODIFIERS = words("small family family-run family-owned local independent medium-sized mid-sized young private public")


def _of_a_kind(cursor: Cursor, doer: Doer, group: VerbGroup) -> Telling | None:
    """`we're a family business`: what kind of firm."""
    if not (doer.is_speaker and doer.refs[0].plural) or group.tense is not Tense.PRESENT or not cursor.take("a"):
        return None
    begin = cursor.at
    tail = read_tail(cursor)
    lows = [token.low for token in tail.tokens] if tail else []
    end = next((at for at, low in enumerate(lows) if low in ("in", "for", "of", "with", "near")), len(lows))
    plain = tail is not None and not (tail.joint or tail.again or tail.dated) and 0 < end <= 4
    if not plain or lows[end - 1] not in _KINDS:
        return None
    return Telling(doer.tell("organisation_kind", join_tokens(cursor.tokens[begin:])))


def _rescued(cursor: Cursor, doer: Doer, group: VerbGroup) -> Telling | None:
    """`our dog is a rescue from Romania`."""
    pet = doer.head in PETS
    if not pet or not cursor.take("a", "rescue"):
        return None
    begin = cursor.at - 1
    tail = read_tail(cursor)
    plain = tail is not None and not tail.dated and (tail.is_bare or tail.joint == "from")
    return Telling(doer.tell("described_as", join_tokens(cursor.tokens[begin:]))) if plain else None


def _lasts(cursor: Cursor, doer: Doer, group: VerbGroup) -> Telling | None:
    """`(the contract) is for 24 months`."""
    token = cursor.token()
    timed = token is not None and token.kind == "time" and token.low.startswith("for ")
    if not timed or token is None or _head(doer) not in _CONTRACTS or group.tense is not Tense.PRESENT:
        return None
    cursor.at += 1
    return Telling(doer.tell("duration", token.text[4:]), dateless=True) if cursor.done else None


_CONTRACTS = words("contract lease warranty guarantee subscription course visa permit loan mortgage membership ticket")


def _over(cursor: Cursor, doer: Doer, group: VerbGroup) -> Telling | None:
    """`(the lease) is up in June`."""
    if _head(doer) not in _CONTRACTS or group.tense is not Tense.PRESENT or not cursor.take_any(("up", "over")):
        return None
    token = cursor.token()
    cursor.at += 1
    timed = token is not None and token.kind == "time" and cursor.done
    return Telling(doer.tell("ends", bare(token.text)), dateless=True) if timed and token is not None else None


_CIRCLES = words("club team band choir union squad orchestra")


def _enrolled(cursor: Cursor, doer: Doer, group: VerbGroup) -> Telling | None:
    """`(my son is) in the chess club`."""
    if not is_somebody(doer) or group.tense is not Tense.PRESENT or not cursor.take("in"):
        return None
    if not cursor.take_any(("the", "a", "our")):
        return None
    tail = read_tail(cursor)
    plain = tail is not None and tail.text and not (tail.joint or tail.dated or tail.again) and len(tail.tokens) <= 3
    fits = plain and tail is not None and len(tail.tokens) > 1 and tail.tokens[-1].low in _CIRCLES
    return Telling(doer.tell("is_in", tail.text)) if fits and tail is not None else None


def _due(cursor: Cursor, doer: Doer, group: VerbGroup) -> Telling | None:
    """`(payments are) due within 30 days`: of things, also of any of them."""
    if is_somebody(doer) and not doer.bare:
        return None
    if not cursor.take("due", "within"):
        return None
    tail = read_tail(cursor)
    fits = tail is not None and tail.counted and not (tail.joint or tail.dated) and len(tail.tokens) <= 4
    return Telling(doer.tell("due", f"within {tail.text}")) if fits and tail is not None else None


_KEEPERS = words(
    "neighbour neighbours neighbor caretaker concierge porter reception lawyer solicitor notary accountant"
)


def _kept(cursor: Cursor, doer: Doer, group: VerbGroup) -> Telling | None:
    """`(the keys) are with the neighbour`."""
    if is_somebody(doer) or group.tense is not Tense.PRESENT or not cursor.take("with"):
        return None
    tail = read_tail(cursor)
    fits = tail is not None and not (tail.joint or tail.dated or tail.again) and len(tail.tokens) <= 3
    if not fits or tail is None or tail.tokens[-1].low not in _KEEPERS | RELATIONS.keys():
        return None
    return Telling(doer.tell("kept_by", tail.text))


def _head(doer: Doer) -> str:
    return doer.head or doer.refs[0].name.rpartition(" ")[2].casefold()


def _occupied(cursor: Cursor, doer: Doer, group: VerbGroup) -> Telling | None:
    """`my job is fixing lifts`."""
    doing = any(kind == "ing" for _, kind in VERB_FORMS.get(cursor.low(), ()))
    if not doer.noun or doer.head not in ("job", "hobby", "work", "speciality", "specialty") or not doing:
        return None
    begin = cursor.at
    cursor.at += 1
    tail = read_tail(cursor)
    plain = tail is not None and tail.text and not (tail.dated or tail.joint) and len(tail.tokens) <= 6
    return Telling(doer.tell_itself(join_tokens(cursor.tokens[begin:]))) if plain else None


_BEEN = words("widow widower member customer subscriber volunteer patient regular donor trustee governor magistrate")


def _been(cursor: Cursor, doer: Doer, group: VerbGroup) -> Telling | None:
    """`(I've been) a widow for six years`."""
    if group.tense is not Tense.PERFECT or not doer.is_somebody or not cursor.take_any(("a", "an")):
        return None
    tail = read_tail(cursor)
    heads = [token.low for token in tail.tokens] if tail else []
    lasts = tail is not None and len(tail.dated) == 1 and tail.dated[0].casefold().startswith(("since", "for "))
    if not lasts or tail is None or tail.joint or not 0 < len(heads) <= 3 or heads[-1] not in _BEEN:
        return None
    return Telling(doer.tell("status", tail.text), group)


_LISTS = words("list board committee payroll team register jury electoral-roll")


def _listed(cursor: Cursor, doer: Doer, group: VerbGroup) -> Telling | None:
    """`on the waiting list for a new hip`: of somebody."""
    begin = cursor.at
    if not is_somebody(doer) or group.tense is not Tense.PRESENT or not cursor.take("on"):
        return None
    if not cursor.take_any(("the", "a", "our", "your")):
        return None
    tail = read_tail(cursor)
    lows = [token.low for token in tail.tokens] if tail else []
    end = next((at for at, low in enumerate(lows) if low in ("for", "of", "at")), len(lows))
    plain = tail is not None and not (tail.joint or tail.again or tail.dated) and 0 < end <= 3 and len(lows) <= 8
    if not plain or lows[end - 1] not in _LISTS:
        return None
    return Telling(doer.tell("status", join_tokens(cursor.tokens[begin:])))


_OF_BODIES = words("heart soul mind life head world love day faith")
_BODY = words(
    """knee knees back hip hips shoulder shoulders neck ankle ankles wrist wrists head foot feet elbow stomach tooth
    teeth hand hands leg legs eye eyes ear ears throat"""
)
_SHIFTS = words("shift shifts nights earlies lates days")
_RUN = words(
    """podcast blog newsletter channel shop store guesthouse farm club group business company agency bakery café cafe
    stall clinic gym charity school nursery workshop choir museum kiosk bar pub restaurant hostel campsite"""
)
_SCHOOLS = words(
    "kindergarten nursery school university college daycare preschool church mosque synagogue playgroup uni"
)
_CABINS = words("economy business first premium coach")
_AFTER_WITH = words("cane stick walker crutches frame rollator")


def read_lasting(doer: Doer, group: VerbGroup, tail: Tail) -> Telling | None:
    """In the present: verbs with what makes them plain."""
    heads = [token.low for token in tail.tokens if token.is_word]
    if group.tense is Tense.PERFECT:
        return practised(doer, group, tail)
    since = all(said.casefold().startswith("since") for said in tail.dated)
    if group.progressive and group.lemma in ("call", "write", "contact", "email"):
        about = doer.is_speaker and tail.joint in ("about", "") and heads[:1] in (["about"], ["regarding"])
        about = about or (doer.is_speaker and tail.joint in ("about", "regarding"))
        return Telling(doer.tell("contact_about", _behind(tail)), group) if about and tail.counted else None
    if group.progressive and group.lemma in ("call", "write", "phone", "ring") and doer.is_speaker:
        named = tail.joint == "from" and tail.anchored and not (tail.counted or tail.dated)
        return Telling(doer.tell("contact_from", tail.text), group) if named else None
    if group.progressive:
        return None
    if group.lemma == "run" and is_somebody(doer) and not (tail.joint or tail.dated) and set(heads) & _RUN:
        return Telling(doer.tell("runs", tail.text), group) if heads[0] in ("a", "an", "the", "my", "our") else None
    if group.lemma == "renew" and heads == ["automatically"] and not is_somebody(doer):
        return Telling(doer.tell("renews", "automatically"), group)
    if (
        group.lemma == "stay"
        and is_somebody(doer)
        and not tail.dated
        and tail.joint == "at"
        and heads == ["at", "home"]
    ):
        return Telling(doer.tell("stays_at", tail.text), group, dateless=True)
    if group.lemma == "go" and is_somebody(doer) and not tail.dated and tail.joint == "to" and 2 <= len(heads) <= 5:
        return Telling(doer.tell("goes_to", tail.text), group) if heads[-1] in _SCHOOLS else None
    if group.lemma == "get" and is_somebody(doer) and heads in (["migraines"], ["hay", "fever"], ["cold", "sores"]):
        return Telling(doer.tell("gets", tail.text), group)
    if group.lemma in ("hurt", "ache", "itch") and doer.noun and doer.head in _BODY and since and not tail.text:
        return Telling(doer.tell("status", form_of(group.lemma, "third")), group)
    if group.lemma == "work" and is_somebody(doer) and not tail.joint and not tail.dated and heads[-1:]:
        worked = heads[-1] in _SHIFTS and len(heads) <= 3
        return Telling(doer.tell("works", tail.text), group) if worked else None
    if group.lemma == "fly" and is_somebody(doer) and heads[:1] and heads[0] in _CABINS and len(heads) <= 2:
        return Telling(doer.tell("flies", tail.text), group)
    if group.lemma == "live" and heads in (["next", "door"], ["nearby"], ["alone"], ["abroad"], ["downtown"]):
        return Telling(doer.tell("lives", " ".join(heads)), group) if is_somebody(doer) else None
    if group.lemma == "have" and tail.counted and heads[-1:] in (["jobs"], ["passports"], ["citizenships"]):
        return Telling(doer.tell("has", tail.text), group) if is_somebody(doer) and len(tail.tokens) <= 3 else None
    return None


def _behind(tail: Tail) -> str:
    return tail.text.removeprefix("about ").removeprefix("regarding ")
