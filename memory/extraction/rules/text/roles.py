"""Occupations with what belongs to them."""

from collections.abc import Sequence

from memory.extraction.rules.text.lexicon import (
    BE,
    DETERMINERS,
    FUNCTION_WORDS,
)
from memory.extraction.rules.text.nouns import CHIEFS, FIELDS, GIVEN, ROLES, STATE_ROLES
from memory.extraction.rules.text.phrases import Cursor, join_tokens
from memory.extraction.rules.text.tokens import Token
from memory.extraction.rules.text.words import words

_ROLE_ENDS = words("at in for with since until from who which where and but as on by near under to from")
_NO_ROLES = words(
    """racist sexist optimist pessimist narcissist perfectionist feminist tourist realist idealist fascist sadist
    masochist egotist cyclist motorist activist loyalist nudist anarchist communist socialist minimalist
    buddhist baptist methodist result team hobby family whole rule favour favor joke group resort way child kid
    teenager treat gift test bonus start matter couple fan member beginner regular customer guest patient
    visitor newcomer subscriber user shareholder bit mess mother father parent brother sister wife husband
    friend lover hater reader believer number gamer reminder volunteer-not winner loser sinner dreamer thinker
    foreigner outsider owner minor senior-not junior-not person human man woman girl boy guy lady bachelor
    grandfather grandmother grandparent godfather godmother stepfather stepmother homeowner
    millionaire billionaire prisoner survivor carnivore
    sucker newbie novice morning night early christian muslim"""
)
_COUNTS = words("two three four five six seven eight nine ten several many few")
_ROLE_SUFFIXES = (
    "ologist",
    "ician",
    "grapher",
    "eer",
    "smith",
    "onomist",
    "ometrist",
    "maker",
    "analyst",
    "therapist",
    "ist",
)
_ROLE_LIKE = (
    "er",
    "or",
    "ist",
    "ian",
    "eer",
    "ant",
    "lead",
    "head",
    "man",
    "woman",
    "chief",
    "fellow",
    "rep",
    "engineer",
)


_OPENINGS = words(
    """senior junior vice deputy executive general managing regional national global international technical tech art
    creative musical music film video game games brand content social media community public press tax family care child
    children dental veterinary medical clinical mental speech physical occupational yoga fitness personal flight cabin
    truck bus taxi train tram delivery pastry sous line kitchen restaurant hotel real estate property insurance
    investment bank ux ui qa it hr pr seo site systems system network database solutions team group night front desk
    store shop project program programme account customer client service services human financial civil mechanical
    electrical chemical registered certified licensed professional freelance independent self-employed primary secondary
    high elementary middle school university college graphic interior fashion web mobile cloud machine deep software
    hardware embedded backend frontend full full-stack ios android java python ruby test release scrum agile head
    principal phd postdoctoral visiting adjunct full-time part-time wedding dog landscape forest fire police traffic
    ship sea air crane tool tree roof floor pipe wine beer coffee bread cheese stage sound light set costume voice vocal
    piano guitar violin driving riding ski swimming tennis football math maths english german french spanish"""
)
"""What titles begin with, beside occupations and fields: `Night Porter`, `Site Manager`."""


def is_named(run: Sequence[Token]) -> bool:
    """Written like a name of several words, and beginning like no title: `Anna Lindqvist`, `Bo Forester`.

    What it is cannot be told by its last word then, as people are called after occupations.
    """
    return len(run) > 1 and all(token.is_capital for token in run) and not opens_title(run)


def opens_title(run: Sequence[Token]) -> bool:
    first = run[0].low
    titled = first in ROLES or first in FIELDS or first in _OPENINGS or first.endswith(_ROLE_SUFFIXES)
    return titled and first not in GIVEN


def read_role(cursor: Cursor, *, strict: bool = True) -> str:
    """An occupation with what belongs to it: `lead designer`, `head of product`, `VP of Engineering`.

    `strict`: only where the head is known as one; else whatever is none of the known other things.
    """
    cursor.take_any(("a", "an", "the", "our", "their", "my"))
    cursor.take_any(("new", "current"))
    start = cursor.at
    while _goes_on(cursor) and cursor.at - start < 6:
        cursor.at += 1
        while cursor.low() in ("and", "&") and _joined_role(cursor):
            cursor.at += 2
    run = cursor.tokens[start : cursor.at]
    return join_tokens(run) if run and is_role(run, strict=strict) else ""


def _goes_on(cursor: Cursor) -> bool:
    low = cursor.low()
    if cursor.kind() not in ("word", "number") or low in _ROLE_ENDS or (low == "of" and not _of_field(cursor)):
        return False
    return low not in DETERMINERS | BE | _COUNTS


def _joined_role(cursor: Cursor) -> bool:
    return cursor.low(1) in CHIEFS or (cursor.low(1) in ROLES and cursor.low(-1) in ROLES)


def _of_field(cursor: Cursor) -> bool:
    """`of` goes on with the role: `head of design`, `VP of Engineering`, `chief of staff`."""
    low, token = cursor.low(1), cursor.token(1)
    if low in FIELDS:
        return True
    return bool(
        token and token.is_word and not token.is_capital and low not in FUNCTION_WORDS and cursor.low(-1) not in CHIEFS
    )


_NOT_HELD = words(
    """not no never former next alleged would-be supposed self-proclaimed self-styled fake honorary ex-ceo ex retired
    aspiring wannabe future good great terrible bad amazing brilliant awful star fantastic lousy rubbish wonderful
    excellent decent keen better worst slow careful nervous natural born proper lovely"""
)


def is_role(run: Sequence[Token], *, strict: bool) -> bool:
    lows = [token.low for token in run]
    head = lows[lows.index("of") - 1] if "of" in lows[1:] else lows[-1]
    head = head.rpartition("-")[2] or head
    if head in _NO_ROLES or set(lows) & _NOT_HELD:
        return False
    if head in ROLES or (head in ("head", "chief", "professional") and len(lows) > 1):
        return True
    if head.endswith(_ROLE_SUFFIXES):
        return True
    return not strict and (head.endswith(_ROLE_LIKE) or all(token.is_capital for token in run) or len(run) > 1)


def is_state_role(role: str) -> bool:
    return bool(set(role.casefold().split()) & STATE_ROLES)
