"""Why a row may not be meant as it was read; each tells of one kind, by the clause's tokens."""

import re
from collections.abc import Callable, Sequence
from itertools import pairwise

from memory.extraction.diff import SELF
from memory.extraction.rules.evidence.persons import is_nobody
from memory.extraction.rules.evidence.pointing import is_half_compared, is_pronoun, is_whither
from memory.extraction.rules.evidence.single import holds_more, is_bare_figure
from memory.extraction.rules.scene import Assertion, guess_type
from memory.extraction.rules.statements.predication import Predication
from memory.extraction.rules.subjects.relatives import RELATIVES
from memory.extraction.rules.text.foods import FOODS
from memory.extraction.rules.text.lexicon import PREPOSITIONS
from memory.extraction.rules.text.nouns import RELATIONS
from memory.extraction.rules.text.tokens import Token
from memory.extraction.rules.text.words import words
from memory.vocabulary.keys import known_key


def is_doubtful(each: Assertion, told: Predication, tokens: Sequence[Token]) -> bool:
    return any(doubt(each, told, tokens) for doubt in _DOUBTS)


def _holds_more(each: Assertion, told: Predication, tokens: Sequence[Token]) -> bool:
    listed = each.key.endswith("address")
    return not listed and holds_more(each.value, joint=each.key.rpartition("_")[2])


_OF_THINGS = words("uses owns likes dislikes plays drives learns knows collects reads teaches speaks")
_POINTING = words("rest other others latter former one thing lot same bloke guy man woman lady person boy girl")
_NO_NOUNS = frozenset(("getting", "being", "having", "going"))


def _means_nothing(each: Assertion, told: Predication, tokens: Sequence[Token]) -> bool:
    """`uses 16`, `the rest is …`, `in my class`; where `getting` stands in a key, `'s` was a verb."""
    figure = each.key in _OF_THINGS and is_bare_figure(each.value)
    grade = each.key.endswith("grade") and each.value in ("class", "year", "grade")
    return figure or grade or each.entity.casefold() in _POINTING or not _NO_NOUNS.isdisjoint(each.key.split("_"))


def _is_summed(each: Assertion, told: Predication, tokens: Sequence[Token]) -> bool:
    """`payments is three engineers and one tester`: both together, and neither alone."""
    alike = [other for other in told.assertions if (other.entity, other.key) == (each.entity, each.key)]
    return len(alike) > 1 and each.key.rpartition("_")[2] == "is"


_WHEN = words("after before since")
_DATED = ("married", "date", "deadline")
_SPANS = ("day", "week", "month", "hour", "minute", "year")


def _is_mistimed(each: Assertion, told: Predication, tokens: Sequence[Token]) -> bool:
    """`married 15`, `is at 9`: neither a day nor a year; `comes in 5 days`: counted from a day that the row has not."""
    if each.key.endswith(_DATED) and each.value.isdecimal() and len(each.value) < 3:
        return True
    if each.key == "deadline" and guess_type(each.entity) == "person":
        return True  # `Beth's due date`
    if each.key.endswith("location") and not _WHEN.isdisjoint(each.value.split()):
        return True  # `Whitby after her divorce`
    low = each.value.casefold()
    counted = low.rstrip("s").endswith(_SPANS)
    return counted and any(token.kind == "time" and token.low == f"in {low}" for token in tokens)


def _is_of_the_other(each: Assertion, told: Predication, tokens: Sequence[Token]) -> bool:
    """`my sister's boyfriend Kofi works at Hale's`: his work, and not hers."""
    if each.entity != SELF:
        return False
    for first, mark, second in zip(tokens, tokens[1:], tokens[2:], strict=False):
        if mark.low == "'s" and first.low in RELATIVES and second.low in RELATIVES:
            return each.key.startswith(f"{first.low}_") and second.low not in each.key.split("_")
    return False


_OWNERS = words("'s his her their your")


def _is_of_another(each: Assertion, told: Predication, tokens: Sequence[Token]) -> bool:
    """`my brother's partner Declan`, `Ros's mum lives with us`: his, and not the speaker's."""
    if each.entity != SELF or not (each.target or each.key == "lives_with"):
        return False
    nouns = [at for at, token in enumerate(tokens) if _is_whom(token.low, each)]
    return bool(nouns) and all(at and tokens[at - 1].low in _OWNERS for at in nouns)


def _is_whom(low: str, each: Assertion) -> bool:
    return low == each.value if each.key == "lives_with" else RELATIONS.get(low) == each.key


_BY_HALVES = words(
    "mostly mainly partly largely partially practically technically basically sometimes usually often half"
)


def _is_by_halves(each: Assertion, told: Predication, tokens: Sequence[Token]) -> bool:
    """`I'm mostly vegan`, where the row has no such word."""
    said = {token.low for token in tokens} & _BY_HALVES if told.group.lemma == "be" else frozenset()
    return bool(said) and not said & {*each.value.casefold().split(), *each.key.split("_")}


_EVERYBODY = ("nobody", "no-one", "everybody", "everyone", "somebody")


def _is_no_role(each: Assertion, told: Predication, tokens: Sequence[Token]) -> bool:
    """`over me`, `vegan except`, `only driver`, `nobody's manager`."""
    lows = each.value.casefold().split() if each.key.endswith("role") else []
    if not lows:
        return False
    cut = lows[0] in PREPOSITIONS or lows[-1] in PREPOSITIONS | {"except", "not"}
    return cut or "only" in lows or any(low.startswith(_EVERYBODY) for low in lows)


def _is_no_name(each: Assertion, told: Predication, tokens: Sequence[Token]) -> bool:
    """Of a person or a pet: a word for what somebody is (`Deaf`), or one behind an article (`a Weimaraner`)."""
    pet = each.key == "has_pet"
    if not each.target or not (pet or (known_key(each.key).target == each.target_type == "person")):
        return False
    of_a_kind = any(stands_behind(article, each.target, tokens) for article in ("a", "an", "the"))
    return of_a_kind or (not pet and is_nobody(each.target))


def _is_for_it(each: Assertion, told: Predication, tokens: Sequence[Token]) -> bool:
    """`I work for peanuts`: for what, and for nobody."""
    if each.key != "works_at" or not each.target.islower() or not stands_behind("for", each.target, tokens):
        return False
    low = each.target.split()[0]
    return low in FOODS or low.endswith("s")


def _is_compared(each: Assertion, told: Predication, tokens: Sequence[Token]) -> bool:
    """`likes train to flying`: the half of a comparison."""
    if each.key.endswith("prefers"):
        return is_whither(tokens)
    if each.key.endswith("likes") and each.value.startswith(("be called ", "be known ")):
        return True  # `I prefer to be called Sam`
    return each.key.endswith("likes") and is_half_compared(each.value, tokens)


def _is_of_several(each: Assertion, told: Predication, tokens: Sequence[Token]) -> bool:
    """`flatmates`: `Jonas from Germany and Mireille`, as one."""
    noun = each.key.rpartition("_")[2]
    several = noun.endswith("s") and noun.removesuffix("s") in RELATIVES and noun not in ("boss", "us")
    return several and " and " in each.value


def _is_of_another_too(each: Assertion, told: Predication, tokens: Sequence[Token]) -> bool:
    """`mum_location` "in hospital and Dad's at home"."""
    return bool(_ANOTHER.search(each.value))


_ANOTHER = re.compile(r"\b(?:and|but|,) (?:my |our )?\w+['’]s (?:at|in|on|from|with|off|out) ")


def _is_cut(each: Assertion, told: Predication, tokens: Sequence[Token]) -> bool:
    """`on the Business` of `Business Plus`: the name goes on."""
    last = each.value.rpartition(" ")[2]
    return any(token.text == "Plus" and before.text == last for before, token in pairwise(tokens))


def _is_by_and_when(each: Assertion, told: Predication, tokens: Sequence[Token]) -> bool:
    """`published_in` "1871 by George Eliot": two things."""
    year, _, rest = each.value.partition(" by ")
    return bool(rest) and year.isdecimal()


def _points(each: Assertion, told: Predication, tokens: Sequence[Token]) -> bool:
    """`I play one at parties`; what is one of several is a figure (`the flat is number one`)."""
    figure = told.group.lemma == "be" or each.key.startswith("number_of_")
    return bool(each.value) and not figure and is_pronoun(each.value, tokens)


def stands_behind(joint: str, name: str, tokens: Sequence[Token]) -> bool:
    """Whether the name stands right behind that word."""
    low = name.split()[0].casefold()
    return any(before.low == joint and token.low == low for before, token in pairwise(tokens))


Doubt = Callable[[Assertion, Predication, Sequence[Token]], bool]
_DOUBTS: tuple[Doubt, ...] = (
    _holds_more,
    _means_nothing,
    _is_summed,
    _is_mistimed,
    _is_of_the_other,
    _is_of_another,
    _is_by_halves,
    _is_no_role,
    _is_no_name,
    _is_for_it,
    _is_compared,
    _is_by_and_when,
    _is_of_another_too,
    _is_cut,
    _is_of_several,
    _points,
)
