"""What a reader of a turn is told: the names that it may know, and what was said before."""

import re
from collections.abc import Sequence
from itertools import islice

from django.db.models import Q, QuerySet

from memory.budget import readers_of
from memory.extraction.diff import KnownEntity, TurnText
from memory.models import Entity, Fact, Principal, ScopeSet, Turn
from memory.querysets import known_as
from memory.vocabulary.folding import fold_name, fold_value
from memory.writing.given import GivenTurn

LONGEST_NAME = 5
MOST_PHRASES = 20_000
MOST_NAMES = 100
MOST_KEYS = 100
TURNS_BEFORE = 4
WORD = re.compile(r"\S+")


def turn_text(given: GivenTurn, scope_set: ScopeSet, *, principal: Principal | None, session: str | None) -> TurnText:
    """The turn with what is known of those whom it names, and with some names and keys that are known anyway.

    `session`, by name, is the conversation that it continues.
    """
    return turn_texts([given], scope_set, principal=principal, session=session)[0]


def turn_texts(
    given: Sequence[GivenTurn], scope_set: ScopeSet, *, principal: Principal | None, session: str | None
) -> list[TurnText]:
    """Several turns that say nothing of each other. Keys, and what was said before, are for models alone."""
    recent = list(_entities(scope_set).order_by("-updated_at", "-pk")[:MOST_NAMES])
    is_for_models = bool(readers_of(scope_set.context))
    keys = _recent_keys(scope_set) if is_for_models else []
    before = _said_before(scope_set, session) if is_for_models and session else []
    return [
        TurnText(
            text=each.text,
            role=each.role,
            spoken_at=each.spoken_at,
            known=_known([*_named_in(each.text, scope_set), *recent], principal),
            known_keys=keys,
            before=before,
        )
        for each in given
    ]


def _known(rows: Sequence[Entity], principal: Principal | None) -> list[KnownEntity]:
    """Speakers other than the one who speaks are persons like any other."""
    own = principal.pk if principal else None
    each_once = {row.pk: row for row in rows}.values()
    return [
        KnownEntity(
            name=row.name, type=row.type, aliases=tuple(row.aliases), is_self=row.is_self and row.principal_id == own
        )
        for row in each_once
    ]


def _named_in(text: str, scope_set: ScopeSet) -> list[Entity]:
    phrases = list(islice(phrases_of(text), MOST_PHRASES))
    named = Q(folded__in=phrases) | known_as(phrases)
    return list(_entities(scope_set).filter(named)[: 2 * MOST_NAMES])


def phrases_of(text: str) -> list[str]:
    """Every few words in a row, as names are compared; each once."""
    words = WORD.findall(fold_value(text))
    phrases = (" ".join(words[at : at + size]) for size in range(1, LONGEST_NAME + 1) for at in range(len(words)))
    return list(dict.fromkeys(folded for phrase in phrases if (folded := fold_name(phrase).removesuffix("'s"))))


def _entities(scope_set: ScopeSet) -> QuerySet[Entity]:
    told = ("name", "type", "aliases", "is_self", "principal")
    return Entity.objects.filter(context=scope_set.context_id, scope_set=scope_set).only(*told)


def _recent_keys(scope_set: ScopeSet) -> list[str]:
    rows = Fact.objects.filter(context=scope_set.context_id, scope_set=scope_set).order_by("-known_from", "-pk")
    return list(dict.fromkeys(rows.values_list("key", flat=True)[:MOST_KEYS]))


def _said_before(scope_set: ScopeSet, session: str) -> list[tuple[str, str]]:
    rows = Turn.objects.filter(session__context=scope_set.context_id, session__name=session).order_by("-seq")
    return list(reversed(rows.values_list("role", "content")[:TURNS_BEFORE]))
