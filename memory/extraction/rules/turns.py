"""The state of one reading, and the diff that comes out of it."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from memory.extraction.diff import SELF, Diff, FactRow, InstructionRow, TurnText, UncertaintyRow
from memory.extraction.rules.dating import Dates
from memory.extraction.rules.framing.openers import Opening
from memory.extraction.rules.rows import Entities, Manner, fact_row
from memory.extraction.rules.scene import Assertion, Ref, Scene
from memory.extraction.rules.telling import framed
from memory.extraction.rules.text.clauses import Clause
from memory.vocabulary.keys import known_key


@dataclass
class Claims:
    """What one clause claims, until the turn is over: a later one may withdraw it."""

    clause: Clause
    assertions: list[tuple[Assertion, Dates, Manner]] = field(default_factory=list)
    uncertain: list[UncertaintyRow] = field(default_factory=list)
    instruction: InstructionRow | None = None
    unread: bool = False
    joked: bool = False


@dataclass
class Discourse:
    """The state of one reading."""

    source: TurnText
    scene: Scene
    claims: list[Claims] = field(default_factory=list)
    refs: Sequence[Ref] = ()
    corrected: bool = False
    skipped_paragraph: int = -1
    conditional: int = -1
    ordered: int = -1
    another_time: int = -1
    fictional: bool = False
    carried: tuple[int, Opening | None] = (-1, None)
    manner: tuple[int, Opening | None] = (-1, None)
    """How the last clause was said that was hedged or reported, and in which sentence."""
    forgotten: list[FactRow] = field(default_factory=list)


def diff_of(reading: Discourse) -> Diff:
    _supersede_within(reading.claims)
    entities, facts, uncertain = _rows(reading.claims)
    unread = [claims for claims in reading.claims if claims.unread]
    return Diff(
        entities=tuple(entities.rows.values()),
        facts=tuple(dict.fromkeys(facts)),
        instructions=tuple(claims.instruction for claims in reading.claims if claims.instruction),
        uncertainties=tuple(dict.fromkeys(uncertain)),
        unread=tuple(said_in(reading, claims) for claims in unread),
        clauses=tuple(framed(claims.clause, text=said_in(reading, claims)) for claims in unread),
    )


def _rows(all_claims: Sequence[Claims]) -> tuple[Entities, list[FactRow], list[UncertaintyRow]]:
    """In the order in which they were said; a name is spelled as it was first."""
    entities = Entities()
    facts, uncertain = [], []
    for claims in all_claims:
        for assertion, dates, manner in claims.assertions:
            entities.add_assertion(assertion)
            named = replace(
                assertion, entity=entities.spelled(assertion.entity), target=entities.spelled(assertion.target)
            )
            facts.append(fact_row(named, dates, manner))
            uncertain += _of_time(named, dates)
        uncertain += claims.uncertain
    return entities, facts, uncertain


def _of_time(assertion: Assertion, dates: Dates) -> list[UncertaintyRow]:
    if not dates.unresolved or (assertion.said_with and assertion.key == "role"):
        return []
    about = assertion.key if assertion.entity == SELF else f"{assertion.entity} {assertion.key}"
    reason = f'"{dates.unresolved}" is no date'
    return [UncertaintyRow(about=about, kind="time", reason=reason, entity=assertion.entity, key=assertion.key)]


def _supersede_within(all_claims: Sequence[Claims]) -> None:
    """A correction takes the place of what the same turn said before of the same key."""
    for number, claims in enumerate(all_claims):
        for at, (assertion, dates, manner) in enumerate(claims.assertions):
            if not manner.corrected or not known_key(assertion.key).single:
                continue
            for earlier in all_claims[:number]:
                old = [
                    each
                    for each, _, _ in earlier.assertions
                    if (each.entity, each.key) == (assertion.entity, assertion.key) and each.move is None
                ]
                if old:
                    earlier.assertions = [each for each in earlier.assertions if each[0] not in old]
                    instead = manner.instead_of or old[-1].target or old[-1].value
                    claims.assertions[at] = (assertion, dates, replace(manner, instead_of=instead))


def said_in(reading: Discourse, claims: Claims) -> str:
    return " ".join(reading.source.text[claims.clause.start : claims.clause.end].split())
