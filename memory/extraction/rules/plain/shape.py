"""What a reader found."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from memory.extraction.rules.scene import Assertion
from memory.extraction.rules.text.verbs import VerbGroup


@dataclass
class Telling:
    """`state`: it is so, and did not come about. `dateless`: the times of the clause stand in its values. `planned`: it
    is told for a day to come."""

    facts: Sequence[Assertion]
    group: VerbGroup = field(default_factory=lambda: VerbGroup(lemma="be"))
    state: bool = True
    dateless: bool = False
    planned: bool = False
