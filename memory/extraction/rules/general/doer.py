"""Of whom or what something is told."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from memory.extraction.rules.general.lexicon import PARTIES
from memory.extraction.rules.scene import KIN, Assertion, Ref
from memory.extraction.rules.text.nouns import OTHER_RELATIONS, RELATIONS, ROLES
from memory.extraction.rules.text.words import words

PERSONS = (frozenset(RELATIONS) | OTHER_RELATIONS | ROLES | {f"{each}s" for each in OTHER_RELATIONS}) - PARTIES
PERSONS |= words("ex girlfriend boyfriend fiance fiancee fiancé fiancée")


_PLURALS = words("people children men women police kids")


def is_plural(head: str) -> bool:
    return head in _PLURALS or (head.endswith("s") and not head.endswith(("ss", "us", "is", "news")))


@dataclass(frozen=True, kw_only=True)
class Doer:
    """`refs`: several where all of them do it. `noun`: what of the one ref it is (`passport`), "" for itself. `told`:
    what naming them says. `plural`: whether the verb behind is plain (`run`, and not `runs`). `bare`: no article, no
    owner and no name, so that only a literal behind it tells of one thing."""

    refs: Sequence[Ref]
    noun: str = ""
    head: str = ""
    told: Sequence[Assertion] = ()
    plural: bool = False
    bare: bool = False

    @property
    def is_speaker(self) -> bool:
        return not self.noun and self.refs[0].is_self

    @property
    def is_person(self) -> bool:
        ref = self.refs[0]
        return ref.type == "person" and (not self.noun or self.head in PERSONS)

    @property
    def is_somebody(self) -> bool:
        """A person, by name or by what he is."""
        return self.is_person or (not self.noun and self.refs[0].type == "person")

    def tell(self, key: str, value: str, *, event: bool = False) -> list[Assertion]:
        """The same of each of them."""
        return [self._tell(ref, key, value, event=event) for ref in self.refs]

    def tell_itself(self, value: str) -> list[Assertion]:
        """What it is: `biggest_customer` of the speaker's, and `is` of what has a name."""
        told = self.tell("is", value)
        return [replace(each, key=self.noun) for each in told] if self.noun else told

    def after(self) -> list[Ref]:
        """Whom the next clause means that leaves its subject out."""
        if not self.noun:
            return list(self.refs)
        return [Ref(name=KIN + self.noun, inferred=True)] if self.refs[0].is_self else []

    def _tell(self, ref: Ref, key: str, value: str, *, event: bool) -> Assertion:
        kind = ref.type or ("person" if self.is_person else "other")
        value = value.removeprefix("my ").removeprefix("our ") if self.is_speaker else value
        employed = value.casefold().rpartition(" ")[2] in _FIRMS
        whole = f"{self.noun}_{key}" if self.noun else key if employed else _UNEMPLOYED.get(key, key)
        return Assertion(
            entity=ref.name, key=whole, value=value, entity_type=kind, inferred=True, event=event, slug=ref.slug
        )


_FIRMS = words("company firm business startup start-up practice")
_UNEMPLOYED = {"started_at": "began_at", "joined": "member_of", "works_with": "working_with"}
"""Of what no family read as an employer or a tool: a nursery, a gym, a colleague."""
