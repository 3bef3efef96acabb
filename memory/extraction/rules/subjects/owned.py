"""`my wife Anna`, `my favourite colour`, `Dana's manager`, `our CFO Dana`."""

from collections.abc import Sequence

from memory.extraction.diff import SELF
from memory.extraction.rules.owners import read_noun, read_owner, type_by_key
from memory.extraction.rules.scene import Assertion, Ref, Scene, gender_of
from memory.extraction.rules.subjects.appositions import appose
from memory.extraction.rules.subjects.kin import nameless
from memory.extraction.rules.subjects.relatives import RELATIVES, take_adjectives
from memory.extraction.rules.subjects.shape import Subject
from memory.extraction.rules.text.lexicon import BE
from memory.extraction.rules.text.nouns import ATTRIBUTES, RELATIONS, ROLES, SERVING, THING_ATTRIBUTES
from memory.extraction.rules.text.phrases import Cursor, join_tokens, read_list, read_name
from memory.extraction.rules.text.words import words
from memory.vocabulary.folding import fold_token

_FAVOURITES = words("favourite favorite preferred fave fav go-to")


def read_owned(cursor: Cursor, scene: Scene) -> Subject | None:
    """`my wife Anna`, `my favourite colour`, `Dana's manager`, `our CFO Dana`."""
    owner = read_owner(cursor, scene)
    if isinstance(owner, str):
        return Subject(unclear=owner)
    if owner is None:
        return None
    if cursor.take_any(_FAVOURITES):
        return _favourite(cursor, owner)
    before = cursor.at
    ended = take_adjectives(cursor)
    adjectives = [token.low for token in cursor.tokens[before : cursor.at]]
    if not owner.is_self and (found := _thing_property(cursor, owner)):
        return found
    start = cursor.at
    for reader in (_relative, _noun_of, _nameless_of, _titled_by):
        cursor.at = start
        if found := reader(cursor, scene, owner, ended, adjectives):
            return found
    return None


_NOUNS = ATTRIBUTES | RELATIVES | dict.fromkeys(SERVING, "titled")


def _noun_of(cursor: Cursor, scene: Scene, owner: Ref, ended: bool, adjectives: Sequence[str]) -> Subject | None:
    """`my birthday`, and `my boss is …`, who may be named by what follows."""
    noun, key = read_noun(cursor, _NOUNS)
    if not key or (noun == "kid" and owner.plural) or (key == "lives_in" and set(adjectives) & {"second", "other"}):
        return None
    kin = nameless(scene, noun, adjectives) if noun in RELATIVES and owner.is_self and not ended else None
    if kin and (cursor.low() not in _BEING or cursor.low(1) in RELATIONS):
        return None
    return Subject([kin] if kin else [], owner=owner, key=key, noun=noun, ended=ended)


def _nameless_of(cursor: Cursor, scene: Scene, owner: Ref, ended: bool, adjectives: Sequence[str]) -> Subject | None:
    """`my husband works …`, `my brother's wife is …`."""
    noun, _ = read_noun(cursor, RELATIVES)
    if not noun or not owner.is_self or ended:
        return None
    if cursor.low() == "'s" and cursor.low(1) in RELATIONS:
        cursor.at += 2
        noun = f"{noun.removesuffix('s')}s {cursor.low(-1)}"
    kin = nameless(scene, noun, adjectives) if cursor.low() not in _NO_VERB else None
    return Subject([kin]) if kin else None


def _titled_by(cursor: Cursor, scene: Scene, owner: Ref, ended: bool, adjectives: Sequence[str]) -> Subject | None:
    return _titled(cursor, scene, owner)


_BEING = BE | {"'s", ":"}
_NO_VERB = words("and or of who which") | {",", "("}


_OF_RELATIVES = ("name", "birthday", "age", "job")


def _relative(cursor: Cursor, scene: Scene, owner: Ref, ended: bool, adjectives: Sequence[str]) -> Subject | None:
    """`my sister Anna`, `my sister's birthday`."""
    noun, key = read_noun(cursor, RELATIVES)
    if not key:
        return None
    if key != "other" and owner.is_self and cursor.low() == "'s" and cursor.low(1) in _OF_RELATIVES:
        return _chained(cursor, scene, owner, noun, key, ended) or Subject()
    return _named_relation(cursor, scene, owner, noun, key, ended)


def _chained(cursor: Cursor, scene: Scene, owner: Ref, noun: str, key: str, ended: bool) -> Subject | None:
    """`my wife's name` says who she is; `my wife's birthday` is hers, once her name was told."""
    cursor.at += 2
    if cursor.low(-1) == "name":
        return Subject(owner=owner, key=key, noun=noun, ended=ended)
    name = scene.roles.get(noun, "")
    whose = Ref(name=name, type="person", inferred=True) if name else nameless(scene, noun, ())
    return Subject(owner=whose, key=ATTRIBUTES[cursor.low(-1)], noun=noun) if whose else None


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
    if key == "other" and owner.is_self and not ended and len(names) == 1:
        assertions = [Assertion(entity=SELF, key=fold_token(noun), value=names[0], inferred=True, beside=True)]
    refs = [Ref(name=name, type=kind) for name in names]
    more = appose(cursor, refs[0]) if len(refs) == 1 and (assertions or key == "other") and not comma else []
    return Subject(refs, [*assertions, *more])


_TITLE_WORDS = ROLES | words("lead senior head chief junior backend frontend")


def _titled(cursor: Cursor, scene: Scene, owner: Ref) -> Subject | None:
    """`our CFO Dana`, `our lead designer Dana`: an occupation and a name."""
    start = cursor.at
    cursor.take_all(_TITLE_WORDS)
    run = cursor.tokens[start : cursor.at]
    if not run or run[-1].low not in ROLES or owner.is_self is False:
        return None
    name = read_name(cursor)
    if not name and owner.plural and cursor.low() in ("is", "'s"):
        return Subject(owner=owner, key="titled", noun=join_tokens(run))
    if not name:
        return None
    scene.mention(name, "person")
    role = Assertion(entity=name, key="role", value=join_tokens(run), inferred=True, beside=True)
    return Subject([Ref(name=name, type="person")], [role])
