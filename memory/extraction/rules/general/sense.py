"""Whether a verb can be meant as it is said: who may do it, and to what."""

from memory.extraction.rules.general.doer import Doer
from memory.extraction.rules.general.shapes import Act
from memory.extraction.rules.scene import guess_type
from memory.extraction.rules.text.verbs import VerbGroup
from memory.extraction.rules.text.words import words

PETS = words("dog cat pet puppy kitten horse rabbit parrot pony hamster dogs cats horses rabbits chickens hens")
_OF_PETS = words(
    """eat drink weigh sleep wear suffer need cost live like love hate swim chase die take recover run have"""
)
_OF_THINGS = words("sit stand lie hang")
_OF_THE_LIVING = words("live reside sleep commute volunteer study")
_WITH_PEOPLE = words(
    """coach tutor mentor supervise manage represent teach hire host visit train employ marry meet interview invite
    feed welcome babysit recruit lead support know owe serve rescue raise follow attend"""
)
_FIGURES = {
    ("cook", "books"),
    ("grow", "money"),
    ("read", "minds"),
    ("read", "people"),
    ("study", "people"),
    ("run", "household"),
    ("collect", "dust"),
    ("open", "worms"),
    ("move", "mountains"),
    ("run", "fumes"),
    ("write", "off"),
    ("play", "games"),
    ("wear", "trousers"),
    ("teach", "manners"),
    ("own", "room"),
    ("share", "views"),
    ("serve", "time"),
    ("close", "deal"),
    ("close", "chapter"),
}
"""Verb and noun that together mean something else."""


def is_meant(doer: Doer, group: VerbGroup, act: Act) -> bool:
    """Not for `my manager sits on every proposal`, `my dog runs the household`, `my laptop lives in the shop`."""
    pet = doer.head in PETS
    person = doer.is_somebody
    seated = act.key == "sits_in" and all(each[:1].isupper() and guess_type(each) != "person" for each in act.values)
    if person and ((group.lemma in _OF_THINGS and not seated) or act.key == "runs_on"):
        return False
    if group.lemma == "die" and not (person or pet or any(each.key == "has_pet" for each in doer.told)):
        return False
    if pet and group.lemma not in _OF_PETS:
        return False
    if doer.head and not (person or pet or doer.plural) and group.lemma in _OF_THE_LIVING:
        return False
    return not (_is_done_to_somebody(group, act) or _is_figure(group, act))


def _is_done_to_somebody(group: VerbGroup, act: Act) -> bool:
    """`I ship Ross and Rachel`: a verb of things with a person behind it."""
    direct = "_" not in act.key and not group.passive
    return direct and group.lemma not in _WITH_PEOPLE and any(guess_type(each) == "person" for each in act.values)


def _is_figure(group: VerbGroup, act: Act) -> bool:
    said = [word for each in act.values for word in each.casefold().split()]
    return any((group.lemma, word) in _FIGURES for word in said)
