"""Of whom a clause tells, beside those that plain clauses know: one of several, somebody by what he is and by name."""

from collections.abc import Iterator, Sequence

from memory.extraction.diff import SELF
from memory.extraction.rules.general.doer import PERSONS, Doer
from memory.extraction.rules.general.doers import read_doers
from memory.extraction.rules.general.sense import PETS
from memory.extraction.rules.scene import ME, Assertion, Ref, Scene
from memory.extraction.rules.text.nouns import OTHER_RELATIONS, RELATIONS, ROLES, SERVING
from memory.extraction.rules.text.phrases import Cursor, join_tokens, read_name
from memory.extraction.rules.text.words import words
from memory.vocabulary.folding import fold_token

_PEOPLE = words(
    """team staff crew family patients pupils kids children parents girls boys lads guests customers drivers nurses
    players members neighbours tenants volunteers students visitors residents firm company club school council shop
    choir band bank surgery office ward engineer help ta foreman gaffer chief head lad girl boy mate nan gran grandad
    keeper lodger apprentice"""
)
_QUANTIFIERS = words(
    """all any some most many each every both few several half either neither no whoever whatever whichever nobody
    anybody somebody everybody someone anyone everyone"""
)


def read_who(cursor: Cursor, scene: Scene, before: Sequence[Ref]) -> Iterator[Doer]:
    """Each reading of the subject, with the cursor behind it."""
    start = cursor.at
    if cursor.low() in _QUANTIFIERS:
        return
    for reader in (_one_of, _animals, _serving, _numbered, _late):
        if found := reader(cursor):
            yield found
            return
        cursor.at = start
    yield from read_doers(cursor, scene, before)


def is_somebody(doer: Doer) -> bool:
    """A person, a group of them, a pet; and whoever has a name that tells nothing."""
    named = not doer.noun and doer.refs[0].type in ("person", "organisation", "") and not doer.bare
    known = doer.is_somebody or doer.head in _PEOPLE or doer.head in PETS
    return known or (named and doer.refs[0].name[:1].isupper())


def _one_of(cursor: Cursor) -> Doer | None:
    """`one of my pupils`: it is told of the speaker."""
    if not cursor.take("one", "of") or not cursor.take_any(("my", "our", "the")) or not cursor.low().endswith("s"):
        return None
    if cursor.low(-1) == "the":
        cursor.at += 1
        head = cursor.low(-1)
        kind = "person" if head.removesuffix("s") in PERSONS else "other"
        return Doer(refs=[Ref(name=f"one of the {cursor.tokens[cursor.at - 1].text}", type=kind)], head=head)
    head = cursor.low().removesuffix("s")
    cursor.at += 1
    return Doer(refs=[ME], noun=fold_token(f"one of {head}s"), head=head)


_SERVING = (OTHER_RELATIONS | SERVING) - ROLES


def _serving(cursor: Cursor) -> Doer | None:
    """`the landlord`: whoever is that to the speaker."""
    if not cursor.take("the") or cursor.low() not in _SERVING:
        return None
    head = cursor.low()
    cursor.at += 1
    return Doer(refs=[ME], noun=fold_token(head), head=head)


def _animals(cursor: Cursor) -> Doer | None:
    """`dogs are welcome`: any of them, so that only a word that bars or lets in tells something."""
    low = cursor.low()
    if low not in RELATIONS or not low.endswith(("s", "children")) or cursor.low(1) != "are":
        return None
    cursor.at += 1
    return Doer(refs=[Ref(name=cursor.tokens[cursor.at - 1].text)], head=low, plural=True, bare=True)


_NUMBERED = words("customer client patient guest tenant resident student user caller visitor passenger lodger")
_NUMBERED_THINGS = words("order ticket invoice case claim machine unit pump printer line room table apartment field")


def _numbered(cursor: Cursor) -> Doer | None:
    """`customer 48213`, `the patient in bed 4`: which one, a number says."""
    cursor.take("the")
    begin = cursor.at
    noun = cursor.low()
    if noun not in _NUMBERED | _NUMBERED_THINGS:
        return None
    cursor.at += 1
    if cursor.take_any(("in", "at", "on", "from", "of")):
        cursor.at += 1
    token = cursor.token()
    if token is None or not any(letter.isdigit() for letter in token.text) or token.kind == "time":
        return None
    cursor.at += 1
    name = join_tokens(cursor.tokens[begin : cursor.at])
    kind = "person" if noun in _NUMBERED else "other"
    return Doer(refs=[Ref(name=name[:1].lower() + name[1:], type=kind)], head=noun)


def _late(cursor: Cursor) -> Doer | None:
    """`my late husband Walter`: of him only what was is told."""
    if not cursor.take_any(("my", "our")) or not cursor.take("late") or cursor.low() not in PERSONS:
        return None
    noun = fold_token(f"late {cursor.low()}")
    cursor.at += 1
    name = read_name(cursor)
    if cursor.low() != "was":
        return None
    if not name:
        return Doer(refs=[ME], noun=noun, head=noun.rpartition("_")[2])
    told = [Assertion(entity=SELF, key=noun, value=name, inferred=True, beside=True)]
    return Doer(refs=[Ref(name=name, type="person")], told=told)
