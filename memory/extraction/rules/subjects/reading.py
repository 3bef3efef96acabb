"""The subject at a place in a clause."""

from collections.abc import Sequence

from memory.extraction.diff import SELF
from memory.extraction.rules.families.systems import read_collective, read_system
from memory.extraction.rules.owners import resolve
from memory.extraction.rules.scene import KIN, ME, Ref, Scene
from memory.extraction.rules.subjects.named import read_named, read_property, read_typed
from memory.extraction.rules.subjects.owned import read_owned
from memory.extraction.rules.subjects.relatives import RELATIVES
from memory.extraction.rules.subjects.shape import Subject
from memory.extraction.rules.text.phrases import Cursor, read_name
from memory.extraction.rules.text.words import words
from memory.extraction.rules.times.moments import WEEKDAYS


def read_subject(cursor: Cursor, scene: Scene, *, before: Sequence[Ref] = ()) -> Subject | None:
    """The subject at the cursor; a clause that begins with its verb has the one before (inferred by the caller)."""
    for reader in (_speaker, _pronoun, _shared, read_property, read_owned, read_typed, read_named):
        start = cursor.at
        found = reader(cursor, scene)
        if found is not None:
            return found
        cursor.at = start
    return None


def _speaker(cursor: Cursor, scene: Scene) -> Subject | None:
    if cursor.take("i"):
        return Subject([ME])
    we = Ref(name=SELF, type="person", inferred=True, plural=True)
    if cursor.take("we") or _together(cursor):
        return Subject([we])
    name = _fellow(cursor, scene)
    return Subject([we, Ref(name=name, type="person")]) if name else None


def _together(cursor: Cursor) -> bool:
    """`my wife and I`: the speaker and whoever that is, as in `we`."""
    start = cursor.at
    if cursor.take("my") and cursor.take_any(frozenset(RELATIVES)) and cursor.take("and", "i"):
        return True
    cursor.at = start
    return False


def _fellow(cursor: Cursor, scene: Scene) -> str:
    """`Craig and I`: of him it is told, too."""
    start = cursor.at
    name = read_name(cursor)
    wed = any(token.low == "married" for token in cursor.tokens)
    if name and not wed and scene.type_of(name) in ("person", "") and cursor.take("and", "i"):
        return name
    cursor.at = start
    return ""


def _shared(cursor: Cursor, scene: Scene) -> Subject | None:
    """`our team uses …` is the speaker's, `the backend runs on …` a system's of its own."""
    ref = read_collective(cursor) or read_system(cursor)
    return Subject([ref]) if ref else None


def _pronoun(cursor: Cursor, scene: Scene) -> Subject | None:
    low = cursor.low()
    if low == "they":
        return _firm_before(cursor, scene)
    if low not in ("he", "she", "it") or (low == "it" and _is_impersonal(cursor)):
        return None
    cursor.at += 1
    return _resolved(scene, low) or Subject()


_IMPERSONAL = WEEKDAYS.keys() | words(
    """cold hot warm late early raining snowing sunny dark windy foggy noon midnight lunchtime nice good great bad fine
    time easy hard important clear true"""
)


def _is_impersonal(cursor: Cursor) -> bool:
    """`it is ten past four`, `it's Tuesday`, `it's cold`: nothing that was told of before."""
    if cursor.low(1) not in ("is", "'s", "was"):
        return False
    clock = cursor.low(3) in ("past", "to", "o'clock", "am", "pm")
    return clock or cursor.kind(2) == "time" or cursor.low(2) in _IMPERSONAL


def _firm_before(cursor: Cursor, scene: Scene) -> Subject | None:
    """`our supplier is Nordmilk, they deliver …`: the one firm that the clause before named."""
    named = [each for each in scene.mentions.values() if each.clause == scene.clause - 1]
    two = [each for each in scene.mentions.values() if not each.name.startswith(KIN)]
    if len(named) == 2 == len(two) and all(scene.type_of(each.name) == "person" for each in named):
        cursor.at += 1
        return Subject([Ref(name=each.name, type="person", inferred=True) for each in named])
    if len(named) != 1 or scene.type_of(named[0].name) not in ("organisation", ""):
        return None
    cursor.at += 1
    return Subject([Ref(name=named[0].name, type="organisation", inferred=True, plural=True)])


def _resolved(scene: Scene, pronoun: str, *, but: Sequence[str] = ()) -> Subject | None:
    found = resolve(scene, pronoun, but=but)
    if isinstance(found, Ref):
        return Subject([found])
    return Subject(unclear=pronoun) if found else None
