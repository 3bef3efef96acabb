"""`Dana`, `Product Widget A (sku_001)`, `the price of Widget A`: by a name of their own."""

from memory.extraction.rules.owners import (
    read_noun,
    read_own_name,
    read_slug,
    read_type,
    type_by_key,
)
from memory.extraction.rules.scene import Ref, Scene
from memory.extraction.rules.subjects.appositions import appose
from memory.extraction.rules.subjects.shape import Subject
from memory.extraction.rules.text.lexicon import FUNCTION_WORDS
from memory.extraction.rules.text.nouns import THING_ATTRIBUTES
from memory.extraction.rules.text.phrases import Cursor, is_proper, join_tokens, read_firm, read_list, read_name
from memory.extraction.rules.text.roles import is_state_role, read_role
from memory.extraction.rules.text.words import words
from memory.vocabulary.types import caller_type


def read_property(cursor: Cursor, scene: Scene) -> Subject | None:
    """`the price of Widget A`, `the CEO of Acme`, `the deadline for Apollo`."""
    if not cursor.take("the"):
        return None
    start = cursor.at
    noun, key = read_noun(cursor, THING_ATTRIBUTES)
    if not key or not (cursor.take("of") or cursor.take("for")):
        cursor.at = start
        return _post(cursor, scene)
    typed = read_type(cursor)
    name = read_thing_name(cursor)
    if not name:
        return None
    slug = read_slug(cursor)
    kind = typed or type_by_key(key, scene.type_of(name), name)
    return Subject(owner=Ref(name=name, type=kind, slug=slug), key=key, noun=noun)


def _post(cursor: Cursor, scene: Scene) -> Subject | None:
    """`the new CTO of Acme`, `the head of sales at Acme`: whoever is told to be that."""
    role = read_role(cursor)
    firm = read_firm(cursor) if role and cursor.take_any(("of", "at")) else ""
    if not firm or scene.type_of(firm) in ("person", "location") or is_state_role(role) or cursor.low() != "is":
        return None
    return Subject(owner=Ref(name=firm, type="organisation"), key="held_by", noun=role)


_STORES = {
    "store": "other",
    "shop": "other",
    "office": "other",
    "library": "other",
    "branch": "other",
    "policy": "policy",
}


def read_thing_name(cursor: Cursor) -> str:
    """`Returns policy`, `the Riga store`: a name with the small noun that belongs to it."""
    name = read_name(cursor)
    if name and cursor.take("project"):
        return name
    if name and cursor.low() in ("policy", "store", "shop", "office", "library", "branch", "plan"):
        cursor.at += 1
        name = f"{name} {cursor.tokens[cursor.at - 1].text}"
    return name


def read_typed(cursor: Cursor, scene: Scene) -> Subject | None:
    """`Product Widget A (sku_001)`; any word may say the type where an identifier follows."""
    start = cursor.at
    kind = read_type(cursor)
    if not kind:
        return _record(cursor)
    name = read_name(cursor)
    if not name:
        cursor.at = start
    return Subject([Ref(name=name, type=kind, slug=read_slug(cursor))]) if name else None


def _record(cursor: Cursor) -> Subject | None:
    """`Employee Dana Reyes (emp-7)`."""
    first = cursor.token()
    if first is None or not first.is_word or first.low in FUNCTION_WORDS or not is_proper(cursor.token(1)):
        return None
    cursor.at += 1
    name = read_name(cursor)
    slug = read_slug(cursor) if name else ""
    return Subject([Ref(name=name, type=caller_type(first.low), slug=slug)]) if slug else None


def read_named(cursor: Cursor, scene: Scene) -> Subject | None:
    names = read_list(cursor, lambda each: read_own_name(each, scene))
    if len(names) == 1 and cursor.take("project"):
        return Subject([Ref(name=names[0], type="project")])
    if len(names) == 1 and (ware := _ware(cursor, names[0])):
        return ware
    if len(names) == 1 and cursor.low() in _STORES:
        cursor.at += 1
        return Subject([Ref(name=f"{names[0]} {cursor.low(-1)}", type=_STORES[cursor.low(-1)])])
    if not names:
        return None
    if "or" in [token.low for token in cursor.tokens[: cursor.at]]:
        return None
    slug = read_slug(cursor)
    refs = [Ref(name=name, type=scene.type_of(name), slug=slug if len(names) == 1 else "") for name in names]
    assertions = appose(cursor, refs[0]) if len(refs) == 1 else []
    return Subject(refs, assertions)


_WARE_VERBS = words("cost costs")

_NO_WARE_NOUNS = FUNCTION_WORDS | _WARE_VERBS

_WARE_PARTICIPLES = words("made manufactured produced")

_NO_WARES = words("trip flight visit ticket wedding course class lesson membership subscription meeting")


def _ware(cursor: Cursor, name: str) -> Subject | None:
    """`the Aeron chair costs …`, `the Alba mug is made by …`: a name with the noun of its kind, up to two words."""
    start, begin = cursor.at, cursor.at
    while cursor.kind() == "word" and cursor.low() not in _NO_WARE_NOUNS and cursor.at - begin < 2:
        cursor.at += 1
    made = cursor.low() in ("is", "are") and cursor.low(1) in _WARE_PARTICIPLES and cursor.low(2) == "by"
    run = cursor.tokens[begin : cursor.at]
    plain = run and not any(token.is_capital or token.low in _NO_WARES for token in run)
    if cursor.tokens[0].low != "the" or not plain or not (cursor.low() in _WARE_VERBS or made):
        cursor.at = start
        return None
    return Subject([Ref(name=f"{name} {join_tokens(run)}", type="product")])
