"""What is or was so of somebody by a plain word: where he lies, what he is allergic to, what kind of person he is."""

from memory.extraction.rules.everyday.tails import read_tail
from memory.extraction.rules.everyday.who import is_somebody
from memory.extraction.rules.families.assertions import relation
from memory.extraction.rules.general.doer import Doer
from memory.extraction.rules.general.lexicon import GROUPS, IDIOMS, THE_IDIOMS
from memory.extraction.rules.plain.shape import Telling
from memory.extraction.rules.text.lexicon import spelled_number
from memory.extraction.rules.text.phrases import Cursor, is_proper, join_tokens
from memory.extraction.rules.text.roles import read_role
from memory.extraction.rules.text.verbs import Tense, VerbGroup
from memory.extraction.rules.text.words import words


def read_plain_being(cursor: Cursor, doer: Doer, group: VerbGroup) -> Telling | None:
    start = cursor.at
    for reader in (_whereabouts, _allergic, _member, _minded, _figured, _had_been):
        cursor.at = start
        if told := reader(cursor, doer, group):
            return told
    cursor.at = start
    return None


_PLACES = words("room bed ward unit flat apartment suite cell bay house office hut cabin row seat class table")


def _whereabouts(cursor: Cursor, doer: Doer, group: VerbGroup) -> Telling | None:
    """`(Mr. Okafor is) in room 12`."""
    begin = cursor.at
    somebody = is_somebody(doer) and not doer.is_speaker and group.tense is Tense.PRESENT
    if not somebody or not cursor.take_any(("in", "at", "on")) or not cursor.take_any(_PLACES):
        return None
    token = cursor.token()
    numbered = token is not None and (token.kind == "number" or any(letter.isdigit() for letter in token.text))
    cursor.at += 1
    told = numbered and cursor.done
    return Telling(doer.tell("location_now", join_tokens(cursor.tokens[begin + 1 :]))) if told else None


_NO_ALLERGENS = (
    IDIOMS
    | THE_IDIOMS
    | words(
        """work nonsense mondays morning mornings exercise effort people responsibility commitment stupidity bullshit
    honesty truth fun you me him her them meetings deadlines boredom idiots monday taxes"""
    )
)


def _allergic(cursor: Cursor, doer: Doer, group: VerbGroup) -> Telling | None:
    if not is_somebody(doer) or doer.is_speaker or group.tense is not Tense.PRESENT:
        return None
    if not cursor.take("allergic", "to"):
        return None
    tail = read_tail(cursor)
    plain = tail is not None and tail.text and not (tail.joint or tail.dated or tail.again) and len(tail.tokens) <= 4
    if not plain or tail is None or {token.low for token in tail.tokens} & _NO_ALLERGENS:
        return None
    return Telling(doer.tell("allergic_to", tail.text))


_ENROLLED = GROUPS | words(
    """bar club union party choir association society committee council board parish guild chamber league band team
    orchestra federation cooperative brigade troupe synagogue church gym network alliance academy senate"""
)


def _member(cursor: Cursor, doer: Doer, group: VerbGroup) -> Telling | None:
    """`a member of the Hamburg bar`."""
    if doer.noun or not is_somebody(doer) or group.tense is not Tense.PRESENT:
        return None
    cursor.take_any(("a", "an"))
    cursor.take_any(("honorary", "active", "founding", "proud", "paid-up", "long-standing"))
    if not cursor.take("member", "of"):
        return None
    tail = read_tail(cursor)
    plain = tail is not None and tail.text and not (tail.joint or tail.dated or tail.again) and len(tail.tokens) <= 7
    if not plain or tail is None or (tail.tokens[-1].low not in _ENROLLED and not is_proper(tail.tokens[-1])):
        return None
    return Telling([relation(ref, "member_of", tail.text, "organisation") for ref in doer.refs])


_DEGREES = words("very really quite so pretty rather extremely incredibly always")
_TRAITS = words(
    """kind friendly strict shy generous helpful quiet polite gentle patient funny ambitious punctual reliable curious
    talkative stubborn hard-working hardworking tall short bald slim left-handed right-handed bilingual deaf blind
    musical artistic sporty athletic vegan vegetarian religious catholic muslim jewish hindu buddhist protestant
    colour-blind colorblind dyslexic autistic diabetic asthmatic epileptic"""
)


def _minded(cursor: Cursor, doer: Doer, group: VerbGroup) -> Telling | None:
    """`very kind`, `tall and shy`: of a person that is not the speaker."""
    person = is_somebody(doer) and not doer.is_speaker and not doer.plural
    if not person or group.tense is not Tense.PRESENT:
        return None
    begin = cursor.at
    found = 0
    while not cursor.done:
        cursor.take_all(_DEGREES)
        if not cursor.take_any(_TRAITS):
            return None
        found += 1
        if not cursor.done and not cursor.take_any(("and", ",")):
            return None
    return Telling(doer.tell("described_as", join_tokens(cursor.tokens[begin:]))) if found else None


_FIGURES = words(
    """revenue turnover profit loss sales rent budget salary income cost costs price weight score result bill grade
    mark time attendance margin rate yield output temperature reading total balance deposit fee fine usage
    consumption bonus growth churn headcount population mileage"""
)


def _figured(cursor: Cursor, doer: Doer, group: VerbGroup) -> Telling | None:
    """`(our Q3 revenue was) 4.2 million`: what a figure was."""
    if group.tense is not Tense.PAST or doer.head not in _FIGURES or not (doer.noun or not doer.bare):
        return None
    begin = cursor.at
    cursor.take_any(("about", "around", "roughly", "over", "under", "nearly", "just"))
    first = cursor.token()
    counted = first is not None and (first.kind in ("number", "money") or spelled_number(first.low) is not None)
    tail = read_tail(cursor) if counted else None
    plain = tail is not None and not (tail.joint or tail.again) and len(tail.tokens) <= 6 and len(tail.dated) <= 1
    said = join_tokens([token for token in cursor.tokens[begin:] if token.kind != "time"])
    return Telling(doer.tell("was", said, event=True), group, state=False) if plain else None


def _had_been(cursor: Cursor, doer: Doer, group: VerbGroup) -> Telling | None:
    """`(my late husband Walter was) a tram driver`: of whom is no more."""
    late = doer.noun.startswith("late_") or any(each.key.startswith("late_") for each in doer.told)
    if group.tense is not Tense.PAST or not late or not cursor.take_any(("a", "an")):
        return None
    role = read_role(cursor)
    return Telling(doer.tell("was", role, event=True), group, state=False) if role and cursor.done else None
