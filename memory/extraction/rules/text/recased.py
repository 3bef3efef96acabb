"""A turn in small letters with capitals where a name stands: `im from leeds, my sister anna works at aldi`."""

from collections.abc import Sequence
from dataclasses import replace

from memory.extraction.rules.text.forms import VERB_FORMS
from memory.extraction.rules.text.lexicon import FUNCTION_WORDS
from memory.extraction.rules.text.nouns import GIVEN, OTHER_RELATIONS, PLACES, RELATIONS, TECHNOLOGIES
from memory.extraction.rules.text.tokens import Token
from memory.extraction.rules.text.words import words
from memory.extraction.rules.times.moments import MONTHS, WEEKDAYS


def is_casual(text: str) -> bool:
    """Whether nothing is written with a capital but `I`."""
    return not any(
        letter.isupper() and not (letter == "I" and not text[max(0, at - 1) : at].isalnum() and _ends(text, at + 1))
        for at, letter in enumerate(text)
    )


def _ends(text: str, at: int) -> bool:
    return not text[at : at + 1].isalnum()


_NAMES_TOO = words(
    """art hope rose grace joy faith amber jade ivy holly violet summer mark will jack frank bill rob grant dean pat
    penny pearl heather hazel olive robin willow iris carol dawn eve guy max miles ray sandy skip sonny stella
    poppy ruby daisy lily terry jean dot sue chase wade drew peg gene rusty bud rich norm"""
)
_NO_NAMES = FUNCTION_WORDS | VERB_FORMS.keys() | MONTHS.keys() | WEEKDAYS.keys() | _NAMES_TOO
_CALLED = words("called named")
_BEFORE_NAMES = RELATIONS.keys() | OTHER_RELATIONS | _CALLED
_LIVING = words("live lives lived living born based raised originally moved move moving back over grew from")
_NO_PLACES = words(
    """town uni halls dorms school fear poverty peace sin denial hope squalor exile hell chaos comfort luxury harmony
    limbo dread darkness misery fog isolation pain terror student home work shared rented social sheltered temporary
    constant total complete pure bed bits debt love solar oat decaf part-time full-time nights days person wedlock
    captivity care foster sync office house scratch memory experience here there abroad downtown tents caravans trouble
    september october november december january february march april june july august spring summer autumn winter"""
)


def recased(tokens: Sequence[Token]) -> list[Token]:
    """Names that are known, what is `called` so, and where somebody lives; each with a capital in `text`."""
    made: list[Token] = []
    for at, token in enumerate(tokens):
        named = token.is_word and token.text.isalpha() and len(token.text) > 2 and _is_name(tokens, at)
        made.append(replace(token, text=token.text[0].upper() + token.text[1:]) if named else token)
    return made


def _is_name(tokens: Sequence[Token], at: int) -> bool:
    low = tokens[at].low
    before = tokens[at - 1].low if at else ""
    earlier = tokens[at - 2].low if at > 1 else ""
    if low in _NO_NAMES:
        return before in _BEFORE_NAMES and low in _NAMES_TOO and (before in _CALLED or earlier == "my")
    if low in GIVEN or low in PLACES or low in TECHNOLOGIES:
        return True
    if before in _CALLED or (before in ("is", "'s") and earlier == "name"):
        return True
    after = tokens[at + 1] if at + 1 < len(tokens) else None
    lives = (before in ("in", "to") and earlier in _LIVING) or (before == "from" and earlier in _BEING)
    ends = after is None or not after.is_word or after.low in FUNCTION_WORDS
    return lives and ends and low not in _NO_PLACES


_BEING = words("am is are 's originally and")
