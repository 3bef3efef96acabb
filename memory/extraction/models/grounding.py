"""What a model extracted, as a diff: only rows that the turn says, under the keys and types of the graph.

Dropped without a word: names, values and quotes that neither the turn nor the known names have; what a clause says that
rules have read themselves, or took for a question, a joke or a quotation.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from memory.extraction.diff import (
    SELF,
    Diff,
    EntityRow,
    FactRow,
    InstructionAction,
    InstructionRow,
    Modality,
    Move,
    TurnText,
    UncertaintyRow,
)
from memory.extraction.models.frames import HEARSAY, OpenClause, clause_of, modality_of, move_of, open_clauses
from memory.extraction.models.ground import Ground, is_speaker
from memory.extraction.models.instants import read_instant
from memory.extraction.models.prompt import turn_text
from memory.extraction.models.reply import (
    CATEGORIES,
    MOST_ROWS,
    AttributeOut,
    InstructionOut,
    ModelReply,
    RelationOut,
    UncertaintyOut,
)
from memory.vocabulary.folding import fold_name, fold_token, fold_value
from memory.vocabulary.keys import KEYS, known_key
from memory.vocabulary.sanitising import NAME_CHARS, sanitise
from memory.vocabulary.topics import topic_of
from memory.vocabulary.types import TYPES, model_type

VALUE_CHARS = 500
KEY_CHARS = 60
MOST_CONFIDENT = {Modality.STATED: 0.95, Modality.FUTURE: 0.95, Modality.REPORTED: 0.5, Modality.HEDGED: 0.4}
SHARE_OF_WORDS = 0.6
"""The share of an instruction's words that has to stand in the clause which gave it."""

UNCERTAIN = ("reference", "contradiction", "time")


def ground(extraction: ModelReply, *, turn: TurnText, rules: Diff) -> Diff:
    """`turn` is the one that the model was shown, `rules` what stage 1 made of it."""
    return _Grounding(turn=turn, extraction=extraction, rules=rules).diff()


@dataclass(kw_only=True)
class _Claim:
    """An attribute or a relation, still as the model says it."""

    subject: str
    key: str
    value: str
    row: AttributeOut | RelationOut


@dataclass(kw_only=True)
class _Grounding:
    turn: TurnText
    extraction: ModelReply
    rules: Diff
    entities: dict[str, EntityRow] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.ground = Ground(text=turn_text(self.turn), known=self.turn.known)
        self.clauses = open_clauses(self.rules, text=self.turn.text)
        self.speaker = self.ground.speaker_names(self._introduced())
        self.types = {fold_name(row.name): row for row in self.extraction.entities}

    def diff(self) -> Diff:
        facts = [fact for claim in self._claims() if (fact := self._fact(claim))]
        self._name_entities()
        return Diff(
            entities=tuple(self.entities.values()),
            facts=tuple(facts),
            instructions=tuple(row for each in self.extraction.instructions if (row := self._instruction(each))),
            uncertainties=tuple(self._uncertainties()),
            flags=self.rules.flags,
            clauses=self.rules.clauses,
        )

    # --- who is meant

    def _introduced(self) -> Iterator[str]:
        for row in self.extraction.attributes:
            if known_key(row.key).name == "name" and fold_name(row.value):
                yield row.value

    def _entity(self, name: str, *, fallback: str = "other") -> str | None:
        """The name under which the diff has it; None where nobody said it."""
        name = sanitise(name, chars=NAME_CHARS)
        if is_speaker(name, self.speaker):
            self.entities.setdefault(SELF, EntityRow(name=SELF, type="person", memory_category="identity"))
            return SELF
        if not fold_name(name) or not self.ground.is_grounded(name):
            return None
        known = self.ground.known_entity(name)
        row = self.entities.setdefault(fold_name(name), self._entity_row(known.name if known else name, fallback))
        return row.name

    def _entity_row(self, name: str, fallback: str) -> EntityRow:
        known, told = self.ground.known_entity(name), self.types.get(fold_name(name))
        kind = model_type(told.type) if told else "other"
        if known and known.type != "other":
            kind = known.type
        return EntityRow(
            name=name,
            type=kind if kind != "other" else fallback,
            memory_category=_category(told.memory_category if told else None, default="knowledge"),
        )

    def _name_entities(self) -> None:
        """Those that no fact is about, too, where they stand in what rules could not read."""
        for row in self.extraction.entities:
            clause = clause_of(self.clauses, quote="", words=[fold_name(row.name)])
            if clause and clause.says_something:
                self._entity(row.name)

    # --- facts

    def _claims(self) -> Iterator[_Claim]:
        for row in self.extraction.attributes:
            yield _Claim(subject=row.entity, key=row.key, value=row.value, row=row)
        for each in self.extraction.relations:
            yield _Claim(subject=each.subject, key=each.verb, value=each.object, row=each)

    def _fact(self, claim: _Claim) -> FactRow | None:
        key = known_key(sanitise(claim.key, chars=NAME_CHARS))
        value = sanitise(claim.value, chars=VALUE_CHARS)
        clause = self._clause(claim, value)
        modality = modality_of(claim.row.modality, clause.frame) if clause else None
        if clause is None or modality is None or not 0 < len(key.name) <= KEY_CHARS or _is_void(value):
            return None
        is_relation = bool(key.target) or (key.name not in KEYS and isinstance(claim.row, RelationOut))
        subject = self._entity(claim.subject)
        target = self._entity(value, fallback=key.target if key.target in TYPES else "other") if is_relation else ""
        if subject is None or target is None or (not is_relation and not self.ground.says(value)):
            return None
        if fold_name(target or value) == fold_name(subject):
            return None
        fact = FactRow(
            entity=subject,
            key=key.name,
            value="" if is_relation else value,
            target=target,
            memory_category=_category(claim.row.memory_category, default=key.category),
            confidence=min(claim.row.confidence, MOST_CONFIDENT[modality]),
            move=move_of(claim.row.modality, clause.frame),
            modality=modality,
            asserted_by=self._asserted_by(claim.row.asserted_by) if modality is Modality.REPORTED else "",
            span=self.ground.span(claim.row.quote or value, within=self.turn.text),
        )
        return self._dated(fact, claim.row)

    def _clause(self, claim: _Claim, value: str) -> OpenClause | None:
        """A quote that nobody said speaks against the row; without one, its value or else its subject places it."""
        quote = claim.row.quote
        if quote and not self.ground.says(sanitise(quote, chars=len(quote) + 1)):
            return None
        clause = clause_of(self.clauses, quote=quote, words=[value, fold_name(value)])
        return clause if clause and clause.says_something and clause.frame not in ("instruction", "request") else None

    def _asserted_by(self, name: str) -> str:
        name = sanitise(name, chars=NAME_CHARS)
        return name if name and self.ground.is_grounded(name) else "somebody"

    def _dated(self, fact: FactRow, row: AttributeOut | RelationOut) -> FactRow:
        """With the times of the row. The end of what has ended is when it ended, not until when it was said to last."""
        begins, ends = read_instant(row.valid_from), read_instant(row.valid_until)
        if fact.move is Move.END:
            return replace(fact, valid_from=ends or begins)
        if begins and ends and ends <= begins:
            ends = None
        unread = row.valid_from if row.valid_from.strip() and begins is None else ""
        return replace(fact, valid_from=begins, valid_until=ends, time_unresolved=sanitise(unread, chars=NAME_CHARS))

    # --- instructions and uncertainties

    def _instruction(self, row: InstructionOut) -> InstructionRow | None:
        """In the words of the clause that gives it, whatever the model made of them."""
        said = next((clause for clause in self.clauses if _words_shared(row, clause) >= SHARE_OF_WORDS), None)
        if said is None or not said.says_something or said.frame == HEARSAY or self.turn.role not in ("user", "system"):
            return None
        description = sanitise(said.text, chars=VALUE_CHARS)
        label = sanitise(row.label, chars=NAME_CHARS)
        revokes = fold_token(row.action) in ("revoke", "revoked", "stop", "remove", "unset")
        return InstructionRow(
            label=label if self.ground.says(label) else sanitise(description, chars=NAME_CHARS),
            description=description,
            topic=topic_of(description),
            action=InstructionAction.REVOKE if revokes else InstructionAction.SET,
        )

    def _uncertainties(self) -> Iterator[UncertaintyRow]:
        for row in self.extraction.uncertainties:
            if self._is_about_the_turn(row):
                kind = fold_token(row.kind)
                yield UncertaintyRow(
                    about=sanitise(row.about, chars=NAME_CHARS),
                    kind=kind if kind in UNCERTAIN else "reference",
                    reason=sanitise(row.reason, chars=NAME_CHARS) or "The model was not sure.",
                )
        if self.extraction.dropped:
            reason = f"A model named more than {MOST_ROWS} rows of a kind; {self.extraction.dropped} were not read."
            yield UncertaintyRow(about="the rest of this turn", kind="unread", reason=reason)

    def _is_about_the_turn(self, row: UncertaintyOut) -> bool:
        words = fold_value(row.about).replace("_", " ").split()
        return any(self.ground.says(word) for word in words if len(word) > 2)


def _is_void(value: str) -> bool:
    return not fold_value(value).strip(".,;:!?'\"-–")


def _category(given: str | None, *, default: str) -> str:
    """One that nobody knows is of the moment; none at all is that of the key."""
    if not given:
        return default
    folded = fold_value(given)
    return folded if folded in CATEGORIES else "context"


def _words_shared(row: InstructionOut, clause: OpenClause) -> float:
    """Of the words of an instruction, how many the clause has."""
    words = set(fold_token(row.description or row.label).split("_"))
    return len(words & clause.words) / len(words) if words != {""} else 0.0
