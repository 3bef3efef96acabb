"""Which verbs a key has by another word: `owns` of what was bought, `lives_in` of where somebody moved."""

from collections.abc import Sequence

from memory.extraction.rules.scene import Assertion
from memory.extraction.rules.text.forms import VERB_FORMS, form_of
from memory.extraction.rules.text.lexicon import BE, DO, HAVE, MODALS
from memory.extraction.rules.text.tokens import Token
from memory.extraction.rules.text.words import words

_LIGHT = words("be have do call name get go take make start begin spell reach use used going back")
"""They say little by themselves: what they do stands behind them."""
_SAID_BY = {
    key: words(verbs)
    for key, verbs in {
        "owns": "buy purchase own phone",
        "lives_in": "move base relocate live settle",
        "lives_with": "move",
        "moved_to": "relocate",
        "moved_from": "relocate",
        "location": "move keep store live sit",
        "works_at": "join employ work hire",
        "works_in": "work teach base",
        "workplace": "work",
        "role": "become work join train retrain promote study act serve",
        "member_of": "join",
        "reports_to": "manage supervise run",
        "has_pet": "adopt buy",
        "has_child": "adopt",
        "has_sibling": "move",
        "status": "leave fail",
        "uses": "run deploy write work host implement build switch",
        "has_condition": "diagnose suffer live",
        "manufacturer": "produce manufacture",
        "avoids": "drink eat touch tolerate stand give",
        "dislikes": "hate like stand bear enjoy",
        "likes": "love prefer enjoy obsess",
        "preference": "drink like book prefer eat",
        "deadline": "move push postpone slip extend",
        "date": "push move reschedule shift change bring postpone fall slip marry",
        "anniversary": "fall",
        "price": "cost rise drop fall",
        "located_in": "headquarter base",
        "hometown": "grow raise come",
        "birthplace": "bear",
        "capacity": "hold seat",
        "arrives": "land",
        "departs": "leave",
        "starts": "open",
        "ends": "close shut finish",
        "expires": "run",
        "address": "live",
        "died": "pass",
        "gave_up": "stop quit",
        "learns": "study play speak",
        "age": "turn",
        "contact_about": "ring write",
        "employees": "work",
        "employment": "work",
        "medication": "prescribe put start",
        "dwelling": "live rent",
        "studied_at": "study attend graduate",
        "field_of_study": "study",
        "attends": "start begin",
        "alone": "live",
        "lives": "own",
        "is": "change move rise cost come",
        "email": "change",
        "phone": "change",
        "rent": "rise change",
        "blood_type": "group",
        "time_to": "get",
    }.items()
}
_FORMS = ("third", "past", "participle", "ing")


def is_verb_told(token: Token, said: set[str], stems: set[str], told: Sequence[Assertion]) -> bool:
    """A verb that stands in no row by any of its forms, nor in a key by another word, is not told."""
    lemmas = {lemma for lemma, _ in VERB_FORMS.get(token.low, ())}
    if not lemmas or token.is_capital or token.low in _AUXILIARY or lemmas & _LIGHT:
        return True
    forms = lemmas | {form_of(lemma, kind) for lemma in lemmas for kind in _FORMS}
    return any(form in said or form[:4] in stems for form in forms) or any(
        _is_said_by(each.key, lemmas) for each in told
    )


_AUXILIARY = BE | HAVE | DO | MODALS


def _is_said_by(key: str, lemmas: set[str]) -> bool:
    parts = key.split("_")
    return any(
        _SAID_BY.get("_".join(parts[first:last]), frozenset()) & lemmas
        for first in range(len(parts))
        for last in range(first + 1, min(first + 3, len(parts)) + 1)
    )
