"""Whom a diff speaks of: names become entities, known ones or new ones. Nothing fuzzy is merged."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from uuid import UUID

from core.ids import new_id
from memory.extraction.diff import SELF, Diff, EntityRow, FactRow, Move
from memory.reconciliation.records import EntityRecord, KnownRecords, UncertaintyRecord
from memory.vocabulary.folding import fold_name, fold_value
from memory.vocabulary.keys import known_key

PERSON, OTHER = "person", "other"


class Cast:
    """The entities of one scope set while a diff is worked in, and whom each name of the diff stands for."""

    def __init__(self, known: KnownRecords) -> None:
        self._known = {each.id: each for each in known.entities}
        self.entities: dict[UUID, EntityRecord] = {}
        self.merged: dict[UUID, UUID] = {}
        self.named: dict[str, UUID] = {}
        self.uncertainties: list[UncertaintyRecord] = []
        self._self_name = known.self_name
        self._ranks: dict[UUID, int] = {}
        self._bearing: defaultdict[str, set[UUID]] = defaultdict(set)
        for each in known.entities:
            self._put(each)

    # -- what the diff names -------------------------------------------------------------------------

    def admit(self, diff: Diff) -> None:
        """Find or make all that the diff names. Facts may name what no row of the diff introduces."""
        introduced = _introduction(diff)
        if introduced:
            self._introduce(introduced)
        idle = _only_ended(diff)
        for row in diff.entities:
            is_self = bool(introduced) and fold_name(row.name) == fold_name(introduced)
            self._admit(row, is_self=is_self, known_only=row.name in idle)
        for name, fact, type_ in _names_of(diff.facts):
            if name not in self.named:
                row = EntityRow(name=name, type=type_, memory_category=fact.memory_category)
                self._admit(row, known_only=name in idle)

    def find(self, name: str) -> UUID | None:
        """None for a name that could be several."""
        return self.named.get(name)

    def changed(self) -> list[EntityRecord]:
        """New ones, and known ones that are not what they were."""
        return [each for each in self.entities.values() if self._known.get(each.id) != each]

    def of_the_diff(self) -> list[EntityRecord]:
        """In the order of the diff, each once."""
        ids = dict.fromkeys(self.named.values())
        return [self.entities[each] for each in ids if each in self.entities]

    # -- one name ------------------------------------------------------------------------------------

    def _admit(self, row: EntityRow, *, is_self: bool = False, known_only: bool = False) -> None:
        if row.name == SELF or is_self:
            if not known_only or any(each.is_self for each in self.entities.values()):
                self.named[row.name] = self._speaker().id
            return
        found, several = self._match(row)
        if several:
            self._doubt(row, several)
        elif found:
            self.named[row.name] = self._enrich(found, row)
        elif not known_only:
            self.named[row.name] = self._make(row)

    def _match(self, row: EntityRow) -> tuple[EntityRecord | None, list[EntityRecord]]:
        """By type and name, then alias, then slug, then a given name that only one person has."""
        folded = fold_name(row.name)
        fitting = [each for each in self._bearers(folded, row.slug) if _types_agree(each.type, row.type)]
        tests = (
            lambda each: bool(row.slug) and each.slug == row.slug,
            lambda each: each.folded == folded and (not row.slug or not each.slug),
            lambda each: folded in each.aliases,
        )
        for test in tests:
            if found := sorted(filter(test, fitting), key=lambda each: each.type != row.type):
                return found[0], []
        if row.type in (PERSON, OTHER) and " " not in folded:
            bearing = [each for each in fitting if each.type == PERSON and each.folded.split(" ")[0] == folded]
            return (bearing[0], []) if len(bearing) == 1 else (None, bearing)
        return None, []

    def _put(self, entity: EntityRecord) -> None:
        self.entities[entity.id] = entity
        self._ranks.setdefault(entity.id, len(self._ranks))
        for name in filter(None, (entity.folded, entity.folded.split(" ")[0], entity.slug, *entity.aliases)):
            self._bearing[name].add(entity.id)

    def _bearers(self, *names: str) -> list[EntityRecord]:
        """Who has or had one of these as name, given name, alias or slug; as they came."""
        ids = set().union(*(self._bearing[name] for name in names if name in self._bearing))
        return [self.entities[each] for each in sorted(ids, key=self._ranks.__getitem__) if each in self.entities]

    def _enrich(self, found: EntityRecord, row: EntityRow) -> UUID:
        """`other` takes the type that is learnt later, and a placeholder what it stands for."""
        better = row.type if found.type == OTHER and row.type != OTHER else found.type
        aliases = _aliases(found.aliases, (fold_name(row.name), *map(fold_name, row.aliases)), without=found.folded)
        self._put(replace(found, type=better, aliases=aliases, slug=found.slug or row.slug))
        return found.id

    def _make(self, row: EntityRow) -> UUID:
        made = EntityRecord(
            id=new_id(),
            type=row.type or OTHER,
            name=row.name,
            folded=fold_name(row.name),
            slug=row.slug,
            aliases=_aliases((), map(fold_name, row.aliases), without=fold_name(row.name)),
            category=row.memory_category,
            is_new=True,
        )
        self._put(made)
        return made.id

    def _doubt(self, row: EntityRow, several: list[EntityRecord]) -> None:
        names = ", ".join(sorted(each.name for each in several))
        reason = f"{row.name} may be {names}."
        self.uncertainties.append(UncertaintyRecord(id=new_id(), about=row.name, kind="reference", reason=reason))

    # -- the speaker ---------------------------------------------------------------------------------

    def _speaker(self) -> EntityRecord:
        found = next((each for each in self.entities.values() if each.is_self), None)
        if found is None:
            name = self._self_name
            found = EntityRecord(
                id=new_id(),
                type=PERSON,
                name=name,
                folded=fold_name(name) or name,
                category="identity",
                is_self=True,
                is_new=True,
            )
            found = self._absorb(found) if found.folded != "user" else found
            self._put(found)
        return found

    def _introduce(self, name: str) -> None:
        """ "I'm Alice": the speaker has that name, keeps the old one as an alias, and was that Alice all along."""
        speaker, folded = self._speaker(), fold_name(name)
        if speaker.folded != folded:
            aliases = _aliases(speaker.aliases, (speaker.folded,), without=folded)
            speaker = replace(speaker, name=name, folded=folded, aliases=aliases)
        self._put(self._absorb(replace(speaker, name=name)))
        self.named[name] = speaker.id

    def _absorb(self, speaker: EntityRecord) -> EntityRecord:
        """Take in another person of the same name."""
        for each in [*self.entities.values()]:
            same = each.type == PERSON and each.folded == speaker.folded and not each.is_self
            if same and each.id != speaker.id:
                self.merged[each.id] = speaker.id
                del self.entities[each.id]
                speaker = replace(speaker, aliases=_aliases(speaker.aliases, each.aliases, without=speaker.folded))
        return speaker


def _names_of(facts: Iterable[FactRow]) -> Iterator[tuple[str, FactRow, str]]:
    """Every name that facts bear, with the type that its place says."""
    for fact in facts:
        yield fact.entity, fact, OTHER
        if fact.is_relation:
            yield fact.target, fact, known_key(fact.key).target or OTHER


def _only_ended(diff: Diff) -> set[str]:
    """Names of which a diff says nothing but that something is over: who is not known by then need not be."""
    over = [fact for fact in diff.facts if fact.move in (Move.END, Move.FORGET)]
    other = [fact for fact in diff.facts if fact not in over]
    return {name for name, *_ in _names_of(over)} - {name for name, *_ in _names_of(other)}


def _introduction(diff: Diff) -> str:
    """The name that the speaker gives: a fact of the key `name` about themselves, or about somebody so named."""
    for row in diff.facts:
        about_self = row.entity == SELF or fold_name(row.entity) == fold_name(row.value)
        if row.key == "name" and row.value and about_self and not row.asserted_by:
            return row.value
    return ""


def _types_agree(one: str, other: str) -> bool:
    """A person is never a thing, and what has no type yet may be whatever it turns out to be."""
    return one == other or OTHER in (one, other)


def _aliases(kept: Iterable[str], more: Iterable[str], *, without: str) -> tuple[str, ...]:
    return tuple(each for each in dict.fromkeys((*kept, *map(fold_value, more))) if each and each != without)
