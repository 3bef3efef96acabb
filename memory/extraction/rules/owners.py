"""Whose, and of what: possessors, pronouns with one antecedent, types and identifiers that stand by a name."""

from collections.abc import Sequence

from memory.extraction.diff import SELF
from memory.extraction.rules.scene import Mention, Ref, Scene
from memory.extraction.rules.text.forms import FORMS
from memory.extraction.rules.text.nouns import OTHER_RELATIONS, RELATIONS, ROLES
from memory.extraction.rules.text.phrases import Cursor, is_proper, read_name
from memory.extraction.rules.text.words import words
from memory.vocabulary.types import TYPES, caller_type


def resolve(scene: Scene, pronoun: str, *, but: Sequence[str] = ()) -> Ref | bool:
    """The one that is meant; True for several, False for nobody."""
    candidates: list[Mention] = [each for each in scene.candidates(pronoun) if each.name not in but]
    if len(candidates) == 1:
        kind = (
            "person" if pronoun != "it" and candidates[0].name not in scene.pets else scene.type_of(candidates[0].name)
        )
        return Ref(name=candidates[0].name, type=kind, inferred=True)
    return len(candidates) > 1


def read_owner(cursor: Cursor, scene: Scene) -> Ref | str | None:
    """`my`, `Dana's`, `his`: whose; a text is a pronoun that may mean several."""
    if cursor.low() in ("my", "our"):
        plural = cursor.low() == "our"
        cursor.at += 1
        return Ref(name=SELF, type="person", inferred=plural, plural=plural)
    if cursor.low() in ("his", "her", "its"):
        pronoun = cursor.low()
        cursor.at += 1
        found = resolve(scene, "it" if pronoun == "its" else pronoun)
        return found if isinstance(found, Ref) else pronoun if found else None
    name = read_own_name(cursor, scene)
    if name and cursor.take("'s"):
        return Ref(name=name, type=scene.type_of(name))
    return None


def read_own_name(cursor: Cursor, scene: Scene) -> str:
    """A name that may open a sentence: not an ordinary word with a capital."""
    token = cursor.token()
    start = cursor.at
    name = read_name(cursor)
    if not name or token is None:
        return ""
    if (
        cursor.at - start == 1
        and start == 0
        and (token.low in _ORDINARY or token.low in FORMS or token.low.endswith(_ABSTRACT))
        and not scene.type_of(name)
    ):
        return ""
    return name


_IDEAS = words(
    """life love money music art nature today yesterday tomorrow marriage education science history pain fear hope
    hunger anger silence sleep death luck god faith experience truth time patience boredom curiosity stress chaos karma
    fate age war peace youth freedom happiness beauty honour honor glory fame wisdom winter summer"""
)
_ORDINARY = (
    frozenset(RELATIONS)
    | frozenset(OTHER_RELATIONS)
    | ROLES
    | _IDEAS
    | words(
        """work coffee tea dinner lunch breakfast everyone parents kids children dogs cats students rain wine beer
    whiskey google sugar chocolate cheese alcohol caffeine sport football yoga water fire snow autumn spring sunshine
    food"""
    )
)


_ABSTRACT = ("ness", "tion", "sion", "ment", "ship", "hood", "ism", "ity")
"""Endings of what cannot be met: `Procrastination is my boss`."""


_CONCRETE = words(
    """appointment apartment department equipment document basement instrument monument payment shipment agreement
    settlement statement station subscription reservation application presentation installation collection
    organisation organization foundation corporation location prescription production documentation invitation
    registration membership scholarship internship partnership dealership facility university city charity utility
    electricity allotment treatment investment supplement operation auction competition celebration inspection election
    session extension version pension mansion television commission county community property ship neighbourhood
    exhibition rotation migration integration certification vaccination convention celebration"""
)


def is_abstract(low: str) -> bool:
    """Whether a word names what can be neither met nor owned."""
    return (low.endswith(_ABSTRACT) and low not in _CONCRETE) or low in _IDEAS


def read_noun(cursor: Cursor, nouns: dict[str, str]) -> tuple[str, str]:
    """The longest known noun at the cursor, with its key."""
    for width in (3, 2, 1):
        words = " ".join(token.low for token in cursor.tokens[cursor.at : cursor.at + width])
        if len(cursor.tokens) - cursor.at >= width and words in nouns:
            cursor.at += width
            return words, nouns[words]
    return "", ""


def type_by_key(key: str, known: str, name: str) -> str:
    if known:
        return known
    if name.casefold().rpartition(" ")[2] == "policy":
        return "policy"
    by_key = {
        "has_ceo": "organisation",
        "founded_by": "organisation",
        "located_in": "organisation",
        "deadline": "project",
    }
    by_key |= {"price": "product", "sku": "product", "manufacturer": "product", "belongs_to": "product"}
    return by_key.get(key, "other")


_SHOP_TYPES = {
    "product",
    "policy",
    "category",
    "service",
    "project",
    "item",
    "company",
    "organisation",
    "organization",
    "event",
}


def read_type(cursor: Cursor) -> str:
    """`product` of "the product Widget A"."""
    at = 1 if cursor.low() == "the" else 0
    if cursor.low(at) in _SHOP_TYPES and is_proper(cursor.token(at + 1)):
        cursor.at += at + 1
        kind = caller_type(cursor.low(-1))
        return kind if kind in TYPES or kind == "category" else "other"
    return ""


def read_slug(cursor: Cursor) -> str:
    """`(sku_001)`."""
    if cursor.low() == "(" and cursor.low(2) == ")" and cursor.kind(1) in ("word", "number"):
        cursor.at += 3
        return cursor.tokens[cursor.at - 2].text
    return ""
