"""Claims as rows of a diff: confidence, category, what the row does to what is known, and the entities it names."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from memory.extraction.diff import SELF, EntityRow, FactRow, Move
from memory.extraction.rules.dating import Dates, modality_of
from memory.extraction.rules.scene import Draft
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


def fact_row(draft: Draft, dates: Dates, manner: Manner) -> FactRow:
    return FactRow(
        entity=draft.entity,
        key=draft.key,
        value=draft.value[:2000],
        target=draft.target[:200],
        memory_category=category_of(draft),
        confidence=_confidence(draft, manner),
        valid_from=dates.valid_from,
        valid_until=dates.valid_until,
        time_unresolved=dates.unresolved,
        move=_move(draft, manner),
        modality=modality_of(dates, hedged=manner.hedged, reported=bool(manner.asserted_by)),
        asserted_by=manner.asserted_by,
        instead_of=manner.instead_of,
        said_with=draft.said_with,
        span=manner.span,
    )


def category_of(draft: Draft) -> str:
    """The key's own for the speaker; what is told of others is knowledge, however personal."""
    category = known_key(draft.key).category
    of_self = draft.entity == SELF
    return "knowledge" if category == "identity" and not of_self else category


def _confidence(draft: Draft, manner: Manner) -> float:
    if manner.hedged:
        return HEDGED
    if manner.asserted_by:
        return REPORTED
    if draft.inferred:
        return INFERRED
    return SURE if draft.entity == SELF else OF_OTHERS


def _move(draft: Draft, manner: Manner) -> Move:
    if draft.move is not None:
        return draft.move
    if manner.corrected and (manner.instead_of or not draft.event):
        return Move.CORRECT
    if (manner.added or manner.change) and not known_key(draft.key).single:
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

    def add_draft(self, draft: Draft) -> None:
        self.add(draft.entity, draft.entity_type or "person", slug=draft.slug)
        self.add(draft.target, draft.target_type)
        if draft.key == "name" and draft.entity == SELF:
            self.add(draft.value, "person")

    def spelled(self, name: str) -> str:
        """As the entity's row has it."""
        found = self.rows.get(fold_name(name))
        return found.name if found and name != SELF else name


def with_lists(drafts: Sequence[Draft]) -> set[str]:
    """Keys that hold several values in one clause."""
    keys = [draft.key for draft in drafts]
    return {key for key in keys if keys.count(key) > 1}
