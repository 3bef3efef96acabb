"""A sentence as clauses: cut where a connector is followed by a subject and its verb, or by a verb alone."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from memory.extraction.rules.text.forms import FORMS, VERB_FORMS
from memory.extraction.rules.text.heads import (
    COORDINATORS,
    FINITE,
    has_plain_subject,
    has_subject,
    is_errand_at,
    is_verbal,
)
from memory.extraction.rules.text.lexicon import ADVERBS, FUNCTION_WORDS, MODALS, VAGUE
from memory.extraction.rules.text.nouns import OTHER_RELATIONS, RELATIONS
from memory.extraction.rules.text.sentences import Sentence
from memory.extraction.rules.text.tokens import Token
from memory.extraction.rules.text.words import words
from memory.extraction.rules.times.boundaries import Boundary, TimePhrase, time_at
from memory.extraction.rules.times.instants import Leaning

SUBORDINATORS = words(
    """because since although though while whereas if unless when whenever once until till after before as where"""
)
_DASHES = words("; : ( )")


@dataclass(frozen=True, slots=True)
class Clause:
    """`link`: the connector it came in by, "" for the first. `times`: by the start of their one token, leaning to the
    past and to the future."""

    tokens: Sequence[Token]
    link: str
    mark: str
    times: dict[int, tuple[TimePhrase, TimePhrase]] = field(default_factory=dict)
    sentence: int = 0
    paragraph: int = 0

    @property
    def start(self) -> int:
        return self.tokens[0].start

    @property
    def end(self) -> int:
        return self.tokens[-1].end

    @property
    def lows(self) -> tuple[str, ...]:
        return tuple(token.low for token in self.tokens)


def split_clauses(sentence: Sentence, number: int, *, spoken: datetime) -> list[Clause]:
    """In the order in which they are said; a relative clause follows the one that it stands in."""
    times: dict[int, tuple[TimePhrase, TimePhrase]] = {}
    tokens = _with_copulas(list(_with_times(sentence.tokens, times, spoken)))
    found = []
    for link, part in _cut(tokens):
        for each_link, each in _without_relatives(link, part):
            if each:
                found.append(Clause(each, each_link, sentence.mark, times, number, sentence.paragraph))
    return found


_LABELLED = words("address email e-mail phone number birthday website iban username")


def _with_copulas(tokens: list[Token]) -> list[Token]:
    """`my new address: 14 Canal Street`: the colon behind what is one's own says `is`."""
    at = next((at for at, token in enumerate(tokens[:6]) if token.text == ":"), 0)
    if at < 2 or tokens[at - 1].low not in _LABELLED or tokens[0].low not in ("my", "our"):
        return tokens
    return [*tokens[:at], replace(tokens[at], text="is", low="is", kind="word"), *tokens[at + 1 :]]


def _with_times(
    tokens: Sequence[Token], times: dict[int, tuple[TimePhrase, TimePhrase]], spoken: datetime
) -> Iterator[Token]:
    at, from_before = 0, False
    while at < len(tokens):
        past = time_at(tokens, at, spoken=spoken, lean=Leaning.PAST)
        if past is None or (tokens[at].low == "to" and not from_before):
            from_before = False
            yield tokens[at]
            at += 1
            continue
        future = time_at(tokens, at, spoken=spoken, lean=Leaning.FUTURE) or past
        first, last = tokens[at], tokens[past[1] - 1]
        times[first.start] = (past[0], future[0])
        from_before = past[0].boundary is Boundary.FROM
        yield Token(past[0].text, past[0].text.casefold(), first.start, last.end, "time")
        at = past[1]


def _cut(tokens: list[Token]) -> Iterator[tuple[str, list[Token]]]:
    link, begin, at, verbs = "", 0, 0, False
    while at < len(tokens):
        if (closed := _past_relative(tokens, at)) > at:
            at = closed
            continue
        if verbs and at > begin + 2 and _is_elliptic(tokens, at):
            yield link, tokens[begin:at]
            link, begin = "and", at
        width = _connector(tokens, at)
        if width and at > begin and _begins_clause(tokens, begin, at, width, verbs):
            yield link, tokens[begin:at]
            link = " ".join(token.low for token in tokens[at : at + width] if token.low != ",") or ","
            begin = at = at + width
            verbs = False
            continue
        verbs = verbs or is_verbal(tokens[at]) or _is_done(tokens, at)
        at += 1
    yield link, tokens[begin:]


_DOERS = words("i we they he she")


def _is_done(tokens: list[Token], at: int) -> bool:
    """`I pray`: behind a pronoun also a verb that is as often a noun."""
    return at > 0 and tokens[at - 1].low in _DOERS and tokens[at].low in VERB_FORMS


def _past_relative(tokens: list[Token], at: int) -> int:
    """Behind the comma that closes `, who lives in Porto,` where the sentence goes on with its verb; else `at`."""
    if at == 0 or tokens[at].text != "," or at + 1 >= len(tokens) or tokens[at + 1].low not in ("who", "which"):
        return at
    closing = next((k for k in range(at + 2, len(tokens)) if tokens[k].text == ","), 0)
    goes_on = 0 < closing < len(tokens) - 1 and is_verbal(tokens[closing + 1])
    return closing + 1 if goes_on else at


def _is_elliptic(tokens: list[Token], at: int) -> bool:
    """`a freelance illustrator living in Lima`, `a nurse, based in Oslo`; not `I love living in Lima`."""
    before = tokens[at - 1]
    if tokens[at].low not in ("living", "based", "working") or at + 1 >= len(tokens):
        return False
    plain = before.is_word and before.low not in FUNCTION_WORDS and before.low not in FORMS
    return plain and tokens[at + 1].low in ("in", "at", "for", "as", "out")


def _connector(tokens: list[Token], at: int) -> int:
    """How many tokens a connector at `at` takes; 0 where there is none."""
    token = tokens[at]
    if token.text == ":" and at and tokens[at - 1].low in RELATIONS:
        return 0
    if token.kind == "dash" or (token.text in _DASHES and not _is_slug(tokens, at)):
        return 1
    if token.text == ",":
        after = tokens[at + 1] if at + 1 < len(tokens) else None
        joined = after is not None and (after.low in COORDINATORS or after.low in SUBORDINATORS)
        return 1 + joined
    if token.low in ("and", "but") and at + 1 < len(tokens) and tokens[at + 1].low == "then":
        return 2
    if token.low == "after" and at and tokens[at - 1].low in _LOOKING:
        return 0
    named = token.text == "Plus" and at > 0 and tokens[at - 1].is_capital  # `Business Plus`
    return int(token.is_word and not named and (token.low in COORDINATORS or token.low in SUBORDINATORS))


_LOOKING = words("look looks looked looking")
"""`look after the dog` is one verb."""


def _is_slug(tokens: list[Token], at: int) -> bool:
    """`(sku_001)` belongs to the name before it."""
    opened = at if tokens[at].text == "(" else at - 2
    return opened > 0 and opened + 2 < len(tokens) and tokens[opened].text == "(" and tokens[opened + 2].text == ")"


_BETWEEN = ADVERBS | VAGUE


def _begins_clause(tokens: list[Token], begin: int, at: int, width: int, verbs: bool) -> bool:
    token, after = tokens[at], at + width
    if after >= len(tokens):
        return token.kind == "dash" or token.text in _DASHES
    if token.kind == "dash" or token.text in _DASHES:
        return True
    if token.text == "," and _closes_apposition(tokens, at):
        return False
    if at == 1 and token.text == "," and _comes_again(tokens[0]):
        return False
    if verbs and tokens[after].low in _LIKEWISE and after + 1 < len(tokens) and tokens[after + 1].low in FINITE:
        return True
    if verbs and tokens[after - 1].low == "and" and is_errand_at(tokens, after, comma=width > 1):
        return True
    while after < len(tokens) and (tokens[after].low in _BETWEEN or tokens[after].kind == "time"):
        after += 1
    low = tokens[after - 1].low if after > at + width else ""
    if token.text == "," and (_is_opener(tokens, at) or low in ("actually", "now")) and after < len(tokens):
        return has_subject(tokens, after) or _is_opener(tokens, at)
    if after >= len(tokens):
        return False
    connector = tokens[at + width - 1].low
    if connector in ("if", "unless") or (connector in ("when", "whenever", "once") and has_subject(tokens, after)):
        return True
    if has_subject(tokens, after) or (verbs and has_plain_subject(tokens, after, connector)):
        return verbs or token.text == "," or connector in SUBORDINATORS
    if connector in SUBORDINATORS:
        return False
    bare = verbs and _bare_verb(tokens, after, comma=width == 1 and token.text == ",")
    return bare and not _is_helped(tokens[begin:at], tokens[after])


_LIKEWISE = words("so neither nor")
"""`… and so is my mother`."""
_HELPING = MODALS | words("not never used will shall going want wants")


def _is_helped(before: list[Token], verb: Token) -> bool:
    """`I can't eat gluten and drink milk`, `I used to live and work there`: one word helps both verbs."""
    plain = verb.low not in FINITE and any(kind == "base" for _, kind in VERB_FORMS.get(verb.low, ()))
    return plain and any(token.low in _HELPING for token in before)


_APPOSED = words("my our the")


def _closes_apposition(tokens: list[Token], at: int) -> bool:
    """`our head, Mr Lowe, retires …`: the comma behind the name of whoever was said before by what he is."""
    if not tokens[at - 1].is_capital or at + 1 >= len(tokens) or not is_verbal(tokens[at + 1]):
        return False
    opened = next((k for k in range(at - 1, max(-1, at - 6), -1) if tokens[k].text == ","), -1)
    named = 0 < at - opened - 1 <= 4 and all(each.is_capital or each.text == "." for each in tokens[opened + 1 : at])
    noun = tokens[max(0, opened - 4) : opened]
    owned = next((k for k, each in enumerate(noun) if each.low in _APPOSED), -1)
    return opened > 1 and named and owned >= 0 and not any(each.low in FINITE for each in noun[owned:])


def _comes_again(token: Token) -> bool:
    """`On Mondays, …`, `Every evening, …`: a time that belongs to what follows."""
    first, _, rest = token.low.partition(" ")
    return token.kind == "time" and (first == "every" or (first == "on" and rest.endswith(("days", "weekends"))))


def _is_opener(tokens: list[Token], at: int) -> bool:
    """Whether all before the comma only opens ("Hi there,", "No,", "Haha,")."""
    return (
        at <= 3
        and not any(is_verbal(token) and token.low not in ("thank", "thanks") for token in tokens[:at])
        and all(token.low in _OPENERS for token in tokens[:at])
    )


_OPENERS = words(
    """hi hello hey there hiya thanks thank you no nope yes yeah yep ok okay well so sure actually sorry oh oops
    wait haha hahaha lol please good morning evening afternoon alright btw fyi great also now everyone all team
    right"""
)


def _bare_verb(tokens: list[Token], at: int, *, comma: bool) -> bool:
    """`and live in Lisbon`, `but am allergic`: a finite verb for the subject before."""
    low = tokens[at].low
    if tokens[at].is_capital and not low.isupper():
        return False
    if low in FINITE or (low == "no" and at + 1 < len(tokens) and tokens[at + 1].low == "longer"):
        return True
    kinds = {kind for _, kind in FORMS.get(low, ())}
    if low in ("study", "work", "design", "love", "like", "program", "code", "play", "cook", "walk", "paint") and comma:
        kinds -= {"base"}
    follows = at + 1 < len(tokens)
    return (
        bool(kinds & {"base", "third", "past"})
        and follows
        and tokens[at + 1].text != ","
        and not _noun_like(tokens, at)
    )


def _noun_like(tokens: list[Token], at: int) -> bool:
    """`design and code`, `coffee and play dates`: a verb's form that goes on as a list."""
    return tokens[at].low in ("cost", "code", "design", "program") and tokens[at + 1].low in ("and", "or")


def _without_relatives(link: str, tokens: list[Token]) -> Iterator[tuple[str, list[Token]]]:
    """The clause without `, who …,` inside of it, and then what was said there, linked by its pronoun."""
    for at in range(1, len(tokens) - 1):
        if tokens[at].low in ("who", "which", "whose") and (tokens[at - 1].is_word or tokens[at - 1].text == ","):
            comma = tokens[at - 1].text == ","
            end = (
                next((k for k in range(at, len(tokens)) if tokens[k].text == ","), len(tokens))
                if comma
                else len(tokens)
            )
            before = tokens[: at - comma]
            name = next(
                (each.text for each in reversed(before) if each.is_capital and each.low not in FUNCTION_WORDS), ""
            )
            if before and (before[-1].is_capital or before[-1].low in RELATIONS or before[-1].low in OTHER_RELATIONS):
                yield link, before + tokens[end + 1 :]
                yield f"{tokens[at].low} {_last_name(before) or name}", tokens[at:end]
                return
    yield link, tokens


def _last_name(tokens: list[Token]) -> str:
    at = len(tokens)
    while at > 0 and tokens[at - 1].is_capital and tokens[at - 1].low not in FUNCTION_WORDS:
        at -= 1
    return " ".join(token.text for token in tokens[at:])
