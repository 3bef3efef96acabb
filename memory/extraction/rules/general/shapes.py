"""What a verb and its complements come to, and what time they speak of."""

from collections.abc import Sequence
from dataclasses import dataclass

from memory.extraction.rules.general.complements import (
    Complements,
)
from memory.extraction.rules.text.verbs import Tense, VerbGroup


@dataclass
class Act:
    """`key` and its `values`. `state`: it is so, and did not come about. `when`: a time that comes again, in the words
    it was told in; it is part of the value. `planned`: it is told for a time to come."""

    key: str
    values: Sequence[str]
    state: bool = False
    when: str = ""
    planned: bool = False
    said: str = ""
    beside: Sequence[tuple[str, str]] = ()
    """Further keys with their values, of the same subject."""


def is_now(group: VerbGroup, found: Complements) -> bool:
    """Present, or perfect with a word that says since when."""
    if group.tense is Tense.PERFECT:
        return any(text.casefold().startswith(("since", "for")) for text in found.dated)
    return group.tense is Tense.PRESENT


def is_past(group: VerbGroup) -> bool:
    return group.tense in (Tense.PAST, Tense.PERFECT)


def is_planned(group: VerbGroup, found: Complements) -> bool:
    """`will` and `is going to`, or a present that names a day."""
    timed = bool(found.dated) and not any(text.casefold().startswith(("since", "until", "for")) for text in found.dated)
    return timed and (group.tense is Tense.FUTURE or (group.tense is Tense.PRESENT and group.progressive))


def is_since(found: Complements) -> bool:
    return all(text.casefold().startswith(("since", "for", "until")) for text in found.dated)


def told_of(verb: str, found: Complements, *, state: bool = False, planned: bool = False) -> Act:
    """The first preposition belongs to the key, what follows to the value."""
    joint, first = found.further[0]
    rest = [f"{each.replace('_', ' ')} {phrase.text}" for each, phrase in found.further[1:]]
    value = " ".join([first.text, *rest, *found.when])
    return Act(f"{verb}_{joint}", [value], state=state, when=when_of(found), planned=planned)


def values_of(found: Complements) -> list[str]:
    """Objects one by one; with what belongs to all of them as one text."""
    rest = [f"{each.replace('_', ' ')} {phrase.text}" for each, phrase in found.further]
    if not rest and not found.when:
        return [each.text for each in found.objects]
    texts = [each.text for each in found.objects]
    listed = texts[0] if len(texts) == 1 else f"{', '.join(texts[:-1])} and {texts[-1]}"
    return [" ".join([listed, *rest, *found.when])]


def when_of(found: Complements) -> str:
    return " ".join(found.when)
