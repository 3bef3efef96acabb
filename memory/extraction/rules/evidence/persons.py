"""Names that are nobody's: what somebody is or has, written with a capital; and what only somebody does."""

from memory.extraction.rules.text.nouns import GIVEN, NAMELESS
from memory.extraction.rules.text.words import words

_NOBODY = NAMELESS | words(
    """deaf blind autistic dyslexic diabetic asthmatic epileptic coeliac celiac vegan vegetarian teetotal tory labour
    green liberal republican democrat socialist conservative mormon sikh anglican methodist protestant orthodox quaker
    basque catalan flemish cornish kurdish tamil punjabi bengali gujarati malayali yoruba igbo hausa zulu maori
    geordie scouse cockney brummie londoner parisian new here there home retired unemployed late dead alive
    northern southern western eastern irish-american monday tuesday wednesday thursday friday saturday sunday
    christmas easter ramadan diwali amazing great lovely brilliant"""
)
_ENDINGS = ("ish", "ese", "ian", "ist", "ic")


def is_nobody(name: str) -> bool:
    low = name.casefold()
    return low not in GIVEN and " " not in low and (low in _NOBODY or low.endswith(_ENDINGS))


_DONE_BY_PEOPLE = (
    *("coming_round", "coming_over", "coming_up", "coming_down", "came_round", "came_over", "popping", "popped"),
    *("babysits", "babysat", "married", "graduated", "texted", "phoned", "rang", "emailed", "knits", "bakes", "snores"),
)


def is_done_by_people(key: str) -> bool:
    """What a place cannot do: who does it has only the name of one (`Paris is coming round for tea`)."""
    return key.startswith(_DONE_BY_PEOPLE)
