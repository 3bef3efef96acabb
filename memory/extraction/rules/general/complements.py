"""What stands behind a verb: its objects, phrases with their prepositions, and times."""

from dataclasses import dataclass, field, replace

from memory.extraction.rules.general.lexicon import SPANS, UNITS
from memory.extraction.rules.general.phrases import Phrase, read_phrases
from memory.extraction.rules.general.verbs import PLACING
from memory.extraction.rules.scene import WHEN
from memory.extraction.rules.text.phrases import Cursor, join_tokens
from memory.extraction.rules.times.clocks import PARTS, read_when
from memory.extraction.rules.times.moments import MONTHS, format_of


@dataclass
class Complements:
    """What stands behind a verb: `objects`, and further phrases with their prepositions."""

    objects: list[Phrase] = field(default_factory=list)
    further: list[tuple[str, Phrase]] = field(default_factory=list)
    when: list[str] = field(default_factory=list)
    dated: list[str] = field(default_factory=list)


def read_complements(cursor: Cursor, *, objects: bool) -> Complements:
    """All that can be read at the cursor."""
    found = Complements()
    _times(cursor, found)
    if objects:
        found.objects = read_phrases(cursor)
        _unit(cursor, found)
    while not cursor.done:
        start = cursor.at
        _times(cursor, found)
        if cursor.low() == "of" and cursor.kind(-1) == "time":
            break  # `on the last Friday of the month`
        if cursor.low() in ("down", "up", "over", "out", "back") and cursor.low(1) in ("in", "at", "on", "near", "by"):
            cursor.at += 1
        if (cursor.low() in PLACING or (cursor.low(), cursor.low(1)) == ("because", "of")) and not _joined(
            cursor, found
        ):
            cursor.at = start
            break
        if cursor.at == start:
            break
    return found


def _unit(cursor: Cursor, found: Complements) -> None:
    """`35 euros each`, `90 euros a month`."""
    if not found.objects or not found.objects[-1].is_counted:
        return
    start = cursor.at
    if cursor.take_any(("each", "apiece")) or (cursor.take_any(UNITS) and cursor.take_any(SPANS)):
        last = found.objects[-1]
        said = join_tokens(cursor.tokens[start : cursor.at])
        found.objects[-1] = replace(last, text=f"{last.text} {said}")
        return
    cursor.at = start


def _joined(cursor: Cursor, found: Complements) -> bool:
    joint = cursor.low()
    cursor.at += 1
    if joint == "because" and cursor.take("of"):
        joint = "because_of"
    if joint in ("next", "out", "close") and cursor.low() in ("to", "of"):
        joint = f"{joint}_{cursor.low()}"
        cursor.at += 1
    phrases = read_phrases(cursor)
    if not phrases:
        return False
    first, last = phrases[0].tokens[0], phrases[-1].tokens[-1]
    whole = [token for token in cursor.tokens if first.start <= token.start <= last.start]
    if phrases[-1].is_counted and cursor.take_any(("each", "apiece")):
        last = cursor.tokens[cursor.at - 1]
        whole.append(last)
    found.further.append((joint, Phrase(join_tokens(whole), phrases[0].head, phrases[0].pointer, whole)))
    return True


def _times(cursor: Cursor, found: Complements) -> None:
    while not cursor.done:
        start = cursor.at
        if cursor.kind() == "time" and not repeats(f"{cursor.low()} {cursor.low(1)}"):
            found.dated.append(cursor.tokens[cursor.at].text)
            cursor.at += 1
            continue
        if _when(cursor):
            found.when.append(join_tokens(cursor.tokens[start : cursor.at]))
            continue
        cursor.at = start
        if not cursor.take_any(("too", "now", "there-is", "also", "again")):
            return


_AGAIN = (
    "afternoons",
    "every",
    "each",
    "daily",
    "weekly",
    "monthly",
    "weekday",
    "weekend",
    "mornings",
    "evenings",
    "nights",
)


def repeats(text: str) -> bool:
    said = text.split()
    return any(each in _AGAIN or each.rstrip("s") in _AGAIN for each in said) or any(
        each.endswith("days") and each != "days" for each in said
    )


def _when(cursor: Cursor) -> bool:
    """`every Tuesday and Thursday`, `at 9:30`, `twice a month`."""
    start = cursor.at
    if cursor.take_any(("daily", "weekly", "monthly", "yearly", "annually")):
        return True
    if cursor.kind() == "time" and repeats(f"{cursor.low()} {cursor.low(1)}"):
        cursor.at += 1
        cursor.take_any(PARTS)
    elif not read_when(cursor):
        cursor.at = start
        return False
    while cursor.low() in ("and", ",") and cursor.at + 1 < len(cursor.tokens):
        before = cursor.at
        cursor.at += 1
        if not read_when(cursor):
            cursor.at = before
            break
    return True


def is_absolute(text: str) -> bool:
    """Whether it still says the same next year, or at least by its month."""
    if text.casefold().startswith(("next ", "last ", "this ", "in the last", "in the next")):
        return False
    return any(letter.isdigit() for letter in text) or any(each in MONTHS for each in text.casefold().split())


def day_of(said: str) -> str:
    """Of what is told with its day alone: `3 June`, and `2026-05` for `in May` (`WHEN`, until it is known)."""
    stays = is_absolute(said) and any(letter.isdigit() for letter in said)  # "married May" names somebody
    return bare(said) if stays else WHEN + format_of(said)


def is_year(text: str) -> bool:
    return text.isdecimal() and len(text) == 4


def bare(text: str) -> str:
    first, _, rest = text.partition(" ")
    return rest if first.casefold() in ("in", "on", "at") and rest else text
