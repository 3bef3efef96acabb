"""How long one query may take: `QUERY_BUDGET_MS` beside the embedding of its text, then it is broken off.

Work is bounded where it arises: words in `keyword`, the pool of diversity in `query`. The budget is for what nobody
foresaw, and for a machine that is busy.

See docs/decisions/0185.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings

from core.errors import LarderError
from core.sql import breaking_off
from core.stopping import DeadlinePassed, deadline
from core.waiting.turns import NoTurn, Turns
from knowledge.search.query import Mode, Query
from knowledge.words.cutting import words_of
from knowledge.words.folding import fold

MANY_WORDS, MANY_TAGS, MANY_DOCUMENTS = 32, 8, 100
"""From here on something is named as what makes a query slow."""


MOST_WAITING = 16
_turns = Turns(1, most_waiting=MOST_WAITING)


class QueryTimeout(LarderError):
    code = "query_timeout"


@contextmanager
def within_budget(query: Query) -> Iterator[None]:
    """Raises QueryTimeout, with what of the query takes longest, where the work inside takes longer than it may."""
    try:
        with deadline(settings.QUERY_BUDGET_MS / 1_000):
            yield
    except DeadlinePassed as error:
        raise timeout_of(query) from error


@contextmanager
def large_turn(query: Query) -> Iterator[None]:
    """One query for many documents after the other: writing their answers keeps Python's lock from everybody else.

    Raises QueryTimeout where the turn does not come within the budget.
    """
    if query.top_k < MANY_DOCUMENTS:
        yield
        return
    try:
        with _turns.turn(patience_s=settings.QUERY_BUDGET_MS / 1_000):
            yield
    except NoTurn as error:
        hint = f"Ask for fewer than {MANY_DOCUMENTS} documents, or again in a moment."
        raise QueryTimeout(f"Larder is answering other queries for many documents. {hint}") from error


@contextmanager
def list_within_budget() -> Iterator[None]:
    """The same for a list that the query builder asks for."""
    try:
        with deadline(settings.QUERY_BUDGET_MS / 1_000), breaking_off():
            yield
    except DeadlinePassed as error:
        hint = "Name a source or tags, ask for a text of three letters or more, or leave the total away."
        raise QueryTimeout(f"The list took longer than {settings.QUERY_BUDGET_MS:,} ms. {hint}") from error


def timeout_of(query: Query) -> QueryTimeout:
    asked = [*_expensive(query)]
    why = f"It asks for {', '.join(asked)}: ask for less" if asked else "Nothing about it is unusual: Larder is busy"
    took = f"The query took longer than {settings.QUERY_BUDGET_MS:,} ms and was broken off."
    return QueryTimeout(f"{took} {why}, or again in a moment.")


def _expensive(query: Query) -> Iterator[str]:
    words = len(set(words_of(fold(query.text))))
    tags = sum(map(len, query.tags.branches)) if query.tags is not None else 0
    if query.mode is not Mode.SEMANTIC and words >= MANY_WORDS:
        yield f"{words:,} different words"
    if tags >= MANY_TAGS:
        yield f"{tags:,} tags"
    if query.filter is not None:
        yield f"a filter of {len(query.filter.comparisons):,} comparisons"
    if query.top_k >= MANY_DOCUMENTS:
        yield f"{query.top_k:,} {'diverse ' if query.diverse else ''}documents"
