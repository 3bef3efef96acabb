"""Noun phrases of a plain clause, whole: `the third floor of the Rialto building`, `2 litres of oat milk`."""

from collections.abc import Sequence
from dataclasses import dataclass

from memory.extraction.rules.general.lexicon import IDIOMS, THE_IDIOMS
from memory.extraction.rules.text.forms import FORMS, VERB_FORMS
from memory.extraction.rules.text.lexicon import (
    ADVERBS,
    BE,
    CONJUNCTIONS,
    DETERMINERS,
    DO,
    HAVE,
    MODALS,
    NEGATIONS,
    PREPOSITIONS,
    PRONOUNS,
    VAGUE,
    WH,
    spelled_number,
)
from memory.extraction.rules.text.phrases import Cursor, is_proper, join_tokens
from memory.extraction.rules.text.tokens import Token
from memory.extraction.rules.text.words import words

STOPS = (
    PRONOUNS | DETERMINERS | BE | HAVE | DO | MODALS | WH | PREPOSITIONS | CONJUNCTIONS | ADVERBS | NEGATIONS | VAGUE
)
STOPS = (
    STOPS
    | words(
        """above below beyond despite regarding throughout beneath underneath amid versus will only either both together
    abroad daily weekly monthly yearly alone"""
    )
) - words("people one")
POINTERS = words("the a an my our his her its their some each every two three four five six seven eight nine ten both")
_ARTICLES = ("the", "a", "an", "some")
_GLUE = ("-", "&", "/", "%", "+", "#", "'", "’", ".", "°")
LONGEST = 9


@dataclass(frozen=True)
class Phrase:
    """`text` without its article, `head` its last noun before "of"."""

    text: str
    head: str
    pointer: str
    tokens: Sequence[Token]

    @property
    def is_named(self) -> bool:
        return any(is_proper(token) for token in self.tokens)

    @property
    def is_counted(self) -> bool:
        literal = any(token.kind in ("number", "date", "url", "phone") for token in self.tokens)
        measured = any(spelled_number(token.low.partition("-")[0]) for token in self.tokens)
        return literal or measured or spelled_number(self.pointer) is not None


def is_plain(phrase: Phrase) -> bool:
    """Whether it says more than one noun: `the Oslo office`, `two shops`, `my tax return`."""
    said = len(phrase.tokens) - (phrase.pointer in ("my", "our", "his", "her", "their", "its"))
    return said > 1 or phrase.is_named or phrase.is_counted


def read_phrase(cursor: Cursor, *, depth: int = 0) -> Phrase | None:
    """None where nothing stands that has a noun of its own, or where it is a figure of speech."""
    start = cursor.at
    quantity = cursor.take_any(("all", "about", "around", "roughly", "over", "both"))
    if quantity and (cursor.low() not in POINTERS if quantity in ("all", "both") else cursor.kind() != "number"):
        cursor.at = start
        return None
    pointer = cursor.take_any(POINTERS)
    kept = cursor.at if pointer in _ARTICLES and not quantity else start
    begin = cursor.at
    while not cursor.done and _goes_on(cursor, begin) and cursor.at - begin < LONGEST:
        cursor.at += 1
    run = cursor.tokens[begin : cursor.at]
    figurative = pointer == "the" and len(run) == 1 and run[0].low in THE_IDIOMS
    if not run or figurative or not _is_noun(run, pointer):
        cursor.at = start
        return None
    head = run[-1].low
    _with_of(cursor, depth)
    if not depth and pointer:
        _with_relative(cursor)
    tokens = cursor.tokens[kept : cursor.at]
    return Phrase(join_tokens(tokens), head, pointer, tokens)


def _goes_on(cursor: Cursor, begin: int) -> bool:
    token = cursor.tokens[cursor.at]
    if token.kind == "mark":
        glued = cursor.at > begin and token.start == cursor.tokens[cursor.at - 1].end
        return glued and token.text in _GLUE and cursor.kind(1) in ("word", "number")
    if token.low == "'s":
        return cursor.at > begin and cursor.kind(1) == "word" and cursor.low(1) not in STOPS
    if token.kind == "quote":
        return 0 < len(token.text.split()) <= 5
    if token.kind in ("number", "date", "url", "phone"):
        return True
    return token.is_word and (token.low not in STOPS or _is_initials(token))


def _is_initials(token: Token) -> bool:
    return len(token.text) > 1 and token.text.isupper() and token.low not in BE


_ADVERBIAL = words(
    """one second first third last fast hard well late early far home away badly straight round perfect better worse"""
)


def _is_noun(run: Sequence[Token], pointer: str) -> bool:
    head = run[-1]
    if len(run) == 1 and not pointer and head.low in _ADVERBIAL:
        return False
    if {token.low for token in run if not token.is_capital} & IDIOMS or head.kind == "mark" or head.low == "own":
        return False
    kinds = {kind for _, kind in FORMS.get(head.low, ())}
    verbal = "ing" not in kinds and bool(kinds & {"third", "past"}) and not head.is_capital
    return bool(pointer) or not (verbal or head.low.endswith("ly"))


def _with_of(cursor: Cursor, depth: int) -> None:
    start = cursor.at
    if depth < 2 and cursor.take("of") and read_phrase(cursor, depth=depth + 1):
        return
    cursor.at = start


def _with_relative(cursor: Cursor) -> None:
    """`a shop that sells vintage clothes`: to the end of the clause, where that is short."""
    rest = cursor.tokens[cursor.at :]
    kinds = {kind for _, kind in VERB_FORMS.get(cursor.low(1), ())}
    if cursor.low() not in ("that", "which") or not kinds & {"third", "past"} or len(rest) > 8:
        return
    if any(token.kind not in ("word", "number") or token.low in PRONOUNS - {"that", "which"} for token in rest):
        return
    cursor.at = len(cursor.tokens)


def read_phrases(cursor: Cursor) -> list[Phrase]:
    """`A`, `A and B`, `A, B and C`."""
    first = read_phrase(cursor)
    found = [first] if first else []
    closed, after_first = True, cursor.at
    while found:
        before = cursor.at
        comma = cursor.take(",")
        last = bool(cursor.take_any(("and", "&"))) or cursor.take("as", "well", "as")
        following = read_phrase(cursor) if comma or last else None
        if following is None or _is_clause(following):
            cursor.at = before
            break
        found.append(following)
        closed = last
    if closed:
        return found
    cursor.at = after_first
    return found[:1]


def _is_clause(phrase: Phrase) -> bool:
    """`gets sun all day`, `the door faces north`: with a verb of its own, and no second thing."""
    own = phrase.pointer in _OWNING
    run = phrase.tokens[own:]
    named = bool(phrase.pointer)  # `the works council`
    return any(_is_third(token) for token in run[named:-1])


_OWNING = words("my our his her their its")


def _is_third(token: Token) -> bool:
    """A form that is of a verb before more words, and no participle as in `baked goods`."""
    kinds = {kind for _, kind in VERB_FORMS.get(token.low, ())}
    return not token.is_capital and ("third" in kinds or ("past" in kinds and "participle" not in kinds))
