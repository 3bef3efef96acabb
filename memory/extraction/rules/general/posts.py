"""What somebody is to a firm, a club or the speaker: `the treasurer of our club`, `no longer with Acme`."""

from collections.abc import Sequence
from dataclasses import replace

from memory.extraction.diff import SELF, Move
from memory.extraction.rules.families.assertions import relation
from memory.extraction.rules.general.doer import Doer
from memory.extraction.rules.general.lexicon import GROUPS, PARTIES
from memory.extraction.rules.general.phrases import read_phrase, read_phrases
from memory.extraction.rules.general.sense import PETS
from memory.extraction.rules.scene import Assertion, Scene
from memory.extraction.rules.text.lexicon import spelled_number
from memory.extraction.rules.text.nouns import OTHER_RELATIONS, RELATIONS, ROLES, SERVING
from memory.extraction.rules.text.phrases import Cursor, join_tokens, read_firm
from memory.extraction.rules.text.roles import read_role
from memory.extraction.rules.text.tokens import Token
from memory.extraction.rules.text.words import words
from memory.vocabulary.folding import fold_token


def read_office(cursor: Cursor, doer: Doer, scene: Scene) -> list[Assertion]:
    """`the treasurer of our tennis club`: beside whatever one works as."""
    if doer.noun or doer.refs[0].type != "person" or not cursor.take_any(("the", "a", "an")):
        return []
    role = read_role(cursor)
    joint = cursor.take_any(("of", "for", "at", "in"))
    phrase = read_phrase(cursor) if role and joint else None
    return doer.tell(fold_token(f"{role} {joint}"), phrase.text) if phrase else []


def read_schooling(cursor: Cursor, doer: Doer, scene: Scene) -> list[Assertion]:
    """`in second grade`, `in Year 5`; `on a keto diet`."""
    start = cursor.at
    if cursor.take("on", "a") and cursor.low(1) == "diet" and cursor.kind() == "word":
        cursor.at += 2
        return doer.tell("diet", cursor.low(-2))
    cursor.at = start
    if not cursor.take("in"):
        return []
    begin = cursor.at
    ranked = cursor.take_any(_RANKS) and cursor.take_any(_GRADES)
    named = not ranked and cursor.take_any(_GRADES) and cursor.kind() == "number"
    cursor.at += bool(named)
    return doer.tell("grade", join_tokens(cursor.tokens[begin : cursor.at])) if ranked or named else []


_RANKS = words(
    """first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth 1st 2nd 3rd 4th 5th 6th"""
)
_GRADES = words("grade year form class semester")


_CIRCLES = words("union club choir band orchestra society association league squad party scouts federation guild")


def read_circle(cursor: Cursor, doer: Doer, scene: Scene) -> list[Assertion]:
    """`in the metalworkers' union`."""
    if doer.noun or doer.refs[0].type != "person" or not cursor.take_any(("in", "on")):
        return []
    phrase = read_phrase(cursor)
    if phrase is None or phrase.head not in _CIRCLES or phrase.pointer not in ("the", "a", "our", "my"):
        return []
    if phrase.pointer == "the" and len(phrase.tokens) == 1:
        return []
    return [relation(ref, "member_of", phrase.text, "organisation") for ref in doer.refs]


def former_role(cursor: Cursor, doer: Doer) -> list[Assertion]:
    """`was a primary school teacher for forty years`: it is over, and says how long it was so."""
    lasting = any(token.kind == "time" and token.low.startswith(("for ", "until ")) for token in cursor.tokens)
    if not lasting or doer.noun or doer.refs[0].type != "person" or not cursor.take_any(("a", "an", "the")):
        return []
    role = read_role(cursor)
    return [replace(each, move=Move.END) for each in doer.tell("role", role)] if role else []


def read_former_firm(cursor: Cursor, doer: Doer, scene: Scene) -> list[Assertion]:
    """`no longer with Deloitte`."""
    over = any(token.low == "longer" for token in cursor.tokens[: cursor.at])
    if not over or doer.noun or doer.refs[0].type != "person" or not cursor.take_any(("with", "at")):
        return []
    name = read_firm(cursor)
    if not name or scene.type_of(name) in ("person", "location"):
        return []
    return [relation(ref, "works_at", name, "organisation") for ref in doer.refs]


def read_counterpart(cursor: Cursor, doer: Doer, scene: Scene) -> list[Assertion]:
    """`Acme is our biggest customer`."""
    name = doer.refs[0].name
    if doer.noun or doer.bare or doer.is_speaker or len(doer.refs) > 1 or not cursor.take_any(("our", "my")):
        return []
    phrase = read_phrase(cursor)
    if phrase is None or phrase.tokens[-1].low != phrase.head:
        return []
    if RELATIONS.get(phrase.head) == "has_pet" and doer.refs[0].type in ("", "other", "person") and cursor.done:
        pet = Assertion(entity=SELF, key="has_pet", target=name, target_type="other", inferred=True)
        return [pet, Assertion(entity=name, key="species", value=phrase.text, entity_type="other", inferred=True)]
    role = phrase.head in SERVING | ROLES and doer.refs[0].type in ("", "person") and cursor.done
    if role and phrase.head not in PARTIES and name[:1].isupper():
        return [Assertion(entity=name, key="role", value=phrase.text.removeprefix("our ").removeprefix("my "))]
    known = phrase.head in OTHER_RELATIONS and doer.refs[0].type in ("", "person") and name[:1].isupper()
    if phrase.head not in PARTIES and not known:
        return []
    noun = phrase.text
    joint = cursor.take_any(("at", "for", "in", "on"))
    if joint:
        place = read_phrase(cursor)
        noun = f"{noun} {joint} {place.text}" if place else ""
    return [Assertion(entity=SELF, key=fold_token(noun), value=name, inferred=True)] if noun else []


_CONDITIONS = {
    ("behind",): words("schedule"),
    ("ahead", "of"): words("schedule"),
    ("on",): words("schedule track hold budget call strike standby loan sale silent vibrate charge"),
    ("over",): words("budget"),
    ("for",): words("sale"),
    ("out", "of"): words("stock order date"),
    ("up", "to"): words("date"),
    ("in",): words("transit progress production beta maintenance"),
    ("under",): words("construction review repair renovation"),
}


def read_condition_of(cursor: Cursor, doer: Doer, scene: Scene) -> list[Assertion]:
    """`behind schedule`, `on call`: how it stands just now."""
    if doer.is_speaker and doer.refs[0].plural:
        return []
    start = cursor.at
    for said, nouns in _CONDITIONS.items():
        cursor.at = start
        noun = cursor.take_any(nouns) if cursor.take(*said) else ""
        if noun in ("strike", "call", "standby") and doer.noun and not (doer.is_person or doer.head in GROUPS):
            return []  # `my laptop is on strike`
        if noun:
            return doer.tell("status", join_tokens(cursor.tokens[start : cursor.at]))
    return []


_BREEDS = words(
    """beagle labrador poodle retriever terrier spaniel collie corgi pug husky dachshund bulldog greyhound whippet
    boxer mongrel mutt crossbreed shepherd schnauzer chihuahua dalmatian rottweiler setter pointer hound doodle
    labradoodle cockapoo staffy lurcher weimaraner vizsla akita samoyed malamute westie yorkie jackapoo chow gecko
    iguana chameleon python cockerel budgerigar lionhead angora alpaca guinea-pig axolotl skink
    cavapoo tabby siamese persian bengal ragdoll coon shorthair arabian shetland mare stallion
    gelding cockatoo macaw budgie cockatiel stray rescue tortoiseshell calico"""
)


def read_breed(cursor: Cursor, doer: Doer, scene: Scene) -> list[Assertion]:
    """`my dog is a beagle`, `… a beagle named Pixel`."""
    pet = doer.head in PETS or doer.refs[0].type == "other"
    phrase = read_phrase(cursor) if pet and cursor.low() in ("a", "an", "half") else None
    run = [token.low for token in phrase.tokens] if phrase else []
    called = next((at for at, low in enumerate(run) if low in ("named", "called")), len(run))
    if phrase is None or called == 0 or run[called - 1] not in _BREEDS:
        return []
    kind, aged = _aged(phrase.tokens[:called], doer)
    breed = [*doer.tell("breed", join_tokens(kind)), *aged]
    name = join_tokens(phrase.tokens[called + 1 :])
    if not name or not doer.noun:
        return breed if not name else []
    pet_of = doer.refs[0]
    return [
        Assertion(entity=pet_of.name, key="has_pet", target=name, target_type="other"),
        Assertion(entity=name, key="breed", value=breed[0].value, entity_type="other"),
    ]


def _aged(tokens: Sequence[Token], doer: Doer) -> tuple[Sequence[Token], list[Assertion]]:
    """`seven-year-old beagle`: the breed, and how old it is."""
    number, _, old = tokens[0].low.partition("-")
    years = spelled_number(number) if old in ("year-old", "years-old") else None
    years = int(number) if years is None and number.isdecimal() and old else years
    if years is None or len(tokens) == 1:
        return tokens, []
    return tokens[1:], doer.tell("age", str(years))


def read_fellows(cursor: Cursor, doer: Doer, scene: Scene) -> list[Assertion]:
    """`my teammates are Maarja, Oskar and Liis`."""
    if not doer.noun or not doer.is_person or doer.head.rstrip("s") not in OTHER_RELATIONS or not doer.plural:
        return []
    phrases = read_phrases(cursor)
    named = len(phrases) > 1 and all(each.is_named and not each.pointer for each in phrases)
    one = replace(doer, noun=doer.noun.removesuffix("s"))
    return [told for each in phrases for told in one.tell_itself(each.text)] if named else []
