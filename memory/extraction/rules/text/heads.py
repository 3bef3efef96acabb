"""Whether a clause begins at a place: a subject there, and its verb in sight."""

from memory.extraction.rules.text.forms import FORMS, VERB_FORMS
from memory.extraction.rules.text.lexicon import (
    ADVERBS,
    BE,
    DETERMINERS,
    DO,
    FUNCTION_WORDS,
    HAVE,
    MODALS,
    PREPOSITIONS,
)
from memory.extraction.rules.text.nouns import ATTRIBUTES, RELATIONS
from memory.extraction.rules.text.tokens import Token
from memory.extraction.rules.text.words import words

COORDINATORS = words("and but so or plus yet then")
_SUBJECTS = words("i we he she it they you there")
_POSSESSIVES = words("my our his her their its your the")
FINITE = BE | HAVE | DO | MODALS | words("will shall")

ERRANDS = words(
    "book send order remind call set add show find buy cancel schedule reserve tell give plan write email text"
)
ERRAND_OBJECTS = words("a an the me us my our")
"""`…, and book a table`: an order, by its verb and by what follows it at once."""
SELDOM_DONE = words("book remind send")
"""Orders without a comma, too: who tells of himself says by when and for whom."""


def is_errand_at(tokens: list[Token], at: int, *, comma: bool) -> bool:
    """At the first word behind `and`."""
    follows = at + 1 < len(tokens) and tokens[at + 1].low in ERRAND_OBJECTS
    return follows and tokens[at].low in (ERRANDS if comma else SELDOM_DONE)


def is_verbal(token: Token) -> bool:
    return token.is_word and (token.low in FINITE or token.low in FORMS or token.low == "'s")


def has_subject(tokens: list[Token], at: int) -> bool:
    """A subject with a verb in sight."""
    low = tokens[at].low
    if low in ("please", "always", "never", "don't") or (
        low == "from" and at + 2 < len(tokens) and tokens[at + 1].low == "now"
    ):
        return True
    if low in ("i", "he", "she", "we", "they"):
        return at + 1 < len(tokens)
    if low in _SUBJECTS:
        return at + 1 < len(tokens) and _verb_near(tokens, at + 1, 2)
    if low in ("friends", "colleagues", "everybody") and at + 1 < len(tokens):
        return tokens[at + 1].low in ("call", "calls")
    if low in _POSSESSIVES:
        return _possessed_with_verb(tokens, at + 1)
    if low in ("this", "that", "these", "those", "everyone", "someone", "nobody", "people"):
        return _verb_near(tokens, at + 1, 1)
    if tokens[at].is_capital and low not in FUNCTION_WORDS:
        return _named_with_verb(tokens, at)
    return False


_REASONS = words("so because since but although though whereas")
_CERTAIN = words("is are has was were")


def _is_third(tokens: list[Token], begin: int, end: int) -> bool:
    """`the reg ends in KLT`: the last word of the run is a verb with more behind it."""
    last = tokens[end - 1].low if end - begin > 1 else ""
    after = tokens[end] if end < len(tokens) else None
    follows = after is not None and (after.low in PREPOSITIONS or after.low in DETERMINERS or after.kind == "time")
    return follows and any(kind == "third" for _, kind in VERB_FORMS.get(last, ()))


_COUNTED_PEOPLE = words("people men women guys lads girls kids children")
_NO_REASONS = words("far much many often long good bad tired called")


def _opens_reason(tokens: list[Token], at: int, connector: str) -> bool:
    """`… so pizza kinda wrecks me`; not `because of it`, `so far`, `I am so tired`."""
    low = tokens[at].low
    if len(tokens) - at < 3 or low == "of" or not tokens[at].is_word:
        return False
    if connector == "because":
        return True
    before = next((token for token in reversed(tokens[:at]) if token.low not in (connector, ",")), tokens[0])
    return (
        before.low not in FUNCTION_WORDS
        and (low == "no" or low not in FUNCTION_WORDS | _NO_REASONS)
        and not is_verbal(before)
    )


def _is_present(tokens: list[Token], at: int) -> bool:
    """`work for me`."""
    kinds = {kind for _, kind in VERB_FORMS.get(tokens[at].low, ())} if at < len(tokens) else set()
    return "base" in kinds


def has_plain_subject(tokens: list[Token], at: int, connector: str) -> bool:
    """`so pizza wrecks me`, `because the steel showed up late`, `, cut-off is the 18th`: a noun with its verb."""
    begin = at + (tokens[at].low in _POSSESSIVES)
    end = begin
    if connector in ("so", "because") and _opens_reason(tokens, at, connector):
        return True
    while end < len(tokens) and end - begin < 4 and tokens[end].is_word and tokens[end].low not in FUNCTION_WORDS:
        if end > begin and connector in _REASONS and _is_finite(tokens[end].low):
            return True
        end += 1
    if connector in (",", "and") and begin > at and _is_third(tokens, begin, end):
        return True
    verb = tokens[end].low if begin < end < len(tokens) else ""
    if connector in (",", "and") and end - begin > 1 and tokens[begin + 1].low in _COUNTED_PEOPLE:
        return _is_present(tokens, begin + 2)
    fits = verb in _CERTAIN and end + 1 < len(tokens) and tokens[end - 1].low not in FORMS.keys() - RELATIONS.keys()
    return fits and (connector in _REASONS or (connector in (",", "and") and verb in ("is", "are")))


_BEHIND_PAST = words("away back home my our the a an in at on to from out up off down")


def _is_past(tokens: list[Token], at: int) -> bool:
    """`my dad passed away`: a past, and what goes on behind it."""
    past = any(kind == "past" for _, kind in VERB_FORMS.get(tokens[at].low, ()))
    return past and at + 1 < len(tokens) and tokens[at + 1].low in _BEHIND_PAST


_BETWEEN = words("only both also still all mostly usually always just now")


def _possessed_with_verb(tokens: list[Token], at: int) -> bool:
    """`my wife works`, `our parents live`; the noun itself may look like a verb (`my work`, `our head of design`)."""
    for number, token in enumerate(tokens[at : at + 9]):
        if token.text == "," or token.low in COORDINATORS:
            return False
        kinds = {kind for _, kind in FORMS.get(token.low, ())}
        before = number - 1 - (number > 1 and tokens[at + number - 1].low in _BETWEEN)
        plural = tokens[at + before].low.endswith("s") and "base" in kinds
        if token.low in FINITE or token.low == "'s" or (number and (kinds & {"third", "past"} or plural)):
            return True
        if number and (_is_third(tokens, at, at + number + 1) or _is_past(tokens, at + number)):
            return True
    return False


def _verb_near(tokens: list[Token], at: int, reach: int) -> bool:
    for token in tokens[at : at + reach + 2]:
        if token.text == "," or token.low in COORDINATORS:
            return False
        if is_verbal(token) or token.low in ("no", "never"):
            return True
    return False


def _named_with_verb(tokens: list[Token], at: int) -> bool:
    """`Bob Okafor reports`, and not `Bob work`: a verb that agrees with one name."""
    end = at
    while end < len(tokens) and tokens[end].is_word and tokens[end].low not in FINITE and end - at < 5:
        low = tokens[end].low
        if end > at and not tokens[end].is_capital and _is_finite(low):
            return True
        if end > at and not tokens[end].is_capital and low not in ADVERBS | {"'s", "of", "de", "van", "von"}:
            possessed = tokens[end - 1].low == "'s"
            if not possessed and low not in ATTRIBUTES and low not in RELATIONS:
                return False
        end += 1
    return end < len(tokens) and end > at and tokens[end].low in FINITE - {"am", "have", "do"}


def _is_finite(low: str) -> bool:
    """Behind a name what ends as a verb does is one: `Dr Shaw covers Fridays`."""
    past = any(kind == "past" for _, kind in FORMS.get(low, ()))
    return past or any(kind == "third" for _, kind in VERB_FORMS.get(low, ()))
