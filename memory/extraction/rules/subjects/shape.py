"""What a subject comes to."""

from dataclasses import dataclass, field

from memory.extraction.rules.scene import Assertion, Ref


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
