"""Who or what a clause is about: I, `my wife Anna`, `Dana`, `our CFO Dana`, she, `the price of Widget A`."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from memory.extraction.diff import SELF
from memory.extraction.rules.owners import (
    read_noun,
    read_own_name,
    read_owner,
    read_slug,
    read_type,
    resolve,
    type_by_key,
)
from memory.extraction.rules.scene import ME, Assertion, Ref, Scene, gender_of
from memory.extraction.rules.text.lexicon import BE, FORMS, FUNCTION_WORDS
from memory.extraction.rules.text.nouns import ATTRIBUTES, OTHER_RELATIONS, RELATIONS, ROLES, THING_ATTRIBUTES
from memory.extraction.rules.text.phrases import Cursor, is_proper, join_tokens, read_firm, read_list, read_name
from memory.extraction.rules.text.roles import is_state_role, read_role
from memory.extraction.rules.text.words import words
from memory.extraction.rules.titles import read_title
from memory.vocabulary.types import caller_type

_ADJECTIVES = words(
    """older elder younger little big only oldest youngest eldest twin dear lovely beloved new current direct first
    second third two three four five close closest best good other immediate adopted one main biggest closest"""
)
PAST_ADJECTIVES = words("old former ex previous prior past ex-")
_FAVOURITES = words("favourite favorite preferred fave")


@dataclass
class Subject:
    """`refs`: who acts. With `key` the subject is that property of `owner`, and a copula tells its value. `unclear`: a
    pronoun that may mean several."""

    refs: list[Ref] = field(default_factory=list)
    assertions: list[Assertion] = field(default_factory=list)
    owner: Ref | None = None
    key: str = ""
    noun: str = ""
    unclear: str = ""
    ended: bool = False


def read_subject(cursor: Cursor, scene: Scene, *, before: Sequence[Ref] = ()) -> Subject | None:
    """The subject at the cursor; a clause that begins with its verb has the one before (inferred by the caller)."""
    for reader in (_speaker, _pronoun, _property, _owned, _typed, _named):
        start = cursor.at
        found = reader(cursor, scene)
        if found is not None:
            return found
        cursor.at = start
    return None


def _speaker(cursor: Cursor, scene: Scene) -> Subject | None:
    if cursor.take("i"):
        return Subject([ME])
    if cursor.take("we"):
        return Subject([Ref(name=SELF, type="person", inferred=True, plural=True)])
    return None


def _pronoun(cursor: Cursor, scene: Scene) -> Subject | None:
    low = cursor.low()
    if low not in ("he", "she", "it"):
        return None
    cursor.at += 1
    return _resolved(scene, low) or Subject()


def _resolved(scene: Scene, pronoun: str, *, but: Sequence[str] = ()) -> Subject | None:
    found = resolve(scene, pronoun, but=but)
    if isinstance(found, Ref):
        return Subject([found])
    return Subject(unclear=pronoun) if found else None


def _property(cursor: Cursor, scene: Scene) -> Subject | None:
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


def _typed(cursor: Cursor, scene: Scene) -> Subject | None:
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


def _owned(cursor: Cursor, scene: Scene) -> Subject | None:
    """`my wife Anna`, `my favourite colour`, `Dana's manager`, `our CFO Dana`."""
    owner = read_owner(cursor, scene)
    if isinstance(owner, str):
        return Subject(unclear=owner)
    if owner is None:
        return None
    if cursor.take_any(_FAVOURITES):
        return _favourite(cursor, owner)
    ended = _adjectives(cursor)
    if not owner.is_self and (found := _thing_property(cursor, owner)):
        return found
    start = cursor.at
    noun, key = read_noun(cursor, _RELATIVES)
    if (
        key
        and key != "other"
        and owner.is_self
        and cursor.low() == "'s"
        and cursor.low(1) in ("name", "birthday", "age", "job")
    ):
        return _chained(cursor, scene, owner, noun, key, ended)
    if key and (named := _named_relation(cursor, scene, owner, noun, key, ended)):
        return named
    cursor.at = start
    noun, key = read_noun(cursor, ATTRIBUTES | _RELATIVES)
    if key:
        return Subject(owner=owner, key=key, noun=noun, ended=ended)
    return _titled(cursor, scene, owner)


def _chained(cursor: Cursor, scene: Scene, owner: Ref, noun: str, key: str, ended: bool) -> Subject | None:
    """`my wife's name` says who she is; `my wife's birthday` is hers, once her name was told."""
    cursor.at += 2
    if cursor.low(-1) == "name":
        return Subject(owner=owner, key=key, noun=noun, ended=ended)
    name = scene.roles.get(noun, "")
    key = ATTRIBUTES[cursor.low(-1)]
    return Subject(owner=Ref(name=name, type="person", inferred=True), key=key, noun=noun) if name else None


_RELATIVES = RELATIONS | {"best friend": "has_friend", "line manager": "reports_to", "team lead": "reports_to"}
_RELATIVES |= dict.fromkeys(OTHER_RELATIONS, "other")


def _adjectives(cursor: Cursor) -> bool:
    ended = False
    while cursor.low() in _ADJECTIVES | PAST_ADJECTIVES and (cursor.low(), cursor.low(1)) not in _KEPT:
        ended |= cursor.low() in PAST_ADJECTIVES
        cursor.at += 1
    if cursor.low().startswith("ex-"):
        return True
    return ended


_KEPT = {("best", "friend"), ("first", "name"), ("first", "language"), ("second", "language"), ("main", "focus")}
_KEPT |= {("main", "project"), ("main", "hobby"), ("current", "focus"), ("main", "priority"), ("biggest", "passion")}


def _thing_property(cursor: Cursor, owner: Ref) -> Subject | None:
    noun, key = read_noun(cursor, THING_ATTRIBUTES)
    if not key or (owner.type == "person" and key not in ("deadline", "status")):
        return None
    return Subject(owner=Ref(name=owner.name, type=type_by_key(key, owner.type, owner.name)), key=key, noun=noun)


def _favourite(cursor: Cursor, owner: Ref) -> Subject | None:
    start = cursor.at
    prefix = "preferred_" if cursor.low(-1) == "preferred" else "favourite_"
    while not cursor.done and cursor.low() not in BE and cursor.low() != "'s" and cursor.at - start < 4:
        if cursor.kind() != "word":
            return None
        cursor.at += 1
    noun = "_".join(token.low for token in cursor.tokens[start : cursor.at])
    return Subject(owner=owner, key=prefix + noun, noun=noun) if noun and "of" not in noun.split("_") else None


def _named_relation(cursor: Cursor, scene: Scene, owner: Ref, noun: str, key: str, ended: bool) -> Subject | None:
    """`my sister Anna` names her and tells what she is; `my wife` alone is whoever was told to be that."""
    comma = cursor.take(",")
    names = read_list(cursor, read_name) if noun.endswith("s") else [name] if (name := read_name(cursor)) else []
    if comma:
        cursor.take(",")
    if not names and scene.roles.get(noun) and owner.is_self:
        return Subject([Ref(name=scene.roles[noun], type="person", inferred=True)])
    if not names:
        return None
    kind = "other" if key == "has_pet" else "person"
    for name in names:
        scene.mention(name, kind, gender_of(noun))
        if owner.is_self:
            scene.roles[noun] = name
    assertions = [
        Assertion(entity=owner.name, key=key, target=name, target_type=kind, inferred=owner.inferred)
        for name in names
        if key != "other" and not ended
    ]
    return Subject([Ref(name=name, type=kind) for name in names], assertions)


def _titled(cursor: Cursor, scene: Scene, owner: Ref) -> Subject | None:
    """`our CFO Dana`, `our lead designer Dana`: an occupation and a name."""
    start = cursor.at
    while not cursor.done and cursor.low() in ROLES | {
        "lead",
        "senior",
        "head",
        "chief",
        "junior",
        "backend",
        "frontend",
    }:
        cursor.at += 1
    run = cursor.tokens[start : cursor.at]
    if not run or run[-1].low not in ROLES or owner.is_self is False:
        return None
    name = read_name(cursor)
    if not name and owner.plural and cursor.low() in ("is", "'s"):
        return Subject(owner=owner, key="titled", noun=join_tokens(run))
    if not name:
        return None
    scene.mention(name, "person")
    role = Assertion(entity=name, key="role", value=join_tokens(run), inferred=True)
    return Subject([Ref(name=name, type="person")], [role])


def _named(cursor: Cursor, scene: Scene) -> Subject | None:
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
    assertions = _apposition(cursor, scene, refs[0]) if len(refs) == 1 else []
    return Subject(refs, assertions)


_WARE_VERBS = words("cost costs")
_WARE_PARTICIPLES = words("made manufactured produced")
_NO_WARES = words("trip flight visit ticket wedding course class lesson membership subscription meeting")


def _ware(cursor: Cursor, name: str) -> Subject | None:
    """`the Aeron chair costs …`, `the Alba mug is made by …`: a name with the noun of its kind, up to two words."""
    start, begin = cursor.at, cursor.at
    while cursor.kind() == "word" and cursor.low() not in FUNCTION_WORDS | _WARE_VERBS and cursor.at - begin < 2:
        cursor.at += 1
    made = cursor.low() in ("is", "are") and cursor.low(1) in _WARE_PARTICIPLES and cursor.low(2) == "by"
    run = cursor.tokens[begin : cursor.at]
    plain = run and not any(token.is_capital or token.low in _NO_WARES for token in run)
    if cursor.tokens[0].low != "the" or not plain or not (cursor.low() in _WARE_VERBS or made):
        cursor.at = start
        return None
    return Subject([Ref(name=f"{name} {join_tokens(run)}", type="product")])


def _apposition(cursor: Cursor, scene: Scene, ref: Ref) -> list[Assertion]:
    """`Dana, our CFO, …`, `Alice, CTO at Acme, …`, `Omar, my manager, …`."""
    start = cursor.at
    if not cursor.take(","):
        return []
    assertions = read_apposition(cursor, ref)
    if assertions and (cursor.take(",") or cursor.done):
        return assertions
    cursor.at = start
    return []


def read_apposition(cursor: Cursor, ref: Ref) -> list[Assertion]:
    """What stands after the comma: an occupation, with its employer, or what somebody is to the speaker."""
    if cursor.low() in ("my", "our"):
        cursor.at += 1
        _adjectives(cursor)
        _noun, key = read_noun(cursor, _RELATIVES)
        if key and key != "other":
            return [
                Assertion(entity=SELF, key=key, target=ref.name, target_type="other" if key == "has_pet" else "person")
            ]
        if key:
            return []
    return read_title(cursor, ref)


def opens_with_verb(cursor: Cursor) -> bool:
    """Whether no subject stands there at all."""
    low = cursor.low()
    return low in FORMS or low in BE or low in FUNCTION_WORDS - {"the", "my", "our", "his", "her", "its"}
