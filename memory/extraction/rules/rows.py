"""Claims as rows of a diff: confidence, category, what the row does to what is known, and the entities it names."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from memory.extraction.diff import SELF, EntityRow, FactRow, Move
from memory.extraction.rules.dating import Dates, modality_of
from memory.extraction.rules.scene import Assertion
from memory.extraction.rules.text.words import words
from memory.vocabulary.folding import fold_name
from memory.vocabulary.keys import known_key

SURE, OF_OTHERS, INFERRED, REPORTED, HEDGED = 0.95, 0.85, 0.75, 0.5, 0.4
_OF_PEOPLE = words("person organisation location")


@dataclass(frozen=True, kw_only=True)
class Manner:
    """How a clause was said."""

    hedged: bool = False
    asserted_by: str = ""
    corrected: bool = False
    instead_of: str = ""
    added: bool = False
    change: bool = False
    span: tuple[int, int] | None = None


def fact_row(assertion: Assertion, dates: Dates, manner: Manner) -> FactRow:
    return FactRow(
        entity=assertion.entity,
        key=assertion.key,
        value=assertion.value[:2000],
        target=assertion.target[:200],
        memory_category=category_of(assertion),
        confidence=_confidence(assertion, manner),
        valid_from=dates.valid_from,
        valid_until=dates.valid_until,
        time_unresolved=dates.unresolved,
        move=_move(assertion, manner),
        modality=modality_of(dates, hedged=manner.hedged, reported=bool(manner.asserted_by)),
        asserted_by=manner.asserted_by,
        instead_of=manner.instead_of,
        said_with=assertion.said_with,
        unless_ended=assertion.unless_ended,
        span=manner.span,
    )


def category_of(assertion: Assertion) -> str:
    """The key's own for the speaker; what is told of others is knowledge, however personal."""
    category = known_key(assertion.key).category
    of_self = assertion.entity == SELF
    return "knowledge" if category == "identity" and not of_self else category


def _confidence(assertion: Assertion, manner: Manner) -> float:
    if manner.hedged:
        return HEDGED
    if manner.asserted_by:
        return REPORTED
    if assertion.inferred:
        return INFERRED
    return SURE if assertion.entity == SELF else OF_OTHERS


def _move(assertion: Assertion, manner: Manner) -> Move:
    if assertion.move is not None:
        return assertion.move
    if manner.corrected and (manner.instead_of or not assertion.event):
        return Move.CORRECT
    if (manner.added or manner.change) and not known_key(assertion.key).single:
        return Move.ADD
    return Move.STATE


@dataclass
class Entities:
    """Each name once, with the first type that is known of it."""

    rows: dict[str, EntityRow] = field(default_factory=dict)

    def add(self, name: str, kind: str, *, slug: str = "") -> None:
        if not name or name == SELF:
            return
        folded = fold_name(name)
        found = self.rows.get(folded)
        if found is None or (found.type == "other" and kind not in ("", "other")):
            category = "identity" if kind in _OF_PEOPLE else "context" if kind == "project" else "knowledge"
            self.rows[folded] = EntityRow(
                name=name[:200], type=kind or "other", memory_category=category, slug=slug[:200]
            )

    def add_assertion(self, assertion: Assertion) -> None:
        self.add(assertion.entity, assertion.entity_type or "person", slug=assertion.slug)
        self.add(assertion.target, assertion.target_type)
        if assertion.key == "name" and assertion.entity == SELF:
            self.add(assertion.value, "person")

    def spelled(self, name: str) -> str:
        """As the entity's row has it."""
        found = self.rows.get(fold_name(name))
        return found.name if found and name != SELF else name


def with_lists(assertions: Sequence[Assertion]) -> set[str]:
    """Keys that hold several values in one clause."""
    keys = [assertion.key for assertion in assertions]
    return {key for key in keys if keys.count(key) > 1}
