"""What came of reading one clause."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from memory.extraction.rules.scene import Assertion, Ref
from memory.extraction.rules.text.tokens import Token
from memory.extraction.rules.text.verbs import VerbGroup


@dataclass
class Predication:
    """`assertions` empty: not read. `silent`: it denies, and claims nothing. `rest`: something of it was not read."""

    assertions: list[Assertion] = field(default_factory=list)
    refs: list[Ref] = field(default_factory=list)
    group: VerbGroup = field(default_factory=VerbGroup)
    unclear: str = ""
    silent: bool = False
    rest: bool = False
    state: bool = False
    dateless: bool = False
    """The times of the clause belong to what was not read."""
    general: bool = False
    """Read by its grammar alone; whether it is a state or came about, `state` says, and not its verb."""
    left: Sequence[Token] = ()
    """What `rest` is about."""
    planned: bool = False
    """Told in the present for a day to come."""
