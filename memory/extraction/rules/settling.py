"""What a clause claims, with its times and the manner it was said in."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from memory.extraction.diff import SELF, Move
from memory.extraction.rules.coverage import is_all_told, is_narrowed, kinds_of_kin, of_fellow, over
from memory.extraction.rules.dating import Dates, dates_of, leans_to_future, read_dates
from memory.extraction.rules.everyday.introduced import bring_up
from memory.extraction.rules.framing.openers import Opening
from memory.extraction.rules.general.doer import PERSONS
from memory.extraction.rules.general.sense import PETS
from memory.extraction.rules.rows import Manner, with_lists
from memory.extraction.rules.scene import KIN, WHEN, Assertion
from memory.extraction.rules.statements import Predication
from memory.extraction.rules.statements.further import LONGEST
from memory.extraction.rules.text.clauses import Clause
from memory.extraction.rules.text.nouns import RELATIONS
from memory.extraction.rules.text.verbs import Tense
from memory.extraction.rules.text.words import words
from memory.extraction.rules.times.boundaries import Boundary, TimePhrase
from memory.extraction.rules.times.instants import Leaning, end_of
from memory.extraction.rules.times.moments import WEEKDAYS, nearest
from memory.extraction.rules.times.passing import on_its_day
from memory.extraction.rules.turns import Claims, Discourse
from memory.vocabulary.folding import fold_token


def settle(
    reading: Discourse, claims: Claims, clause: Clause, told: Predication, opening: Opening, instead_of: str
) -> None:
    told.assertions = _due(told, clause, reading.source.spoken_at)
    dates = _for_now(_dates(reading, clause, told), claims) if told.assertions else None
    first_person = any(assertion.entity == SELF or assertion.target == SELF for assertion in told.assertions)
    if dates is None or (reading.source.role == "tool" and first_person):
        claims.unread = True
        reading.refs = told.refs
        return
    if told.group.tense is Tense.PAST and dates.valid_until and dates.valid_until > reading.source.spoken_at:
        claims.unread, reading.refs = True, told.refs  # `was 900 until June`: which one has gone by
        return
    told.assertions += [*_again(told, clause), *_species(told, clause), *kinds_of_kin(told.assertions, clause.tokens)]
    told.assertions += of_fellow(told.assertions, clause.tokens)
    if not opening.hedged and (gone := over(told, clause.tokens)):
        told.assertions, told.rest = [*told.assertions, *gone], False
    told.assertions = [each for each in _on_their_day(told.assertions, dates) if WHEN not in each.value]
    placed_on = [on_its_day(each, dates, reading.source.spoken_at) for each in told.assertions]
    told.assertions = [each for each, _ in placed_on]
    _keep_owner(reading, told)
    manner = _manner(clause, told, opening, instead_of)
    in_part = told.rest or not told.assertions or _is_cut_short(told, clause, manner)
    if in_part and (_is_timed(told) or is_narrowed(told.left or clause.tokens, told.assertions)):
        told.assertions, placed_on = [], []
    lists = with_lists(told.assertions)
    for assertion, on_day in placed_on:
        reading.scene.mention(assertion.entity, assertion.entity_type)
        if assertion.key == "has_pet":
            reading.scene.pets.add(assertion.target)
        if assertion.target:
            reading.scene.mention(assertion.target, assertion.target_type)
        bring_up(reading.scene, assertion)
        if any(assertion == each for each, _, _ in claims.assertions):
            continue
        placed = Dates() if _is_beside(assertion, told.assertions) else on_day
        claims.assertions.append((assertion, placed, replace(manner, change=assertion.key in lists)))
    claims.unread = claims.unread or in_part
    reading.refs = told.refs


def _is_timed(told: Predication) -> bool:
    """Whether what was left over says when it is so: `on holiday from the 1st to the 15th`."""
    if not told.state or not told.left or told.left[0].low not in _TIMING:
        return False
    return any(token.kind in ("time", "number", "date") for token in told.left)


_TIMING = words("from until till since between during before after through")


def _is_cut_short(told: Predication, clause: Clause, manner: Manner) -> bool:
    """Whether words of a plain statement stand in none of its rows; what was contrasted or reported has more words."""
    turned = manner.hedged or manner.asserted_by or manner.corrected or manner.instead_of
    ends = [each.move in (Move.END, Move.FORGET) for each in told.assertions]
    if any(ends):
        return all(ends) and not told.silent  # of what was never known it would leave nothing
    return not turned and not is_all_told(clause.tokens, told.assertions)


def _keep_owner(reading: Discourse, told: Predication) -> None:
    """`my laptop has 8 GB of RAM`: `it` may be either."""
    for ref in told.refs:
        noun = ref.name.removeprefix(KIN)
        if ref.name.startswith(KIN) and any(each.key == f"{noun}_has" for each in told.assertions):
            reading.scene.mention(ref.name, "" if noun in PERSONS else "other")


_TIES = words("has_child has_parent has_sibling has_pet has_friend married_to reports_to")


def _is_beside(assertion: Assertion, told: Sequence[Assertion]) -> bool:
    """`our son Leo moved in May`: since when he lives there, and not since when he is a son."""
    return assertion.beside or (assertion.key in _TIES and any(each.key not in _TIES for each in told))


def _on_their_day(assertions: Sequence[Assertion], dates: Dates) -> list[Assertion]:
    """With the day for its mark, `2026-10-25`, where it is known."""
    at = dates.valid_from
    return [
        replace(each, value=at.strftime(each.value.removeprefix(WHEN))) if at and WHEN in each.value else each
        for each in assertions
    ]


_LONGEST_DUE = timedelta(days=300)


def _due(told: Predication, clause: Clause, spoken: datetime) -> list[Assertion]:
    """With the time to come for its mark where a child is expected; without one that is none, and told so."""
    kept = []
    for each in told.assertions:
        if each.key.endswith("baby_due") and each.value.startswith(WHEN):
            ahead = [clause.times[token.start][1].at for token in clause.tokens if token.kind == "time"]
            fits = len(ahead) == 1 and ahead[0] is not None and ahead[0] - spoken < _LONGEST_DUE
            told.rest = told.rest or not fits
            value = ahead[0].strftime(each.value.removeprefix(WHEN)) if fits and ahead[0] else ""
            kept += [replace(each, value=value)] if fits else []
        else:
            kept.append(each)
    return kept


def _manner(clause: Clause, told: Predication, opening: Opening, instead_of: str) -> Manner:
    return Manner(
        hedged=opening.hedged,
        asserted_by=opening.asserted_by,
        corrected=opening.corrected or bool(instead_of) or told.group.actually,
        instead_of=instead_of,
        added=told.group.added or any(token.low in ("also", "too") for token in clause.tokens),
        span=(clause.start, clause.end),
    )


_PASSING = (("for", "now"), ("for", "the", "time", "being"), ("for", "the", "moment"))


def _for_now(dates: Dates | None, claims: Claims) -> Dates | None:
    """`for now I live in Leeds`: until when, nobody said."""
    if dates is None or dates.unresolved:
        return dates
    lows = claims.clause.lows
    for said in _PASSING:
        if any(lows[at : at + len(said)] == said for at in range(len(lows))):
            return replace(dates, unresolved=" ".join(said))
    return dates


_UNDATED = words("baby_due birthday birthplace birth_year hometown anniversary deadline training_for")
"""The time in the clause is the value, or of a day long ago, and nothing began then."""


def _is_undated(key: str) -> bool:
    """Of a relative, too: `grandmother_birth_year`."""
    return key in _UNDATED or any(key.endswith(f"_{each}") for each in _UNDATED)


def _again(told: Predication, clause: Clause) -> list[Assertion]:
    """`plays tennis` `on Mondays`: how often, beside what is told without it."""
    alike = len({each.key for each in told.assertions}) == 1
    longest = max((len(each.value.split()) for each in told.assertions), default=0)
    if not alike or told.dateless or told.rest or any(each.target for each in told.assertions) or longest > LONGEST:
        return []
    repeated = [
        token.text
        for token in clause.tokens
        if token.kind == "time" and clause.times[token.start][0].boundary is Boundary.REPEATS
    ]
    if not repeated or any(repeated[0] in each.value or "every" in each.value for each in told.assertions):
        return []
    return [
        replace(each, key=f"{each.key}_{fold_token(each.value)}_when", value=" ".join(repeated), inferred=True)
        for each in told.assertions
    ]


def _species(told: Predication, clause: Clause) -> list[Assertion]:
    """`our cat is called Mochi`: what kind of animal it is, where one only was named; and that children are twins."""
    children = [each for each in told.assertions if each.key == "has_child" and each.target]
    born = next((token.low for token in clause.tokens if token.low in _BORN_TOGETHER), "")
    if born and len(children) > 1:
        return [replace(children[0], key="has", value=born, target="", target_type="", move=Move.ADD)]
    named = [each for each in told.assertions if each.key == "has_pet" and each.target and each.move is None]
    kinds = {token.low for token in clause.tokens if token.low in PETS - _ANY_PET and RELATIONS.get(token.low)}
    if len(named) != 1 or len(kinds) != 1 or any(each.key in ("species", "breed") for each in told.assertions):
        return []
    (kind,) = kinds
    pet = named[0]
    return [replace(pet, entity=pet.target, entity_type="other", key="species", value=kind, target="", target_type="")]


_BORN_TOGETHER = words("twins triplets")
_ANY_PET = words("pet pets")
_SPANNING = (Boundary.DURING, Boundary.UNTIL, Boundary.FROM)


def _lost(told: Predication, clause: Clause) -> list[TimePhrase]:
    """The times of a clause whose values were to hold them, and do not: `my duty this week is 8 to 4`."""
    if told.rest:
        return []
    said = {word for each in told.assertions for word in each.value.casefold().split()}
    undated = any(_is_undated(assertion.key) for assertion in told.assertions)
    found = [
        clause.times[token.start][1 if clause.times[token.start][0].boundary is not Boundary.AT else 0]
        for token in clause.tokens
        if token.kind == "time" and token.start in clause.times and token.low.split()[-1] not in said
    ]
    return [each for each in found if not undated or each.boundary in _SPANNING]


_AHEAD = ("starting", "beginning", "effective", "from ")
"""`starting in May I work there`, `is on call from Monday` mean the one to come."""


def _dates(reading: Discourse, clause: Clause, told: Predication) -> Dates | None:
    future = leans_to_future(told)
    used = {token.start for token in clause.tokens if token.kind == "time"} - _of_another(told)
    if told.dateless or any(_is_undated(assertion.key) for assertion in told.assertions):
        lost = _lost(told, clause)
        wed = told.assertions[0].key == "married_to"
        return dates_of(lost, event=wed) if lost else _once(told, reading.source.spoken_at)
    present = told.group.tense is Tense.PRESENT
    pairs = [pair for start, pair in clause.times.items() if start in used]
    close = _close_of(pairs) if present else None
    phrases = [
        ahead
        if future or (present and ahead.text.casefold().startswith(_AHEAD)) or _opens_before(gone, ahead, close)
        else gone
        for gone, ahead in pairs
    ]
    return read_dates(told, phrases, spoken=reading.source.spoken_at)


def _of_another(told: Predication) -> set[int]:
    """Where the times begin that stand behind an `and` in what was left over: they are of what is said there."""
    lows = [token.low for token in told.left]
    behind = told.left[lows.index("and") :] if told.rest and "and" in lows else ()
    return {token.start for token in behind if token.kind == "time"}


def _once(told: Predication, spoken: datetime) -> Dates:
    """`my flight leaves Thursday at 6:45`: on the next one, and never again."""
    first = told.assertions[0]
    day = WEEKDAYS.get(first.value.casefold().partition(" ")[0])
    if told.general or day is None or not first.key.endswith(_DEPARTING) or "every" in first.value:
        return Dates()
    return Dates(valid_until=end_of(nearest(day, spoken, Leaning.FUTURE)))


_DEPARTING = ("departs", "due", "arrives", "deadline", "goes_live", "date", "meets", "rehearses")


def _close_of(pairs: Sequence[tuple[TimePhrase, TimePhrase]]) -> datetime | None:
    return next((gone.at for gone, _ in pairs if gone.boundary is Boundary.UNTIL), None)


def _opens_before(gone: TimePhrase, ahead: TimePhrase, close: datetime | None) -> bool:
    """`from 3 to 10 December`: both days to come, and not the first of them a year ago."""
    if gone.boundary is not Boundary.FROM or gone.at is None or ahead.at is None or close is None:
        return False
    return gone.at < ahead.at < close
