"""What withdraws words already said: jokes, conditions, "forget what I said", and another time than now."""

import re
from collections.abc import Sequence
from dataclasses import replace

from memory.extraction.diff import SELF, Move, UncertaintyRow
from memory.extraction.rules.dating import Dates
from memory.extraction.rules.framing.contrasts import take_contrast
from memory.extraction.rules.framing.frames import is_plain_kidding
from memory.extraction.rules.general.sense import PETS
from memory.extraction.rules.rows import Manner
from memory.extraction.rules.scene import KIN, Assertion, Ref, gender_of
from memory.extraction.rules.statements import Predication, read_statement
from memory.extraction.rules.subjects.relatives import RELATIVES
from memory.extraction.rules.text.clauses import Clause
from memory.extraction.rules.text.forms import FORMS
from memory.extraction.rules.text.heads import is_verbal
from memory.extraction.rules.text.lexicon import BE, FUNCTION_WORDS, SMALL_TALK
from memory.extraction.rules.text.nouns import ATTRIBUTES
from memory.extraction.rules.text.phrases import is_proper, join_tokens
from memory.extraction.rules.text.tokens import Token
from memory.extraction.rules.text.words import words
from memory.extraction.rules.times.moments import WEEKDAYS
from memory.extraction.rules.turns import Claims, Discourse
from memory.vocabulary.keys import KEYS, fold_key


def is_free(clause: Clause) -> bool:
    """After `but`, or behind a semicolon, a sentence begins anew."""
    return clause.link.split(" ")[0] in ("but", ";", "—", "–", "-")


def take_condition(reading: Discourse, clause: Clause) -> None:
    """`I'd be glad if …` and `X if Y`: the clause that the condition is hung on claims nothing either."""
    if clause.link.split(" ")[-1] not in ("if", "unless") or clause.link.startswith(("and ", "but ", ";")):
        return
    for earlier in reversed(reading.claims[:-1]):
        if earlier.clause.sentence != clause.sentence:
            return
        earlier.assertions.clear()
        earlier.unread = False
        earlier.instruction = None
        if earlier.clause.link.split(" ")[-1] in ("but", "and", "if", "unless"):
            return


def take_joke(reading: Discourse, claims: Claims, clause: Clause) -> None:
    """The clause that is laughed at: this one where it says something, else the one before."""
    own = [token for token in clause.tokens if token.is_word and token.low not in _LAUGHS]
    kidding = is_plain_kidding(" ".join(clause.lows))
    told = (
        _parsed(reading, replace_tokens(clause, own), before=reading.refs)
        if own and not (kidding and len(own) < 4)
        else None
    )
    claims.joked = True
    claims.unread = len(own) > 2 and not (told and told.assertions) and not kidding
    if kidding and len(reading.claims) == 1:
        reading.conditional = clause.sentence
        claims.uncertain += [_jest(reading, clause)] if len(own) > 2 else []
        return
    if told and told.assertions:
        claims.uncertain.append(_joked(told.assertions[0]))
        return
    for earlier in reversed(reading.claims[-4:-1]):
        if earlier.joked:
            continue
        if earlier.assertions:
            earlier.uncertain.append(_joked(earlier.assertions[0][0]))
            earlier.unread = False
        earlier.assertions.clear()
        earlier.instruction = None
        if earlier.clause.sentence != clause.sentence or earlier.uncertain:
            break
    if not any(earlier.unread or earlier.uncertain for earlier in reading.claims[-4:]):
        claims.uncertain.append(_jest(reading, clause))


def _jest(reading: Discourse, clause: Clause) -> UncertaintyRow:
    """Of what was laughed at without a row of its own: the words of its sentence."""
    said = [each.clause for each in reading.claims if each.clause.sentence == clause.sentence]
    about = " ".join(reading.source.text[said[0].start : clause.end].split())
    return UncertaintyRow(about=about, kind="joke", reason="said in jest")


_LAUGHS = words(
    """haha hahaha hehe lol lmao rofl just kidding only joking jk not really i am am i'm psych gotcha"""
) - {"i", "am"}


def _joked(assertion: Assertion) -> UncertaintyRow:
    about = assertion.key if assertion.entity == SELF else f"{assertion.entity} {assertion.key}"
    return UncertaintyRow(about=about, kind="joke", reason="said in jest", entity=assertion.entity, key=assertion.key)


def take_retraction(reading: Discourse, claims: Claims, clause: Clause) -> None:
    """`forget what I said about my job`: what is known under the key."""
    text = " ".join(clause.lows)
    tail = text.rpartition(" about ")[2] if " about " in text else text.rpartition(" my ")[2]
    keys = _keys_of(tail.strip())
    if not keys:
        claims.unread = True
    for key in keys:
        row = Assertion(entity=SELF, key=key, move=Move.FORGET)
        claims.assertions.append((row, Dates(), Manner(span=(clause.start, clause.end))))


_PLACES = {
    "where i live": ("lives_in",),
    "where i work": ("works_at",),
    "job": ("works_at", "role"),
    "work": ("works_at", "role"),
}


def _keys_of(tail: str) -> Sequence[str]:
    bare = re.sub(r"^(?:my|the|our|what|being) ", "", tail)
    bare = re.sub(r"^(?:old|new|current) ", "", bare)
    if bare in _PLACES or tail in _PLACES:
        return _PLACES.get(tail, _PLACES.get(bare, ()))
    key = ATTRIBUTES.get(bare, fold_key(bare))
    return (key,) if key in KEYS or key.startswith("favourite_") else ()


def take_background(reading: Discourse, claims: Claims, clause: Clause) -> None:
    """`… when I was twenty`: the event before it came about at a time that is not told in numbers."""
    before = reading.claims[-2] if len(reading.claims) > 1 else None
    hung = before is not None and before.clause.sentence == clause.sentence and clause.link.split(" ")[-1] != ","
    if hung and before is not None and before.assertions:
        text = join_tokens(clause.tokens)
        if all(assertion.event for assertion, _, _ in before.assertions):
            phrase = f"{clause.link} {text}".strip()
            before.assertions = [
                (assertion, replace(dates, unresolved=dates.unresolved or phrase), manner)
                for assertion, dates, manner in before.assertions
            ]
            return
        if _holds_whenever(before, clause):
            before.assertions = [
                (_whenever(assertion, f"{clause.link} {text}"), dates, manner)
                for assertion, dates, manner in before.assertions
            ]
            return
        before.assertions.clear()
        before.unread = claims.unread = True
    else:
        timeless = not any(is_verbal(token) for token in clause.tokens)
        reading.another_time = clause.sentence if clause.link in ("", ",") and not timeless else reading.another_time
        claims.unread = True
    remember_names(reading, clause)


_WHENEVER = words("when whenever while before after until once")


def _whenever(assertion: Assertion, text: str) -> Assertion:
    return assertion if assertion.beside else replace(assertion, value=f"{assertion.value} {text}")


def _holds_whenever(before: Claims, clause: Clause) -> bool:
    """`feeds the cat when I'm away`: what somebody does again and again, and when; both are told in the present."""
    told = [assertion for assertion, _, _ in before.assertions if not assertion.beside]
    lasting = bool(told) and all(
        each.value and each.inferred and each.key not in KEYS and not each.event for each in told
    )
    one = len({each.key for each in told}) == 1 and len(clause.tokens) <= 8 and clause.link in _WHENEVER
    return lasting and one and _is_of_now(clause)


def _is_of_now(clause: Clause) -> bool:
    kinds = {kind for token in clause.tokens for _, kind in FORMS.get(token.low, ())}
    verbal = any(is_verbal(token) for token in clause.tokens)
    return verbal and "past" not in kinds and not {*clause.lows} & _ANOTHER_TIME


_ANOTHER_TIME = words("was were did had will would could might may should can you it she he they that this not")


def _parsed(reading: Discourse, clause: Clause, *, before: Sequence[Ref]) -> Predication:
    tokens, _ = take_contrast(clause.tokens)
    return read_statement(tokens, reading.scene, before=before if clause.link else (), link=clause.link)


def remember_names(reading: Discourse, clause: Clause, *, but: Sequence[str] = ()) -> None:
    """Everybody who was named may be meant by the next pronoun, `but` for what somebody or something is."""
    _remember_kin(reading, clause)
    run: list[Token] = []
    for token in [*clause.tokens, None]:
        if (
            token is not None
            and is_proper(token)
            and token.low not in FORMS
            and token.low not in _NO_NAMES
            and token.low.removesuffix("s") not in WEEKDAYS
            and (run or not (len(token.text) < 3 and token.text[-1].isdigit()))
        ):
            run.append(token)
            continue
        if run and token is not None and token.text == "." and run[-1].low in TITLES:
            run.append(token)
            continue
        known = run and (_is_mentioned(reading, join_tokens(run)) or any(join_tokens(run) in each for each in but))
        if run and not known:
            reading.scene.mention(join_tokens(run), _firm_behind(clause.tokens, run[0]))
        run = []


_COMING = BE | words("'s 're 'm come comes came coming originally") | {"back"}


def _firm_behind(tokens: Sequence[Token], first: Token) -> str:
    """`Ms. Tanaka from Brightline`, `a Tesla`, `is from Izmir`, `in Cork`: no person."""
    at = next((at for at, token in enumerate(tokens) if token.start == first.start), 0)
    if at > 1 and tokens[at - 1].low == "from" and is_proper(tokens[at - 2]):
        return "organisation"
    if at > 1 and (tokens[at - 1].low == "in" or (tokens[at - 1].low == "from" and tokens[at - 2].low in _COMING)):
        return "location"
    return "product" if at > 0 and tokens[at - 1].low in ("a", "an") else ""


TITLES = words("mr mrs ms dr prof st")
_NO_NAMES = SMALL_TALK | FUNCTION_WORDS


def _remember_kin(reading: Discourse, clause: Clause) -> None:
    """`I look after my mum`: whom `she` means then."""
    tokens = clause.tokens
    for at in range(2, len(tokens)):
        noun, after = tokens[at].low, tokens[at + 1] if at + 1 < len(tokens) else None
        alone = after is None or not (is_proper(after) or after.low == "'s" or after.low in RELATIVES)
        if tokens[at - 1].low == "my" and noun in RELATIVES and alone and not noun.endswith("s"):
            reading.scene.mention(KIN + noun, "" if noun in PETS else "person", gender_of(noun))


def _is_mentioned(reading: Discourse, name: str) -> bool:
    """`Product Desk Lamp` is the Desk Lamp that was just read."""
    mentions = reading.scene.mentions.values()
    now = [each.name for each in mentions if each.clause == reading.scene.clause]
    bare = set(name.replace(".", "").split())
    titled = any(bare <= set(each.replace(".", "").split()) for each in now if "." in each)
    return titled or any(name.endswith(f" {each}") for each in now)


def replace_tokens(clause: Clause, tokens: Sequence[Token]) -> Clause:
    return replace(clause, tokens=tokens)
