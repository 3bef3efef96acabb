"""Nouns, names, figures and verbs of a clause that was read: one that stands in none of its rows is told."""

import re
from collections.abc import Sequence

from memory.extraction.rules.coverage.kin import KINDS
from memory.extraction.rules.coverage.verbs import is_verb_told
from memory.extraction.rules.scene import Assertion
from memory.extraction.rules.subjects.relatives import PAST_ADJECTIVES, RELATIVES
from memory.extraction.rules.text.forms import VERB_FORMS
from memory.extraction.rules.text.lexicon import ADVERBS, FUNCTION_WORDS, SMALL_TALK, spelled_number
from memory.extraction.rules.text.nouns import ATTRIBUTES, SERVING
from memory.extraction.rules.text.tokens import Token
from memory.extraction.rules.text.words import words
from memory.vocabulary.types import TYPES

_STEM = 4
"""Letters in which `neighbour` and `neighbours`, `allergic` and `allergy` are the same."""
_WORD = re.compile(r"[^\W_]+")
_SAID_BY_A_KEY = words(
    """citizen years year yrs old born due longer more away title job work day team crew family household staff people
    everyone everybody colleagues friends category employee customer store branch shop moment days times present meant
    best favourite favorite go-to main new current wee huge fan own whole
    originally unfortunately luckily fortunately apparently probably actually directly mostly mainly currently please
    thanks part wedding rest lot bit pair couple lol nowadays guy hey hi hello degree kind sort much instead alone
    exceptions fail capped laid next last first well mr mrs ms dr prof st dept inc ltd full-time part-time ok okay yes
    missus hubby kids pet pets together late status most mild severe slight called named"""
)
_PLAIN = (
    FUNCTION_WORDS
    | ADVERBS
    | SMALL_TALK
    | SERVING
    | PAST_ADJECTIVES
    | _SAID_BY_A_KEY
    | frozenset(TYPES)
    | frozenset(word for noun in (*RELATIVES, *ATTRIBUTES) for word in noun.split())
) - (KINDS - {"little", "big"})
_POINTING = frozenset(("here", "there"))
"""A place that nobody named: a row without it is true, and does not say all."""


def is_all_told(tokens: Sequence[Token], told: Sequence[Assertion]) -> bool:
    """A verb may be in the key by another word."""
    said = _said_in(told)
    said |= {str(number) for part in tuple(said) if (number := spelled_number(part)) is not None}
    stems = {part[:_STEM] for part in said if len(part) > _STEM - 1}
    before = _was_before(tokens, told)
    named = any(each.key == "name" for each in told)
    pointed = not named and any(token.low in _POINTING and token.low not in said for token in tokens[1:])
    return not pointed and all(
        _is_said(token, said, stems) and is_verb_told(token, said, stems, told)
        for at, token in enumerate(tokens)
        if at not in before
    )


def is_narrowed(tokens: Sequence[Token], told: Sequence[Assertion]) -> bool:
    """Whether a word that its rows have not may narrow or turn them: `free after six`, `only the big ones`."""
    said = _said_in(told)
    return any(token.low in _NARROWING and token.low not in said for token in tokens)


_NARROWING = words(
    """or only except unless until till after before between during if when whenever while than apart otherwise not
    never neither nor barely hardly almost nearly half supposedly allegedly technically practically rather
    within without"""
)


def _said_in(told: Sequence[Assertion]) -> set[str]:
    return {
        part
        for each in told
        for text in (each.entity, each.key, each.value, each.target, each.said_with, each.slug)
        for part in _parts(text)
    }


def _was_before(tokens: Sequence[Token], told: Sequence[Assertion]) -> range:
    """`went up from 30 to 38`: what it was, and is no more."""
    lows = [token.low for token in tokens]
    if any(each.key.endswith(_HOMES) for each in told):
        return range(0)  # where somebody came from stays true
    begin = lows.index("from") if "from" in lows else 0
    end = next((at for at in range(begin + 2, min(begin + 5, len(lows))) if lows[at] == "to"), 0)
    return range(begin, end) if begin and end else range(0)


_HOMES = ("lives_in", "located_in", "location")


def _parts(text: str) -> Sequence[str]:
    return _WORD.findall(text.casefold().replace("_", " "))


def _is_said(token: Token, said: set[str], stems: set[str]) -> bool:
    low = token.low.replace("’", "'").removesuffix("'s")
    if token.kind == "number" or (number := spelled_number(low)) is not None:
        figure = low if token.kind == "number" else str(number)
        return set(_parts(figure)) <= said or figure in ("1", "2")
    if not token.is_word or low in _PLAIN or low in VERB_FORMS or not low:
        return True
    return all(_stands(part, said, stems) for part in _parts(low))


def _stands(part: str, said: set[str], stems: set[str]) -> bool:
    """A part of `seven-year-old` by its number, too."""
    number = spelled_number(part)
    return part in said or part[:_STEM] in stems or len(part) < 2 or part in _PLAIN or str(number) in said
