"""What a note or a list holds: a caller's plan, a medicine and who prescribed it, a shop, an article with its price."""

from collections.abc import Sequence

from memory.extraction.rules.families.assertions import attribute, relation
from memory.extraction.rules.families.counts import is_medicine
from memory.extraction.rules.families.things import read_condition
from memory.extraction.rules.literals.slots import read_price_of
from memory.extraction.rules.scene import ME, Assertion, Ref
from memory.extraction.rules.text.forms import FORMS
from memory.extraction.rules.text.lexicon import FUNCTION_WORDS
from memory.extraction.rules.text.phrases import Cursor, join_tokens, read_list, read_name
from memory.extraction.rules.text.words import words
from memory.extraction.rules.times.clocks import read_when
from memory.vocabulary.folding import fold_token

_DOCTORS = words(
    "doctor gp consultant psychiatrist cardiologist neurologist vet dermatologist oncologist nurse surgeon"
)


def read_prescribed(cursor: Cursor) -> list[Assertion]:
    """`my doctor put me on ramipril for my blood pressure`: what, what for, and by whom."""
    known = cursor.take_any(("my", "our", "the")) and cursor.take_any(_DOCTORS)
    who = cursor.tokens[cursor.at - 1].text if known else ""
    _ = cursor.take("has") or cursor.take("'s")
    cursor.take("just")
    if not who or not (cursor.take("put", "me", "on") or cursor.take("started", "me", "on")):
        return []
    drug = cursor.low()
    lasting = any(token.kind == "time" and token.low.startswith("for ") for token in cursor.tokens)
    if not is_medicine(drug) or lasting:  # `for a week`: how long, and not since when
        return []
    cursor.at += 1
    key = f"medication_{fold_token(drug)}"
    told = [attribute(ME, "medication", drug, event=True)]
    start = cursor.at
    ill = read_condition(cursor) if cursor.take("for", "my") or cursor.take("for") else ""
    if not ill and (cursor.tokens[start:] and cursor.low() == "blood" and cursor.low(1) == "pressure"):
        ill = "blood pressure"
        cursor.at += 2
    cursor.at = cursor.at if ill else start
    return [*told, *([attribute(ME, f"{key}_for", ill)] if ill else []), attribute(ME, f"{key}_prescribed_by", who)]


_CALLERS = words("caller customer client subscriber user member")
_PLANS = words("plan tariff package tier subscription contract")


def read_plan(cursor: Cursor) -> list[Assertion]:
    """`Caller is on the Business Plus plan, renewal due 15 January`: by the plan's name."""
    ref = _subscriber(cursor)
    if ref is None or not (cursor.take("am") or cursor.take("is") or cursor.take("are")):
        return []
    cursor.take_any(("now", "currently", "still"))
    name = _plan_name(cursor) if cursor.take("on") and cursor.take_any(("the", "a", "our", "your")) else ""
    noun = cursor.take_any(_PLANS) if name else ""
    if not noun:
        return []
    told = [attribute(ref, noun, name)]
    start = cursor.at
    what = cursor.take_any(("renewal", "payment", "upgrade")) if cursor.take(",") else ""
    day = read_when(cursor) if what and cursor.take("due") else ""
    cursor.at = cursor.at if day else start
    return [*told, attribute(ref, f"{what}_due", day)] if day else told


def _plan_name(cursor: Cursor) -> str:
    """`Business Plus`: every word of it has a capital."""
    begin = cursor.at
    while (token := cursor.token()) and token.is_capital and token.is_word and cursor.at - begin < 4:
        cursor.at += 1
    return join_tokens(cursor.tokens[begin : cursor.at])


def _subscriber(cursor: Cursor) -> Ref | None:
    if cursor.take("i"):
        return ME
    if cursor.take("we"):
        return Ref(name=ME.name, type="person", inferred=True, plural=True)
    cursor.take("the")
    if cursor.low() in _CALLERS:
        cursor.at += 1
        return Ref(name=cursor.low(-1).capitalize(), type="person")
    return None


_TRADES = words(
    """shop store bakery butcher café cafe restaurant pub bar brewery florist bookshop pharmacy gallery studio hotel
    school nursery salon barber garage dairy deli cheesemonger fishmonger greengrocer newsagent charity agency
    consultancy firm company startup start-up"""
)
_RUN = words("run owned founded managed")


def read_trade(cursor: Cursor) -> list[Assertion]:
    """`Fenwick & Daughters is a cheese shop in Ludlow run by Joan Fenwick`: what it is, where, and whose."""
    name = _house(cursor)
    if not name or not cursor.take("is") or not cursor.take_any(("a", "an")):
        return []
    begin = cursor.at
    while cursor.kind() == "word" and cursor.low() not in FUNCTION_WORDS | _RUN and cursor.at - begin < 4:
        cursor.at += 1
    run = cursor.tokens[begin : cursor.at]
    if not run or run[-1].low not in _TRADES:
        return []
    ref = Ref(name=name, type="organisation")
    told = [attribute(ref, "is", join_tokens(run))]
    place = read_name(cursor) if cursor.take("in") else ""
    told += [relation(ref, "located_in", place, "location")] if place else []
    cursor.take(",")
    how = cursor.take_any(_RUN)
    told += (
        [attribute(ref, f"{how}_by", who) for who in read_list(cursor, read_name) if how] if cursor.take("by") else []
    )
    return told if place and cursor.low() not in ("and", "or", ",") else []


def _house(cursor: Cursor) -> str:
    """`Fenwick & Daughters`: a name, or two."""
    start = cursor.at
    first = "" if cursor.low() in ("the", "a", "an") else read_name(cursor)
    if first and cursor.take_any(("&", "and")):
        return join_tokens(cursor.tokens[start : cursor.at]) if read_name(cursor) else ""
    return first


_SIDES = {"tall": "height", "high": "height", "wide": "width", "long": "length", "deep": "depth"}
_UNITS = words("cm mm m in inch inches ft feet metres meters")
_WEIGHTS = words("kg g lb lbs oz")


def read_listing(cursor: Cursor) -> list[Assertion]:
    """`Oak side table, 45 cm tall, £89.`: an article with its measures and its price, and nothing else."""
    begin = cursor.at
    while cursor.kind() == "word" and cursor.low() not in FUNCTION_WORDS | {"'s"} and cursor.at - begin < 6:
        cursor.at += 1
    run = cursor.tokens[begin : cursor.at]
    named = len(run) > 1 and run[0].is_capital and not run[-1].is_capital
    if not named or any(_is_doing(token.low) for token in run):
        return []
    ref = Ref(name=join_tokens(run), type="product")
    told: list[Assertion] = []
    while cursor.take(","):
        told += (said := _figure_of(cursor, ref))
        if not said:
            return []
    return told if cursor.done and any(each.key == "price" for each in told) else []


def _is_doing(low: str) -> bool:
    return any(kind in ("third", "past") for _, kind in FORMS.get(low, ()))


def _figure_of(cursor: Cursor, ref: Ref) -> Sequence[Assertion]:
    start = cursor.at
    if price := read_price_of(cursor):
        return [attribute(ref, "price", price, kind="product")]
    cursor.at = start
    if cursor.kind() != "number":
        return []
    cursor.at += 1
    unit = cursor.take_any(_UNITS | _WEIGHTS)
    key = "weight" if unit in _WEIGHTS else _SIDES.get(cursor.low(), "")
    cursor.at += key in _SIDES.values()
    said = join_tokens(cursor.tokens[start : cursor.at])
    return [attribute(ref, key, said, kind="product")] if unit and key else []
