"""A verb with its complements: `oversees payroll for the Berlin office`, `flew to Lima`, `is stored in the archive`."""

from collections.abc import Sequence
from dataclasses import dataclass

from memory.extraction.rules.general.complements import (
    Complements,
    bare,
    is_absolute,
    is_year,
    read_complements,
    repeats,
)
from memory.extraction.rules.general.verbs import ALONE, DONE, GONE, GROWN, HELD, LYING, PHRASAL, SUFFERED, UNDER_WAY
from memory.extraction.rules.text.forms import form_of
from memory.extraction.rules.text.phrases import Cursor
from memory.extraction.rules.text.verbs import Tense, VerbGroup
from memory.extraction.rules.text.words import words


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


def read_act(cursor: Cursor, group: VerbGroup) -> Act | None:
    """What the verb group at the cursor does, told as key and values; None for what it may not mean."""
    start = cursor.at
    if group.passive:
        return _suffered(cursor, group)
    for reader in (_phrasal, _grown, _under_way, _held, _lying, _done, _gone, _recurring):
        cursor.at = start
        if act := reader(cursor, group):
            return act
    cursor.at = start
    return None


def _is_now(group: VerbGroup, found: Complements) -> bool:
    """Present, or perfect with a word that says since when."""
    if group.tense is Tense.PERFECT:
        return any(text.casefold().startswith(("since", "for")) for text in found.dated)
    return group.tense is Tense.PRESENT


def _is_past(group: VerbGroup) -> bool:
    return group.tense in (Tense.PAST, Tense.PERFECT)


def _is_planned(group: VerbGroup, found: Complements) -> bool:
    """`will` and `is going to`, or a present that names a day."""
    timed = bool(found.dated) and not any(text.casefold().startswith(("since", "until", "for")) for text in found.dated)
    return timed and (group.tense is Tense.FUTURE or (group.tense is Tense.PRESENT and group.progressive))


def _phrasal(cursor: Cursor, group: VerbGroup) -> Act | None:
    key = PHRASAL.get((group.lemma, cursor.low()))
    if not key:
        return None
    cursor.at += 1
    found = read_complements(cursor, objects=True)
    state = key.endswith(("looks_after", "cares_for"))
    fits = _is_now(group, found) if state else _is_past(group)
    return Act(key, _values(found), state=state, when=_joined_when(found)) if fits and found.objects else None


def _grown(cursor: Cursor, group: VerbGroup) -> Act | None:
    """`grew up in a village near Ghent`."""
    verb = GROWN.get((group.lemma, cursor.low()))
    if not verb or not _is_past(group):
        return None
    cursor.at += 1
    found = read_complements(cursor, objects=False)
    return _told(verb, found) if found.further else None


def _under_way(cursor: Cursor, group: VerbGroup) -> Act | None:
    """`renovating the kitchen`: what one is at for weeks."""
    if group.lemma not in UNDER_WAY or not group.progressive or group.tense is not Tense.PRESENT:
        return None
    found = read_complements(cursor, objects=True)
    if not found.objects or not _since(found):
        return None
    return Act(form_of(group.lemma, "ing"), _values(found), state=True, when=_joined_when(found))


def _held(cursor: Cursor, group: VerbGroup) -> Act | None:
    if group.lemma not in HELD:
        return None
    found = read_complements(cursor, objects=True)
    if not found.objects or not _is_now(group, found) or (group.progressive and found.dated and not _since(found)):
        return None
    if group.progressive and group.tense is Tense.PRESENT:
        return None
    return Act(form_of(group.lemma, "third"), _values(found), state=True, when=_joined_when(found))


def _since(found: Complements) -> bool:
    return all(text.casefold().startswith(("since", "for", "until")) for text in found.dated)


def _lying(cursor: Cursor, group: VerbGroup) -> Act | None:
    if group.lemma not in LYING or cursor.low() not in LYING[group.lemma].split():
        return None
    found = read_complements(cursor, objects=False)
    if not found.further or not _is_now(group, found):
        return None
    return _told(form_of(group.lemma, "third"), found, state=True)


def _done(cursor: Cursor, group: VerbGroup) -> Act | None:
    if group.lemma not in DONE or (group.progressive and group.tense is not Tense.PRESENT):
        return None
    found = read_complements(cursor, objects=True)
    planned = _is_planned(group, found)
    if not found.objects or not (_is_past(group) or planned):
        return None
    return Act(form_of(group.lemma, "past"), _values(found), when=_joined_when(found), planned=planned)


def _gone(cursor: Cursor, group: VerbGroup) -> Act | None:
    found_preps = GONE.get(group.lemma, "").split()
    if group.progressive and group.tense is not Tense.PRESENT:
        return None
    if cursor.low() not in found_preps and group.lemma not in ALONE:
        return None
    found = read_complements(cursor, objects=False)
    planned = _is_planned(group, found)
    if not (_is_past(group) or planned):
        return None
    past = form_of(group.lemma, "past")
    if found.further and found.further[0][0].partition("_")[0] in found_preps:
        return _told(past, found, planned=planned)
    dated = [text for text in found.dated if is_absolute(text)]
    if group.lemma not in ALONE or found.further or not dated:
        return None
    return Act(past, [bare(dated[0])], planned=planned)


_LASTING = ("by", "from", "to", "for", "as")
"""`was built by Kim` is so still; what was written in Perl may be no longer."""


_RECURRING = ALONE | words("run renew change leave depart meet happen rehearse train ship deploy release deliver")


def _recurring(cursor: Cursor, group: VerbGroup) -> Act | None:
    """`runs every night at 2:30`, `renews in March`: with a time in words that stay true."""
    if group.lemma not in _RECURRING or group.tense is not Tense.PRESENT or group.progressive:
        return None
    found = read_complements(cursor, objects=False)
    times = [*found.dated, *found.when]
    told = times and not found.further and all(is_absolute(text) or repeats(text.casefold()) for text in times)
    when = " ".join(times)
    return Act(form_of(group.lemma, "third"), [bare(when)], state=True, when=when) if told else None


def _suffered(cursor: Cursor, group: VerbGroup) -> Act | None:
    if group.lemma not in SUFFERED or group.tense is Tense.FUTURE:
        return None
    found = read_complements(cursor, objects=False)
    state = group.tense is Tense.PRESENT
    key = form_of(group.lemma, "participle")
    if found.further and not state and found.further[0][0] == "in" and is_year(found.further[0][1].text):
        return _told(key, found) if len(found.further) > 1 else Act(key, [found.further[0][1].text])
    if found.further:
        return _told(key, found, state=state) if state or found.further[0][0] in _LASTING else None
    dated = [text for text in found.dated if is_absolute(text)]
    return Act(key, [bare(dated[0])]) if dated and not state else None


def _told(verb: str, found: Complements, *, state: bool = False, planned: bool = False) -> Act:
    """The first preposition belongs to the key, what follows to the value."""
    joint, first = found.further[0]
    rest = [f"{each.replace('_', ' ')} {phrase.text}" for each, phrase in found.further[1:]]
    value = " ".join([first.text, *rest, *found.when])
    return Act(f"{verb}_{joint}", [value], state=state, when=_joined_when(found), planned=planned)


def _values(found: Complements) -> list[str]:
    """Objects one by one; with what belongs to all of them as one text."""
    rest = [f"{each.replace('_', ' ')} {phrase.text}" for each, phrase in found.further]
    if not rest and not found.when:
        return [each.text for each in found.objects]
    texts = [each.text for each in found.objects]
    listed = texts[0] if len(texts) == 1 else f"{', '.join(texts[:-1])} and {texts[-1]}"
    return [" ".join([listed, *rest, *found.when])]


def _joined_when(found: Complements) -> str:
    return " ".join(found.when)
