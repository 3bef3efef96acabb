"""Somebody by what he is and by name: `the new nurse, Priya, …`, `our keeper Sam …`."""

from collections.abc import Sequence

from memory.extraction.diff import SELF
from memory.extraction.rules.general.doer import Doer
from memory.extraction.rules.general.sense import PETS
from memory.extraction.rules.scene import Assertion, Scene, gender_of
from memory.extraction.rules.text.lexicon import FUNCTION_WORDS
from memory.extraction.rules.text.nouns import RELATIONS, ROLES
from memory.extraction.rules.text.phrases import Cursor, read_name
from memory.extraction.rules.text.tokens import Token
from memory.extraction.rules.text.words import words
from memory.vocabulary.folding import fold_token

_RANKS = words("new other second first third main deputy assistant best youngest eldest oldest next current temporary")
_CHILDREN = words("eldest oldest youngest firstborn")


def named_beside(tokens: Sequence[Token], scene: Scene) -> tuple[list[Assertion], Sequence[Token]] | None:
    """What naming him tells, and the clause with his name alone for its subject."""
    cursor = Cursor(tokens, casual=scene.casual, known=scene.known)
    owner = cursor.take_any(("my", "our", "the"))
    run = _noun(cursor) if owner else []
    comma = bool(run) and cursor.take(",")
    begin = cursor.at
    name = read_name(cursor) if run and (comma or owner != "the") else ""
    named = tokens[begin : cursor.at]
    if not name or (comma and not cursor.take(",")) or cursor.done or cursor.low() in (",", "and"):
        return None
    told = _told(owner, run, name)
    if not told:
        return None
    scene.mention(name, "person", gender_of(run[-1]))
    return told, [*named, *tokens[cursor.at :]]


def _noun(cursor: Cursor) -> list[str]:
    begin = cursor.at
    while cursor.kind() == "word" and cursor.at - begin < 4 and cursor.low() not in FUNCTION_WORDS - {"other"}:
        if cursor.tokens[cursor.at].is_capital:
            break
        cursor.at += 1
    return [token.low for token in cursor.tokens[begin : cursor.at]]


_GONE = words("former ex late old imaginary fictional previous would-be")


def _told(owner: str, run: list[str], name: str) -> list[Assertion]:
    noun = run[-1]
    called = [each for each in run if each not in _RANKS] or run
    if set(run) & _GONE:
        return []
    if owner != "the" and noun in _CHILDREN:
        return [Assertion(entity=SELF, key="has_child", target=name, target_type="person", inferred=True, beside=True)]
    if owner != "the" and noun in RELATIONS:
        kind = "other" if RELATIONS[noun] == "has_pet" else "person"
        return [Assertion(entity=SELF, key=RELATIONS[noun], target=name, target_type=kind, inferred=True, beside=True)]
    if owner == "the":
        return (
            [Assertion(entity=name, key="role", value=" ".join(called), inferred=True, beside=True)]
            if noun in ROLES
            else []
        )
    if noun not in ROLES and noun not in _KNOWN and not noun.endswith(_PLAYING):
        return []
    return [Assertion(entity=SELF, key=fold_token(" ".join(called)), value=name, inferred=True, beside=True)]


_PLAYING = ("ist", "ner", "mer", "ler", "ker", "man", "woman")
"""`our bassist, Sam, …`."""
_KNOWN = words(
    """flatmate roommate housemate colleague coworker neighbour neighbor keeper striker goalkeeper captain chief head
    headteacher supervisor landlord landlady lodger apprentice boss foreman cousin uncle aunt nephew niece nan gran
    grandmother grandfather grandson granddaughter mate pal friend ta temp au-pair partner customer client supplier
    guy lad adviser advisor report registrar locum trainee tutor mentor assistant solicitor accountant lawyer builder
    plumber electrician mechanic nurse carer nanny babysitter coach trainer stepson stepdaughter grandad gran
    boyfriend girlfriend fiancé fiancée ex-husband ex-wife vicar dentist doctor gp physio cleaner childminder
    brother-in-law sister-in-law mother-in-law father-in-law son-in-law daughter-in-law godson goddaughter"""
)


def read_called(cursor: Cursor, doer: Doer) -> list[Assertion]:
    """`it is called Tallo`, `he's called Rex`: a thing or a pet that was told of before; of people families read it."""
    pet = doer.head in PETS
    kin = doer.head in RELATIONS and not pet
    if not doer.noun or (kin and cursor.tokens[0].low not in ("he", "she")):
        return []
    name = read_name(cursor)
    if not name or not cursor.done:
        return []
    if pet:
        return [Assertion(entity=SELF, key="has_pet", target=name, target_type="other", inferred=True)]
    if kin:
        key = RELATIONS[doer.head]
        return [Assertion(entity=SELF, key=key, target=name, target_type="person", inferred=True)]
    if doer.is_somebody:
        return doer.tell_itself(name) if cursor.tokens[0].low in ("my", "our") else []
    return doer.tell("name", name)
