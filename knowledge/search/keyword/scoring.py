"""A passage's score, as SQL: BM25's, by the weights of the store or by the counts of the scope."""

from collections.abc import Sequence
from dataclasses import dataclass

from knowledge.search.frequencies import ScopeSize
from knowledge.search.query import Term

K1 = 1.5
B = 0.75
"""How soon repetition stops to count, and how much length counts against a passage: BM25's usual values."""

IN_SCOPE = ", greatest(%(passages)s::float8, count(*) OVER ()) + 1 AS beyond"
HELD = ", count(*) FILTER (WHERE n_{0} > 0) OVER () AS held_{0}"
OWN_WEIGHT = "ln(beyond / (held_{0} + 0.5::float8))"
HELD_WEIGHT = f"(CASE WHEN held_{{0}} > 0 THEN {OWN_WEIGHT} ELSE 0 END)"

# Each computed once a passage, below a limit that keeps the planner from copying them into the score.
NORM = f'{K1 * (1 - B)}::float8 + {K1 * B}::float8 / %(average)s::float8 * (w."end" - w."start") AS norm'
COUNT = "floor(0.06079271018540267 / (0.1::float8 - ts_rank(w.lexemes, %({0})s::tsquery)::float8))"  # a tenth of 6/π²
HOLDS = "(w.lexemes @@ %({0})s::tsquery)::int"
SCORE = "{1} * n_{0} / (n_{0} + norm)"
BONUS = "CASE WHEN n_{0} > 0 THEN {1} ELSE 0 END"


@dataclass(frozen=True, kw_only=True)
class Scoring:
    """SQL: a passage's score, which share of the question it holds by name, and how often it holds each term."""

    score: str
    exact: str
    counts: str


def scoring_of(scored: Sequence[Term], size: ScopeSize | None) -> Scoring:
    """By the weights of the store, whose sum is 1, or by those that are computed from the counts of the scope."""
    if size is None:
        weights = [f"%(weight_{index})s::float8" for index, _ in enumerate(scored)]
        bonuses = [f"%(bonus_{index})s::float8" for index, _ in enumerate(scored)]
        whole = ""
    else:
        weights, bonuses = _own_weights(scored)
        whole = f" / ({' + '.join([*(each for each in (*weights, *bonuses) if each)])})"
    parts = [SCORE.format(index, weights[index]) for index, term in enumerate(scored) if term.share]
    parts += [BONUS.format(index, bonuses[index]) for index, term in enumerate(scored) if term.bonus_share]
    exact = [BONUS.format(index, weights[index]) for index, term in enumerate(scored) if term.exact and term.share]
    exact += [
        BONUS.format(index, bonuses[index]) for index, term in enumerate(scored) if term.exact and term.bonus_share
    ]
    return Scoring(
        score=f"({' + '.join(parts)}){whole}",
        exact=f"({' + '.join(exact)}){whole}" if exact else "0",
        counts=", ".join([NORM, *(_counted(index, term) for index, term in enumerate(scored))]),
    )


def _own_weights(scored: Sequence[Term]) -> tuple[list[str], list[str]]:
    """Of what was only asked for because the store holds it, nothing counts that the scope does not hold: an answer
    tells nothing of what lies beside it."""
    places = {term.stem: index for index, term in enumerate(scored)}
    plain = [(HELD_WEIGHT if term.optional else OWN_WEIGHT).format(index) for index, term in enumerate(scored)]
    weights, bonuses = [], []
    for index, term in enumerate(scored):
        parts = [plain[places[stem]] for stem in term.parts if stem in places]
        least = f"least({plain[index]}, greatest({', '.join(parts)}))" if term.capped and parts else plain[index]
        weights.append("" if not term.share else least if term.share == 1 else f"{term.share}::float8 * {least}")
        held = f"CASE WHEN held_{index} > 0 THEN {term.bonus_share}::float8 * ({' + '.join(parts) or 0}) ELSE 0 END"
        bonuses.append(f"({held})" if term.bonus_share else "")
    return weights, bonuses


def _counted(index: int, term: Term) -> str:
    """How often a passage holds the term: a lexeme's count is exact, a phrase is there or not. So are words written
    together, of which the words apart are counted already: looking takes a third of counting."""
    if term.phrase or term.capped:
        return f"{HOLDS.format(f'term_{index}')} AS n_{index}"
    counts = [COUNT.format(f"term_{index}")]
    counts += [f"{share} * {COUNT.format(f'term_{index}_{nth}')}" for nth, (_, share) in enumerate(term.variants)]
    return f"{' + '.join(counts)} AS n_{index}"
