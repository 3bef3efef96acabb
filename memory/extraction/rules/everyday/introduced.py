"""What a clause brings up without a name, so that `it` in the next one means it: `We got a van. It is a Transit.`"""

from memory.extraction.diff import SELF
from memory.extraction.rules.general.doer import PERSONS
from memory.extraction.rules.general.sense import PETS
from memory.extraction.rules.scene import KIN, Assertion, Scene, gender_of
from memory.extraction.rules.text.lexicon import PREPOSITIONS
from memory.extraction.rules.text.nouns import RELATIONS
from memory.extraction.rules.text.words import words
from memory.vocabulary.folding import fold_name, fold_token

_BROUGHT_UP = words("owns uses has has_pet drives rides rents bought runs wears plays adopted built keeps")
LONGEST = 4
"""Words of a thing that one may come back to."""


def bring_up(scene: Scene, assertion: Assertion) -> None:
    """Remember it as the speaker's own; several at once are not `it`."""
    if nameless := _named_now(scene, assertion):
        del scene.mentions[nameless]
        scene.mention(assertion.value, "person")
    elif assertion.target and assertion.entity == SELF:
        _forget_nameless(scene, assertion.key)
    elif noun := _one_of(assertion):
        head = noun.rpartition("_")[2]
        scene.mention(KIN + noun, "" if head in PETS else "person", gender_of(head))
    elif noun := _noun_of(assertion):
        scene.mention(KIN + fold_token(noun), "" if noun in PETS else "other")


def _named_now(scene: Scene, assertion: Assertion) -> str:
    """`my boyfriend's called Amir`: under what he was told of before, without a name."""
    noun = assertion.key.removesuffix("_name")
    if assertion.entity != SELF or noun not in PERSONS or not assertion.value[:1].isupper():
        return ""
    folded = fold_name(KIN + noun)
    return folded if folded in scene.mentions else ""


def _forget_nameless(scene: Scene, key: str) -> None:
    """`I have a sister. Her name is Ana`: from then on she is Ana."""
    nameless = [name for name, each in scene.mentions.items() if each.name.startswith(KIN)]
    for name in nameless:
        if RELATIONS.get(scene.mentions[name].name.removeprefix(KIN).rpartition("_")[2]) == key:
            del scene.mentions[name]


def _one_of(assertion: Assertion) -> str:
    """`I have an older brother`: who is meant by `he`."""
    counted = assertion.entity == SELF and assertion.key.startswith("number_of_") and assertion.value == "1"
    noun = assertion.key.removeprefix("number_of_").removesuffix("s") if counted else ""
    return noun if noun.rpartition("_")[2] in RELATIONS else ""


def _noun_of(assertion: Assertion) -> str:
    if assertion.entity != SELF or assertion.key not in _BROUGHT_UP or assertion.move == "end":
        return ""
    said = assertion.value.split()
    end = next((at for at, word in enumerate(said) if word in PREPOSITIONS - {"till"}), len(said))
    thing = said[:end]
    plain = 0 < len(thing) <= LONGEST and all(word.isalpha() or "-" in word for word in thing)
    last = thing[-1] if plain else ""
    return last if last.islower() and not last.endswith("s") else ""
