"""Noun phrases at a place in a clause: names, things, lists, occupations. A reader moves the cursor or leaves it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from memory.extraction.rules.text.forms import FORMS
from memory.extraction.rules.text.lexicon import (
    ADVERBS,
    BE,
    CONJUNCTIONS,
    FUNCTION_WORDS,
    NAME_JOINERS,
    PREPOSITIONS,
)
from memory.extraction.rules.text.nouns import PLACES, ROLES
from memory.extraction.rules.text.tokens import Token
from memory.extraction.rules.text.words import words
from memory.extraction.rules.times.moments import MONTHS, WEEKDAYS
from memory.vocabulary.folding import fold_name

_NO_PLACE = words(
    """free noon midnight money fun life real home night school work uni church hospital lunch university college
    least most first last all once sea peace fear hope times large length ease risk war play odds present hand
    heart"""
)
_NO_THING = words(
    """neither either it this that these those you me him her them us my your his our their its how what when where
    why who which whether if to there the so one ones myself something anything everything nothing someone
    everyone people lot lots such each both all many much more most less few i we he she they not no and or but"""
)


@dataclass
class Cursor:
    """A place in the tokens of one clause."""

    tokens: Sequence[Token]
    at: int = 0
    casual: bool = False
    """The whole turn is written in small letters."""
    known: dict[str, str] = field(default_factory=dict)
    """Folded names and aliases of known entities, with their types."""

    @property
    def done(self) -> bool:
        return self.at >= len(self.tokens)

    def low(self, ahead: int = 0) -> str:
        at = self.at + ahead
        return self.tokens[at].low if 0 <= at < len(self.tokens) else ""

    def token(self, ahead: int = 0) -> Token | None:
        at = self.at + ahead
        return self.tokens[at] if 0 <= at < len(self.tokens) else None

    def kind(self, ahead: int = 0) -> str:
        token = self.token(ahead)
        return token.kind if token else ""

    def take(self, *words: str) -> bool:
        """Past these words, where they stand next."""
        at = self.at
        if at >= len(self.tokens) or self.tokens[at].low != words[0]:
            return False
        if len(words) > 1 and tuple(token.low for token in self.tokens[at : at + len(words)]) != words:
            return False
        self.at += len(words)
        return True

    def take_any(self, words: frozenset[str] | Sequence[str]) -> str:
        low = self.low()
        if low and low in words:
            self.at += 1
            return low
        return ""

    def take_all(self, words: frozenset[str]) -> None:
        """Past all of these words that stand next."""
        while self.low() in words:
            self.at += 1

    def skip(self) -> None:
        while self.low() in ADVERBS or self.kind() == "time":
            self.at += 1

    def attempt(self, reader: Callable[["Cursor"], str]) -> str:
        """What the reader gives; where it gives nothing the cursor stays."""
        start = self.at
        found = reader(self)
        if not found:
            self.at = start
        return found


def join_tokens(tokens: Sequence[Token]) -> str:
    """As written, with single spaces and no control characters."""
    text = ""
    for number, token in enumerate(tokens):
        glued = number and token.start == tokens[number - 1].end
        text += token.text if glued or not number else f" {token.text}"
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())


def read_name(cursor: Cursor) -> str:
    """A proper noun, one in quote marks, or a known entity; without a leading article."""
    start = cursor.at
    if cursor.kind() == "quote":
        return _quoted_name(cursor)
    if cursor.low() in ("the", "a", "an"):
        cursor.at += 1
    found = _known_name(cursor) or _proper_run(cursor)
    if not found:
        cursor.at = start
    return found


def _quoted_name(cursor: Cursor) -> str:
    token = cursor.token()
    words = token.text.split() if token else []
    if not words or len(words) > 4 or not words[0][:1].isupper() or set(map(str.casefold, words)) & (BE | {"i", "i'm"}):
        return ""
    cursor.at += 1
    return " ".join(words)


def _known_name(cursor: Cursor) -> str:
    """The longest run of words that is a known name, in whatever case."""
    longest = min(6, len(cursor.tokens) - cursor.at) if cursor.known else 0
    for width in range(longest, 0, -1):
        run = cursor.tokens[cursor.at : cursor.at + width]
        if all(token.kind in ("word", "number") for token in run) and fold_name(join_tokens(run)) in cursor.known:
            following = cursor.token(width)
            if following and following.is_capital and following.low not in FUNCTION_WORDS:
                continue
            cursor.at += width
            return join_tokens(run)
    return ""


def is_proper(token: Token | None) -> bool:
    if token is None or not token.is_word or not token.is_capital or token.low.endswith("-like"):
        return False
    return token.low not in FUNCTION_WORDS or (
        len(token.text) > 1 and token.text.isupper() and token.low not in FUNCTION_WORDS
    )


_HOUSES = words("hospital college school university church cathedral clinic library infirmary hall academy")
_NAMES_TOO = words("jan april may june august")


def _begins_name(cursor: Cursor) -> bool:
    """A capital, but for days and months; a digit where letters in capitals follow it (`3M`)."""
    token, low = cursor.token(), cursor.low()
    if token is None or not is_proper(token):
        return token is not None and token.is_word and low[:1].isdigit() and token.is_capital
    return low not in WEEKDAYS and (low not in MONTHS or low in _NAMES_TOO or is_proper(cursor.token(1)))


def _proper_run(cursor: Cursor) -> str:
    start, tokens = cursor.at, cursor.tokens
    if not _begins_name(cursor):
        return ""
    end = start + 1
    while end < len(tokens) and (width := _goes_on(tokens, end)):
        end += width
    cursor.at = end
    return join_tokens(tokens[start:end]).rstrip(",")


_ABBREVIATED = words("inc ltd corp co st dr mr mrs ms prof")


def _goes_on(tokens: Sequence[Token], at: int) -> int:
    """How many tokens at `at` belong to the name that stands before them."""
    token, before = tokens[at], tokens[at - 1]
    follows = at + 1 < len(tokens) and is_proper(tokens[at + 1])
    if is_proper(token) or token.text == "A" or (token.kind == "number" and token.text.isdecimal()):
        return 1
    if token.text in NAME_JOINERS_IN_NAMES and follows and _joins(tokens, at):
        return 2
    if token.text == "." and (before.low in _ABBREVIATED or (len(before.text) == 1 and follows)):
        return 1
    return 2 if _is_plural_genitive(tokens, at) else 0


def _is_plural_genitive(tokens: Sequence[Token], at: int) -> bool:
    """The mark of `St. Thomas' Hospital`."""
    follows = at + 1 < len(tokens) and is_proper(tokens[at + 1])
    joined = tokens[at].text in ("'", "’") and tokens[at].start == tokens[at - 1].end
    return joined and follows and tokens[at - 1].low.endswith("s") and tokens[at + 1].low in _HOUSES


NAME_JOINERS_IN_NAMES = NAME_JOINERS - {"and", "y", "e", "the"}


def _joins(tokens: Sequence[Token], at: int) -> bool:
    """`Bank of America`, `Ludwig van Dyke`; not `CEO of Acme`, whose head is an occupation."""
    return tokens[at].low != "of" or tokens[at - 1].low not in ROLES


def read_firm(cursor: Cursor) -> str:
    """The name of an organisation; in a turn of small letters one plain word at the end of its phrase."""
    named = cursor.attempt(_kept_genitive) or cursor.attempt(read_name) or cursor.attempt(_casual_firm)
    return named or cursor.attempt(_called_firm)


_BEFORE_NAMES = FUNCTION_WORDS | {"called", "named"}


def _called_firm(cursor: Cursor) -> str:
    """`a bookstore called Inkwell`."""
    if not cursor.take_any(("a", "an", "the")):
        return ""
    start = cursor.at
    while (
        cursor.kind() == "word" and cursor.low() not in FUNCTION_WORDS | {"called", "named"} and cursor.at < start + 4
    ):
        cursor.at += 1
    return read_name(cursor) if cursor.at > start and cursor.take_any(("called", "named")) else ""


def _kept_genitive(cursor: Cursor) -> str:
    """`Sainsbury's`: nothing follows that could be hers."""
    name = read_name(cursor)
    return f"{name}'s" if name and cursor.take("'s") and at_boundary(cursor) else ""


def read_place(cursor: Cursor) -> str:
    """A place without what it lies in: `Austin, Texas` is Austin."""
    found = cursor.attempt(read_name) or (cursor.attempt(_casual_word) if cursor.low() in PLACES else "")
    if found and cursor.low() == "," and is_proper(cursor.token(1)):
        before = cursor.at
        cursor.at += 1
        if not read_name(cursor) or not at_boundary(cursor):
            cursor.at = before
        elif cursor.low() == ",":
            cursor.at += 1
    return found


def _casual_word(cursor: Cursor) -> str:
    token = cursor.token()
    if not cursor.casual or token is None or not token.is_word:
        return ""
    cursor.at += 1
    return token.text if at_boundary(cursor) else ""


def _casual_firm(cursor: Cursor) -> str:
    token = cursor.token()
    common = token is None or token.low in FUNCTION_WORDS or token.low in _NO_PLACE or token.low in FORMS
    return "" if common or len(token.text) < 3 else _casual_word(cursor)  # type: ignore[union-attr]


def at_boundary(cursor: Cursor) -> bool:
    token = cursor.token()
    return (
        token is None
        or token.kind in ("time", "mark", "dash")
        or token.low in PREPOSITIONS
        or token.low in CONJUNCTIONS
        or token.low in ADVERBS
    )


def read_list(cursor: Cursor, reader: Callable[[Cursor], str]) -> list[str]:
    """`A`, `A and B`, `A, B and C`; after commas alone (`nuts, sadly`) only the first is sure."""
    first = cursor.attempt(reader)
    found = [first] if first else []
    after_first, joined = cursor.at, True
    while found:
        before = cursor.at
        comma, last = _and(cursor)
        following = cursor.attempt(reader) if comma or last else ""
        if not following:
            cursor.at = before
            break
        found.append(following)
        joined = last
    if joined:
        return found
    cursor.at = after_first
    return found[:1]


def _and(cursor: Cursor) -> tuple[bool, bool]:
    """Past what stands between two of a list: whether it was a comma, and whether a word for the last of them."""
    comma = cursor.take(",")
    last = bool(cursor.take_any(("and", "or", "&"))) or cursor.take("as", "well", "as")
    cursor.take("also")
    return comma, last


def read_thing(cursor: Cursor, *, until: str = "") -> str:
    """Something that is liked, used or had: up to a comma, a conjunction, a time; nothing that only points."""
    if cursor.kind() == "quote":
        return _quoted_thing(cursor)
    if cursor.low() == "the" and not is_proper(cursor.token(1)):
        return ""
    start = _begin_thing(cursor)
    if cursor.low() in _NO_THING or cursor.low() in PREPOSITIONS:
        return ""
    while not cursor.done and not _ends_thing(cursor) and not (until and cursor.low() == until):
        cursor.at += 1
    run = cursor.tokens[start : cursor.at]
    adverb = len(run) == 1 and run[0].low.endswith("ly") and run[0].low not in _LIKE_ADVERBS
    if not run or adverb or len(run) > 8 or any(token.low in _POINTING for token in run):
        return ""
    return join_tokens(run)


def _quoted_thing(cursor: Cursor) -> str:
    token = cursor.token()
    cursor.at += 1
    return token.text if token and 0 < len(token.text.split()) <= 6 else ""


def _begin_thing(cursor: Cursor) -> int:
    """Where it begins: behind an article, but for "the" of a name, and behind "to" of a verb."""
    if cursor.take("the"):
        return cursor.at - 1
    if not cursor.take_any(("a", "an", "some", "any")) and cursor.low() == "to" and FORMS.get(cursor.low(1)):
        cursor.at += 1
    return cursor.at


_LIKE_ADVERBS = words("family jelly italy lily july belly butterfly monopoly holly")
_POINTING = words("it you me him her them us i we he she they not what how who") | {"your", "'s", "is", "are"}


def _ends_thing(cursor: Cursor) -> bool:
    token = cursor.tokens[cursor.at]
    if token.kind in ("time", "dash", "quote", "url") or (token.kind == "mark" and token.text not in "'-&/%#"):
        return True
    return token.low in _THING_ENDS or token.text in ("now", "again", "currently", "nowadays", "lately")


_THING_ENDS = words(
    """more less better most least and or but because so while than over rather instead too also though although
    for as a lot very when"""
) - {"a", "lot"}
