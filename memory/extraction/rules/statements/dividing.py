"""A clause that is not read as it stands, as two that are: `My girlfriend Mia, a vet, works in Zurich`.

A division counts only where each part of it is read whole, so that a cut at a wrong place gives nothing.
"""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import replace

from memory.extraction.rules.scene import Ref, Scene
from memory.extraction.rules.statements.predication import Predication
from memory.extraction.rules.statements.reading import read_statement
from memory.extraction.rules.subjects.relatives import RELATIVES
from memory.extraction.rules.text.forms import FORMS, VERB_FORMS
from memory.extraction.rules.text.heads import FINITE
from memory.extraction.rules.text.lexicon import BE, FUNCTION_WORDS, MODALS, NEGATIONS, PREPOSITIONS, spelled_number
from memory.extraction.rules.text.nouns import DEMONYMS, GIVEN, ROLES
from memory.extraction.rules.text.phrases import is_proper
from memory.extraction.rules.text.tokens import Token
from memory.extraction.rules.text.words import words

LONGEST = 32
DEEPEST = 2
"""How often a part may be divided again."""
_MOST = 4
"""Divisions that are tried of one clause or part."""
Parts = Sequence[Sequence[Token]]


def divided(tokens: Sequence[Token], scene: Scene, before: Sequence[Ref], *, depth: int = DEEPEST) -> Parts:
    """The parts in the order in which they are to be read; empty where there are none."""
    if depth == 0 or len(tokens) < 4 or len(tokens) > LONGEST:
        return ()
    for number, parts in enumerate(_divisions(tokens)):
        if number == _MOST:
            break
        kept = {name: replace(each) for name, each in scene.mentions.items()}, dict(scene.roles), set(scene.pets)
        whole = _read_each(parts, scene, before, depth)
        scene.mentions, scene.roles, scene.pets = kept
        if whole:
            return whole
    return ()


def _read_each(parts: Parts, scene: Scene, before: Sequence[Ref], depth: int) -> Parts:
    found: list[Sequence[Token]] = []
    for part in parts:
        told = read_statement(part, scene, before=before, link="")
        if is_whole(told):
            found.append(part)
        elif further := divided(part, scene, before, depth=depth - 1):
            found += further
        else:
            return ()
        remember(scene, told)
    return found


def is_whole(told: Predication) -> bool:
    return bool(told.assertions) and not (told.rest or told.unclear or told.silent)


def remember(scene: Scene, told: Predication) -> None:
    """Who was named, so that what follows may tell of him."""
    for assertion in told.assertions:
        scene.mention(assertion.entity, assertion.entity_type)
        if assertion.key == "has_pet":
            scene.pets.add(assertion.target)
        if assertion.target:
            scene.mention(assertion.target, assertion.target_type)


def _gap(tokens: Sequence[Token]) -> tuple[int, int]:
    """Where `and my sister in Japan` begins and where its preposition stands; (0, 0) where none does."""
    for at in range(3, len(tokens) - 3):
        if tokens[at].low not in ("and", ",") or not (tokens[at + 1].low in ("my", "our") or is_proper(tokens[at + 1])):
            continue
        named = is_proper(tokens[at + 1])
        end = at + 1
        while end < len(tokens) - 1 and tokens[end].is_word and tokens[end].low not in PREPOSITIONS and end < at + 5:
            end += 1
        joints = [_joint(token) for token in tokens[2:at]]
        owner = tokens[0].low in ("my", "our") or is_proper(tokens[0])
        somebody = named or any(token.low in RELATIVES for token in tokens[at + 2 : end])
        if _joint(tokens[end]) in PREPOSITIONS & set(joints) and owner and somebody and end > at + 1:
            return at, end
    return 0, 0


def _joint(token: Token) -> str:
    """The preposition that it is, or that a time opens with."""
    return token.low.partition(" ")[0] if token.kind == "time" else token.low


def is_gapped(tokens: Sequence[Token]) -> bool:
    """`my brother lives in Canada and my sister in Japan`: of two, whose verb is said once."""
    at, end = _gap(tokens) if len(tokens) <= LONGEST else (0, 0)
    return at > 0 and not any(_is_finite(token) for token in tokens[at + 1 : end])


def _gapped(tokens: Sequence[Token], verb: int) -> Iterator[Parts]:
    at, end = _gap(tokens)
    if at and is_gapped(tokens):
        joint = max(k for k in range(at) if _joint(tokens[k]) == _joint(tokens[end]))
        if joint > verb:
            begun = [replace(token, start=tokens[at].start, end=tokens[at].end) for token in tokens[verb:joint]]
            yield tokens[:at], [*tokens[at + 1 : end], *begun, *tokens[end:]]


def _divisions(tokens: Sequence[Token]) -> Iterator[Parts]:
    verb = _verb_at(tokens)
    if not verb or tokens[0].low in _UNSUBJECTED:
        return
    yield from _qualified(tokens, verb)
    yield from _alone(tokens, verb)
    yield from _apposed(tokens)
    yield from _relative(tokens, verb)
    if any(token.low in _TURNED for token in tokens[:-1]):
        return
    yield from _of_parents(tokens)
    yield from _made_by(tokens, verb)
    yield from _gapped(tokens, verb)
    yield from _joined(tokens, verb)
    yield from _accompanied(tokens, verb)


_UNSUBJECTED = words("there it this that these those what who which and or but if")
_TURNED = NEGATIONS | MODALS | words("used will shall going want wants stopped quit no-one longer like than")


def _verb_at(tokens: Sequence[Token]) -> int:
    """Where the verb of the clause begins; 0 where none is plain."""
    if tokens[0].low in _PRONOUNS:
        return 1
    for at in range(1, min(len(tokens) - 1, 10)):
        low = tokens[at].low
        if low in FINITE or (low == "'s" and not _owns(tokens, at)):
            return at
        kinds = {kind for _, kind in FORMS.get(low, ())} | {kind for _, kind in VERB_FORMS.get(low, ())}
        if kinds & {"third", "past"} and not tokens[at].is_capital and tokens[at - 1].low not in _OPEN:
            return at
    return 0


_PRONOUNS = words("i we he she they")
_OPEN = PREPOSITIONS | words("a an the my our his her their and or") | {"'s"}


def _owns(tokens: Sequence[Token], at: int) -> bool:
    """`Tom's sister is …`: a verb of its own follows."""
    return any(token.low in FINITE or token.low in FORMS for token in tokens[at + 2 : at + 6])


def _apposed(tokens: Sequence[Token]) -> Iterator[Parts]:
    """`Bruno, our retriever, turned eleven`, `my car, a 2015 Golf, needs …`: what he is, between commas."""
    marks = [at for at, token in enumerate(tokens) if token.text == ","]
    for first, second in itertools.pairwise([*marks, len(tokens)]):
        inner = tokens[first + 1 : second]
        aged = len(inner) == 1 and inner[0].kind == "number"
        opens = first >= 1 and 1 <= len(inner) <= 9 and (inner[0].low in _APPOSED or is_proper(inner[0]) or aged)
        if not opens or any(_is_finite(token) for token in inner):
            continue
        begin = _phrase_before(tokens, first)
        subject = tokens[begin:first]
        last = second == len(tokens)
        if not subject or (not last and begin) or (last and not begin):
            continue
        if last and tokens[begin - 1].low in ("from", "in", "to", "near") and is_proper(inner[0]):
            continue  # `from Kingston, Jamaica`
        if not last and not (second + 1 < len(tokens) and _is_finite(tokens[second + 1])):
            continue
        rest = tokens[:first] if last else [*subject, *tokens[second + 1 :]]
        yield [*subject, _copula(tokens[first]), *inner], rest


_PARENTS = words("mum mom mam mammy mummy dad daddy mama papa nan gran granny grandma grandpa grandad granddad")


def _of_parents(tokens: Sequence[Token]) -> Iterator[Parts]:
    """`Mam is from Tralee and Dad's from Lagos`: each with what is said of her or him."""
    for at in range(3, len(tokens) - 3):
        begin = at + 1 + (tokens[at + 1].low == "my")
        if tokens[at].low not in ("and", "but") or tokens[begin].low not in _PARENTS:
            continue
        plain = not any(token.text == "," for token in tokens)  # `from Kingston, Jamaica`
        if plain and tokens[begin + 1].low in ("is", "'s") and tokens[begin + 2].low in PREPOSITIONS:
            first, rest = list(tokens[:at]), tokens[begin:]
            first = [_my(first[0]), *first] if first[0].low in _PARENTS else first
            yield first, [_my(rest[0]), rest[0], _copula(rest[1]), *rest[2:]]


def _my(before: Token) -> Token:
    return replace(before, text="my", low="my", end=before.start, kind="word")


def _made_by(tokens: Sequence[Token], verb: int) -> Iterator[Parts]:
    """`was published in 1871 by George Eliot`: when, and by whom."""
    at = next((at for at in range(verb + 2, len(tokens) - 1) if tokens[at].low == "by"), 0)
    dated = at and (tokens[at - 1].kind == "time" or tokens[at - 1].text.isdecimal())
    if dated and tokens[verb].low in ("was", "is") and is_proper(tokens[at + 1]):
        yield tokens[:at], [*tokens[: verb + 2], *tokens[at:]]


_QUALIFYING = words("in from at")


def _qualified(tokens: Sequence[Token], verb: int) -> Iterator[Parts]:
    """`Mr. Okafor in room 12 has …`, `Ms. Tanaka from Brightline called …`: where he is or comes from."""
    for at in range(1, verb - 1):
        if tokens[at].low in _QUALIFYING and _phrase_before(tokens, at) == 0:
            yield [*tokens[:at], _copula(tokens[at]), *tokens[at:verb]], [*tokens[:at], *tokens[verb:]]
            return


def _alone(tokens: Sequence[Token], verb: int) -> Iterator[Parts]:
    """`live alone in a small flat`: how, and where."""
    if tokens[verb].low in ("live", "lives") and verb + 3 < len(tokens) and tokens[verb + 1].low == "alone":
        yield tokens[: verb + 2], [*tokens[: verb + 1], *tokens[verb + 2 :]]


_APPOSED = words("a an the my our one")


def _is_finite(token: Token) -> bool:
    kinds = {kind for _, kind in VERB_FORMS.get(token.low, ())}
    return token.low in FINITE or token.low == "'s" or (bool(kinds & {"third", "past"}) and not token.is_capital)


def _phrase_before(tokens: Sequence[Token], end: int) -> int:
    """Where the name or noun phrase begins that ends there: `my girlfriend Mia`, `Bruno`."""
    at = end
    while at > 0 and end - at < 6:
        token = tokens[at - 1]
        if token.low in _OWNERS:
            return at - 1
        if token.text == "." and at > 1 and tokens[at - 2].low in _TITLES:
            at -= 1
            continue
        if not token.is_word or token.low in FUNCTION_WORDS - _OWNERS or _is_finite(token):
            break
        at -= 1
    return at if is_proper(tokens[at]) else end


_OWNERS = words("my our the his her")
_TITLES = words("mr mrs ms dr prof st")


def _copula(mark: Token) -> Token:
    return replace(mark, text="is", low="is", kind="word")


def _relative(tokens: Sequence[Token], verb: int) -> Iterator[Parts]:
    """`with my sister, who does the books`; `I have a cousin who lives in Perth`."""
    for at in range(verb + 1, len(tokens) - 2):
        if tokens[at].low not in ("who", "which", "that") or not _is_finite(tokens[at + 1]):
            continue
        end = at - (tokens[at - 1].text == ",")
        begin = _phrase_before(tokens, end)
        said = list(tokens[begin:end])
        if begin == end and end >= 2 and tokens[end - 2].low in ("a", "an"):
            said = [replace(tokens[end - 2], text="my", low="my"), tokens[end - 1]]
        known = said and (is_proper(said[-1]) or said[-1].low in RELATIVES | dict.fromkeys(ROLES))
        if known and (tokens[at].low == "who" or tokens[at - 1].text == ","):
            yield tokens[:end], [*said, *tokens[at + 1 :]]


def _joined(tokens: Sequence[Token], verb: int) -> Iterator[Parts]:
    """`I'm 34, married and a father of two`, `I teach maths and coach football`: with the subject before."""
    for at in range(verb + 1, len(tokens) - 1):
        if tokens[at].low not in ("and", "but", ",", "plus") or tokens[at].is_capital:
            continue
        begin = at + 1 + (tokens[at].text == "," and tokens[at + 1].low in ("and", "but"))
        while begin < len(tokens) - 1 and tokens[begin].low in ("still", "also", "now", "currently", "then"):
            begin += 1
        rest = tokens[begin:]
        if not rest or (not rest[0].is_word and rest[0].kind != "number"):
            continue
        low = rest[0].low
        if low in _PRONOUNS or low in ("who", "which") or _is_list(tokens, verb, at, rest):
            continue
        if _is_finite(rest[0]) or _agrees(tokens[0], low):
            yield tokens[:at], [*tokens[:verb], *rest]
        elif _kinds(low) & {"ing", "participle"} or low in _STATED or tokens[verb].low in BE | {"'s"}:
            be = tokens[verb] if tokens[verb].low in BE | {"'s"} else _be(tokens, verb, at)
            yield tokens[:at], [*tokens[:verb], be, *rest]
        elif (tokens[verb].low in ("have", "has") and not _is_done(tokens[verb + 1])) or _is_paired(
            tokens[verb + 1 : at], rest
        ):
            yield tokens[:at], [*tokens[: verb + 1], *rest]


_PEOPLE = frozenset(RELATIVES) | GIVEN | _PRONOUNS


def _is_list(tokens: Sequence[Token], verb: int, at: int, rest: Sequence[Token]) -> bool:
    """`the caller is Mrs Amadi, account 20118`: of a thing what follows a comma is no second thing that it is, nor is
    one of two counts (`payments is three engineers and one tester`)."""
    counted = rest[0].kind == "number" or spelled_number(rest[0].low) is not None
    be = tokens[verb].low in BE | {"'s"} and (tokens[at].text == "," or counted)
    if be and not counted and is_proper(rest[0]) and rest[0].low not in DEMONYMS:
        return True  # `I'm vegetarian, Graham and Sid aren't`
    somebody = any(token.low in _PEOPLE for token in tokens[:verb])
    return be and not somebody and not (_is_finite(rest[0]) or _kinds(rest[0].low) or rest[0].low in _STATED)


def _is_done(behind: Token) -> bool:
    """`has relocated to …`: no thing that one has."""
    return "participle" in _kinds(behind.low)


def _is_paired(first: Sequence[Token], second: Sequence[Token]) -> bool:
    """`Slack for chat and Notion for docs`: each with its own behind the same preposition."""
    joints = {_joint(token) for token in first[1:]} & PREPOSITIONS
    return second[0].kind != "number" and bool(joints & {_joint(token) for token in second[1:]})


_STATED = words("based married single divorced born originally from allergic retired pregnant engaged widowed")


def _be(tokens: Sequence[Token], verb: int, at: int) -> Token:
    low = {"i": "am", "we": "are", "they": "are"}.get(tokens[0].low, "is")
    return Token(low, low, tokens[at].start, tokens[at].end)


def _kinds(low: str) -> set[str]:
    return {kind for _, kind in VERB_FORMS.get(low, ())}


def _agrees(subject: Token, low: str) -> bool:
    plain = subject.low in ("i", "we", "they")
    return ("base" if plain else "third") in _kinds(low)


def _accompanied(tokens: Sequence[Token], verb: int) -> Iterator[Parts]:
    """`we're based in Rotterdam, with a warehouse in Venlo`: what one has besides."""
    for at in range(verb + 2, len(tokens) - 2):
        if tokens[at].low != "with" or tokens[at + 1].low not in _COUNTING:
            continue
        end = at - (tokens[at - 1].text == ",")
        if end == at and tokens[verb].low not in ("live", "lives"):
            continue
        low = "have" if tokens[0].low in ("i", "we", "they") else "has"
        yield tokens[:end], [*tokens[:verb], Token(low, low, tokens[at].start, tokens[at].end), *tokens[at + 1 :]]


_COUNTING = words("a an one two three four five six seven eight nine ten")
