"""What came about, or was done to something: `flew to Lima`, `gave up smoking`, `was built by Kim`."""

from dataclasses import replace

from memory.extraction.rules.general.complements import (
    Complements,
    day_of,
    is_absolute,
    is_year,
    read_complements,
)
from memory.extraction.rules.general.lexicon import BROKEN, LEFT, PLACE_NOUNS, SETTLED, STARTED
from memory.extraction.rules.general.phrases import Phrase, is_plain
from memory.extraction.rules.general.shapes import Act, is_now, is_past, is_planned, told_of, values_of, when_of
from memory.extraction.rules.general.verbs import ALONE, DONE, GONE, GROWN, HELD, LOOSE, MOVING, PHRASAL, SUFFERED
from memory.extraction.rules.scene import WHEN
from memory.extraction.rules.text.forms import form_of
from memory.extraction.rules.text.phrases import Cursor
from memory.extraction.rules.text.verbs import Tense, VerbGroup
from memory.extraction.rules.text.words import words
from memory.extraction.rules.times.moments import format_of


def read_marrying(cursor: Cursor, group: VerbGroup) -> Act | None:
    """`is getting married in August`, `got married in 2015`: the day, where nobody says to whom."""
    start = cursor.at
    if (group.lemma == "marry" and group.passive) or cursor.take("married"):
        found = read_complements(cursor, objects=False)
        dated = [text for text in found.dated if is_absolute(text)]
        planned = is_planned(group, found)
        lasted = [text[4:] for text in found.dated if text.casefold().startswith("for ")]
        if len(lasted) == 1 == len(found.dated) and not found.further and group.tense is Tense.PERFECT:
            return Act("married_for", lasted, state=True, when=lasted[0])
        if not found.dated and not found.further and group.tense is Tense.PRESENT and group.passive:
            return Act("marital_status", ["married"], state=True)
        if len(dated) == 1 and not found.further and (planned or is_past(group)):
            return Act("married", [day_of(dated[0])], planned=planned)
    cursor.at = start
    return None


def read_expecting(cursor: Cursor, group: VerbGroup) -> Act | None:
    """`expecting our first child in July`: so from now on, and when it is to come."""
    if group.lemma != "expect" or not group.progressive or group.tense is not Tense.PRESENT:
        return None
    found = read_complements(cursor, objects=True)
    if len(found.objects) != 1 or found.objects[0].head not in _YOUNG or len(found.dated) > 1 or found.when:
        return None
    if not found.dated or found.dated[0].casefold().startswith(("since", "for")):
        return Act("expecting", values_of(found), state=True)
    said = found.dated[0]
    return Act("expecting", values_of(found), state=True, when=said, beside=[("baby_due", WHEN + format_of(said))])


_YOUNG = words("child baby twins triplets son daughter boy girl grandchild")


def read_stopped(cursor: Cursor, group: VerbGroup) -> Act | None:
    """`stopped breastfeeding`, `quit smoking`: what one did no longer does."""
    doing = cursor.low().endswith("ing") and len(cursor.low()) > 5
    if group.lemma not in ("stop", "quit") or not is_past(group) or not doing:
        return None
    found = read_complements(cursor, objects=True)
    return Act("gave_up", values_of(found)) if found.objects and not found.when else None


def read_phrasal(cursor: Cursor, group: VerbGroup) -> Act | None:
    if group.lemma == "take" and cursor.take("care", "of") and group.tense is Tense.PRESENT:
        found = read_complements(cursor, objects=True)
        return Act("takes_care_of", values_of(found), state=True, when=when_of(found)) if found.objects else None
    if group.lemma == "take" and cursor.take("place") and group.tense is Tense.PRESENT:
        found = read_complements(cursor, objects=False)
        return told_of("takes_place", found, state=True) if found.further else None
    key = PHRASAL.get((group.lemma, cursor.low()))
    if not key:
        return None
    cursor.at += 1
    found = read_complements(cursor, objects=True)
    state = key.endswith(("looks_after", "cares_for"))
    fits = is_now(group, found) if state else is_past(group)
    return Act(key, values_of(found), state=state, when=when_of(found)) if fits and found.objects else None


def read_grown(cursor: Cursor, group: VerbGroup) -> Act | None:
    """`grew up in a village near Ghent`."""
    verb = GROWN.get((group.lemma, cursor.low()))
    if not verb or not is_past(group):
        return None
    cursor.at += 1
    found = read_complements(cursor, objects=False)
    named = found.further and (found.further[0][1].is_named or found.further[0][1].head in SETTLED)
    return told_of(verb, found) if named or (found.further and group.lemma != "grow") else None


def read_done(cursor: Cursor, group: VerbGroup) -> Act | None:
    if group.lemma not in DONE or (group.progressive and group.tense is not Tense.PRESENT):
        return None
    found = read_complements(cursor, objects=True)
    planned = is_planned(group, found)
    if not found.objects or not (is_past(group) or planned):
        return None
    if group.lemma in _LASTED and group.tense is Tense.PAST:
        found.when += [text for text in found.dated if text.casefold().startswith("for ")]
    if group.lemma == "start":
        begun = all(each.head in STARTED for each in found.objects)
        return Act("started", values_of(found), when=when_of(found), planned=planned) if begun else None
    if group.lemma in LOOSE and not (found.further or all(is_plain(each) for each in found.objects)):
        return None
    if group.lemma == "leave" and not all(each.head in LEFT for each in found.objects):
        return None
    if group.lemma == "break" and not all(each.head in BROKEN for each in found.objects):
        return None
    form = form_of(group.lemma, "ing" if planned and group.lemma == "visit" else "past")
    return Act(form, values_of(found), when=when_of(found), planned=planned)


_JOURNEYS = words("fly travel drive sail cycle hike go return")
"""`flying_to` a place that one has not gone to yet."""
_LASTED = words("teach study rent lease chair attend direct host read")
"""How long it was so is part of what is told."""


def _is_somewhere(phrase: Phrase) -> bool:
    """`to Lima`, `to a bigger flat`, `from work`; not "to pieces"."""
    return phrase.is_named or phrase.head in PLACE_NOUNS or phrase.head in _ROUND


_ROUND = words("work school university college office home hospital court prison dentist doctor vet gym army")


def read_gone(cursor: Cursor, group: VerbGroup) -> Act | None:
    if group.lemma == "pass" and cursor.take("away"):
        group = replace(group, lemma="die")
    found_preps = GONE.get(group.lemma, "").split()
    if group.progressive and group.tense is not Tense.PRESENT:
        return None
    if cursor.low() not in found_preps and group.lemma not in ALONE:
        return None
    found = read_complements(cursor, objects=False)
    planned = is_planned(group, found)
    if not (is_past(group) or planned):
        return None
    past = form_of(group.lemma, "ing" if planned and group.lemma in _JOURNEYS else "past")
    if found.further and found.further[0][0].partition("_")[0] in found_preps:
        there = group.lemma not in MOVING or _is_somewhere(found.further[0][1])
        return told_of(past, found, planned=planned) if there else None
    if group.lemma not in ALONE or found.further:
        return None
    return _dated(past, found, planned=planned)


def _dated(key: str, found: Complements, *, planned: bool = False) -> Act | None:
    """With nothing behind it but its day: in its own words where they stay true."""
    if len(found.dated) != 1 or found.when:
        return None
    (said,) = found.dated
    return Act(key, [day_of(said)], planned=planned)


_LASTING = ("by", "from", "to", "for", "as")
"""`was built by Kim` is so still; what was written in Perl may be no longer."""


def read_suffered(cursor: Cursor, group: VerbGroup) -> Act | None:
    told = group.lemma in SUFFERED or (group.lemma in HELD | DONE and cursor.low() == "by")
    if not told or group.tense is Tense.FUTURE:
        return None
    raised = group.lemma == "raise" and cursor.low() == "in"
    found = read_complements(cursor, objects=False)
    if raised:  # and not "in a barn"
        return told_of("raised", found) if found.further and found.further[0][1].is_named else None
    state = group.tense is Tense.PRESENT
    key = form_of(group.lemma, "participle")
    if found.further and not state and found.further[0][0] == "in" and is_year(found.further[0][1].text):
        return told_of(key, found) if len(found.further) > 1 else Act(key, [found.further[0][1].text])
    if found.further:
        return told_of(key, found, state=state) if state or found.further[0][0] in _LASTING else None
    lasts = [text for text in found.dated if text.casefold().startswith("for ")]
    if state and len(lasts) == 1 and len(found.dated) == 1:
        return Act(f"{key}_for", [lasts[0][4:]], state=True, when=lasts[0])
    return None if state else _dated(key, found)
