"""What a turn has told so far: who was named, and what a clause claims before it becomes rows."""

from dataclasses import dataclass, field

from memory.extraction.diff import SELF, Move
from memory.extraction.rules.text.nouns import FEMALE, FIRMS, GIVEN, MALE, PLACES
from memory.extraction.rules.text.words import words
from memory.vocabulary.folding import fold_name


@dataclass(frozen=True, kw_only=True)
class Assertion:
    """A claim. `event`: it tells of a change, so a time with it is when it came about. `beside`: it is told by naming
    somebody, so that a time with it belongs to what he does."""

    entity: str
    key: str
    value: str = ""
    target: str = ""
    target_type: str = ""
    entity_type: str = "person"
    said_with: str = ""
    unless_ended: str = ""
    move: Move | None = None
    inferred: bool = False
    event: bool = False
    beside: bool = False
    slug: str = ""


@dataclass(frozen=True, kw_only=True)
class Ref:
    """Whom a phrase means. `inferred`: through a pronoun or "we". `slug`: an identifier in brackets."""

    name: str
    type: str = ""
    inferred: bool = False
    plural: bool = False
    slug: str = ""

    @property
    def is_self(self) -> bool:
        return self.name == SELF


ME = Ref(name=SELF, type="person")
WHEN = "$when"
"""A value that is the time it came about, followed by its form (`$when%Y-%m`): known once the times were read."""
KIN = "$kin:"
"""Begins the name of a relative whom nobody named, `$kin:older_brother`; it never leaves the reading of a clause."""


@dataclass
class Mention:
    name: str
    type: str
    gender: str = ""
    clause: int = 0


@dataclass
class Scene:
    """`known`: folded names of known entities with types; `roles`: "wife" -> the name told for her."""

    known: dict[str, str] = field(default_factory=dict)
    mentions: dict[str, Mention] = field(default_factory=dict)
    roles: dict[str, str] = field(default_factory=dict)
    pets: set[str] = field(default_factory=set)
    """Names of animals, whom he and she may mean as well as it."""
    casual: bool = False
    clause: int = 0

    def mention(self, name: str, kind: str = "", gender: str = "") -> None:
        """Remember a name; a type or a gender once learnt stays."""
        if name == SELF:
            return
        found = self.mentions.setdefault(fold_name(name), Mention(name, kind, gender, self.clause))
        found.type = found.type if kind == "other" and guess_type(name) == "person" else kind or found.type
        found.gender = gender or found.gender
        found.clause = self.clause

    def type_of(self, name: str) -> str:
        """What is known or plain to see of a name; "" for nothing."""
        folded = fold_name(name)
        mentioned = self.mentions.get(folded)
        kind = (mentioned.type if mentioned else "") or self.known.get(folded, "")
        return kind or guess_type(name)

    def is_person(self, name: str) -> bool:
        """Whether it is surely somebody's name: "Pain is my teacher" has a capital, too."""
        titled = name.casefold().split(" ")[0].rstrip(".") in _TITLES
        return titled or self.type_of(name) == "person"

    def candidates(self, pronoun: str) -> list[Mention]:
        """Whom he, she or it may be; those of another gender left out."""
        if pronoun == "it":
            return [each for each in self.mentions.values() if self.type_of(each.name) in _THINGS]
        other = {"he": "f", "him": "f", "his": "f", "she": "m", "her": "m"}.get(pronoun, "")
        people = [
            each
            for each in self.mentions.values()
            if (self.type_of(each.name) in ("person", "") or each.name in self.pets)
            and each.name.removeprefix(KIN).replace("_", " ") not in self.roles
        ]
        return [each for each in people if not other or each.gender != other]


_ADDRESSED = words("mr mrs ms miss dr prof frau herr")
_TITLES = words("dr mr mrs ms miss prof professor sir father sister")
_THINGS = words("organisation product project policy service other") | {""}


def gender_of(noun: str) -> str:
    return "f" if noun in FEMALE else "m" if noun in MALE else ""


def guess_type(name: str) -> str:
    words = fold_name(name).split()
    lows = name.casefold().split()
    if not words:
        return ""
    if set(lows) & FIRMS or (name.isupper() and len(name) > 2):
        return "organisation"
    if lows[0].rstrip(".") in _ADDRESSED and len(lows) > 1:
        return "person"
    if words[0] in GIVEN and len(words) <= 3:
        return "person"
    return "location" if " ".join(words) in PLACES else ""
