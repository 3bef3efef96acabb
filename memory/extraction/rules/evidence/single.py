"""Whether a value is of one thing, or has swallowed a further clause, another subject or another figure."""

import re
from collections.abc import Sequence
from itertools import pairwise

from memory.extraction.rules.text.forms import VERB_FORMS
from memory.extraction.rules.text.lexicon import ADVERBS, PREPOSITIONS, spelled_number
from memory.extraction.rules.text.nouns import GIVEN, RELATIONS
from memory.extraction.rules.text.words import words

_PART = re.compile(r"\d[\d.,:]*\d|[^\s,]+|,")
_JOINING = ("and", "but", "or", ",", "so", "while", "whereas", "then")
_ANEW = ADVERBS | words("then still never always also now already only sometimes usually often")
_OTHERS = words("ours mine hers theirs yours i we he she they it")


def holds_more(value: str, *, joint: str = "") -> bool:
    """`90 and still drives`, `2 kg, Model B 3 kg`, `64 GB and one in Dublin 32`. `joint`: the preposition before it, as
    in (with) `Lloyds and Iza with Monzo`."""
    lows = [part.casefold() for part in _PART.findall(value)]
    if "but" in lows or lows[-1:] in _POINTING or lows[-1:] in _CUT:
        return True
    if lows[:1] == ["one"] and lows[1:2] and lows[1] in _PLACING and _counts(lows[-1]):
        return True
    if not any(low in _JOINING for low in lows):
        return False
    runs = _runs(lows)
    return any(
        _is_clause(run) or _is_gapped(before, run) or _is_of_another({joint, *before[1:]}, run)
        for before, run in pairwise(runs)
    )


def _runs(lows: Sequence[str]) -> list[list[str]]:
    """What stands between the words that join."""
    runs: list[list[str]] = [[]]
    for low in lows:
        if low in _JOINING:
            runs.append([])
        else:
            runs[-1].append(low)
    return [run for run in runs if run]


def _is_clause(run: Sequence[str]) -> bool:
    """A verb of its own in the first two words: `gets sun all day`, `still drives`."""
    moved = run[0] in _ANEW
    if len(run) > 1 and (run[0] in _OTHERS or (run[0] == "its" and run[1] in ("a", "an", "the", "my"))):
        return True
    verb = run[1] if moved and len(run) > 1 else run[0]
    kinds = {kind for _, kind in VERB_FORMS.get(verb, ())}
    if moved:
        return bool(kinds)
    return "third" in kinds and len(run) > 1 and run[1] not in PREPOSITIONS


def _is_of_another(joints: set[str], run: Sequence[str]) -> bool:
    """Somebody with a preposition that stood before."""
    somebody = run[0] in GIVEN or (run[0] in ("my", "our") and run[1:2] and run[1] in RELATIONS)
    return bool(somebody) and bool(joints & PREPOSITIONS & set(run[1:]))


def _is_gapped(before: Sequence[str], run: Sequence[str]) -> bool:
    """A figure of another subject, whose verb was said before."""
    figures = [at for at, low in enumerate(run) if _counts(low)]
    return (
        any(_counts(low) for low in before)
        and bool(figures)
        and figures[0] > 0
        and run[0] not in PREPOSITIONS
        and run[0] not in _SPAN
    )


_POINTING = (["one"], ["ones"], ["some"], ["it"], ["them"], ["there"], ["too"])
"""What a value ends with that says nothing by itself: `wants to be one`."""
_CUT = [[word] for word in ("from", "to", "with", "of", "for", "at", "by", "than", "as", "the", "a", "an", "and", "or")]
"""No value ends with these, but one that was cut short (`Slack from`)."""
_PLACING = ("in", "at", "on", "for")
_SPAN = words("every each about around roughly nearly over up at from then a an plus")


def _counts(low: str) -> bool:
    return low[0].isdigit() or low[0] in "$£€" or (spelled_number(low) or 0) > 1


def is_bare_figure(value: str) -> bool:
    """`16 in staging`: a figure whose thing was said before."""
    lows = value.casefold().split()
    return bool(lows) and _counts(lows[0]) and (len(lows) == 1 or lows[1] in PREPOSITIONS)
