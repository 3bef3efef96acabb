"""What is left over of a clause behind what was understood."""

from collections.abc import Sequence

from memory.extraction.rules.statements.predication import Predication
from memory.extraction.rules.text.heads import is_verbal
from memory.extraction.rules.text.lexicon import ADVERBS, spelled_number
from memory.extraction.rules.text.phrases import Cursor, is_proper
from memory.extraction.rules.text.tokens import Token
from memory.extraction.rules.text.verbs import VerbGroup
from memory.extraction.rules.text.words import words

_TRAILING = (
    words("""though here too well as anyway now again okay ok right unfortunately sadly luckily fortunately thankfully
    together ironically strangely oddly sadly funnily""")
    | ADVERBS
)
_ASIDE_PREPOSITIONS = words(
    """in with for on from near out outside by alongside together to at around after since not-of"""
)
_ASIDE_NOUNS = words("the a an my our both all class room flat around with for in at on near from by")
UNREAL = words(
    """dream dreams theory paper imagination head mind mine game novel story book film movie play song fiction
    spirit heart jest fun simulation show series tv sitcom episode scene reality past life childhood would could
    might if but except until unless instead or not never no than like what opposite absence vain
    only toy replica lego scale"""
)


def checked(cursor: Cursor, told: Predication) -> Predication:
    """Nothing may be left over, but for an aside that begins with its preposition and tells of this world."""
    while not cursor.done and (cursor.low() in _TRAILING or cursor.kind() == "time" or cursor.low() in (".", ",")):
        cursor.at += 1
    if cursor.done or not told.assertions:
        return told
    if _is_aside(cursor, told.group):
        told.rest = True
        told.left = cursor.tokens[cursor.at :]
        return told
    return Predication(refs=told.refs)


def _goes_on(left: Sequence[Token]) -> bool:
    """Whether a further sentence follows that was not cut off, with a verb of its own and of this world."""
    lows = {token.low for token in left}
    return len(left) > 2 and not lows & UNREAL and any(is_verbal(token) for token in left[1:])


def _is_aside(cursor: Cursor, group: VerbGroup) -> bool:
    """Whether what is left over begins with its preposition, is short, and tells of this world."""
    left = cursor.tokens[cursor.at :]
    if cursor.low() in ("and", "but", "so") and _goes_on(left[1:]):
        return True
    counted = spelled_number(cursor.low()) is not None
    if cursor.low(-1) == "," and not any(is_verbal(token) for token in left) and not {t.low for t in left} & UNREAL:
        return len(left) < 12 and (cursor.low() in _ASIDE_NOUNS or cursor.kind() in ("number", "time") or counted)
    if cursor.low() == "because" and cursor.low(1) == "of":
        return len(left) < 8
    if cursor.low() not in _ASIDE_PREPOSITIONS or len(left) >= 12 or {token.low for token in left} & UNREAL:
        return False
    if cursor.low() == "to" and is_proper(cursor.token(1)) and is_proper(cursor.token(-1)):
        return False  # `Crewe to Holyhead` is one value
    told_in = group.lemma == "be" and cursor.low() == "in" and not is_proper(cursor.token(1))
    spans = cursor.low() in ("from", "around", "after", "since", "on") and cursor.kind(1) == "number"
    return not (told_in or spans) and all(token.kind in ("word", "number", "time", "mark") for token in left)
