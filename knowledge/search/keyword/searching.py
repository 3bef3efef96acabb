"""The search by words: which passages are candidates, and the best of them. Its plans stand beside its statements."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from core.sql import fetch
from knowledge.search.asked import AskedTerms, weight_of
from knowledge.search.frequencies import ScopeSize, measure_scope, read_frequencies
from knowledge.search.keyword.scoring import HELD, IN_SCOPE, scoring_of
from knowledge.search.query import Candidate, CountedIn, Term
from knowledge.search.scope import Scope
from knowledge.words import FORM

CANDIDATES = 5_000
"""Passages scored in one go: a store of a million answers in bounded time."""

BEST = 16
"""For each wanted document so many of the best passages are looked at first: to order all candidates takes an eighth of
the statement's time, and hardly ever are so many of them outside of the scope."""

MOST_TERMS = 64
"""Words of a question that are scored, the rarest ones; all of them make a passage match."""

# A worker takes longer to start than most of these statements run. And however many words are asked for, their postings
# are read: comparing every row of the store with a hundred words takes seconds.
BY_POSTINGS = {"max_parallel_workers_per_gather": 0, "enable_seqscan": "off"}

# Where the filter leaves few documents. Expects: the documents by their tag or source index and their passages by key,
# or, of words that are rarer than that, a bitmap of their postings; no further than the bound. Planned anew each time.
# All that match are in hand before the first is scored, so they tell how many of them hold each word.
OF_SCOPE = """
SELECT document_id, ordinal, "start", "end", expires_at, {score} AS score, matched, {exact}{held} FROM (
    SELECT *, count(*) OVER () AS matched{own} FROM (
        SELECT w.document_id, w.ordinal, w."start", w."end", d.expires_at, {counts}
        FROM knowledge_fulltextrow w JOIN knowledge_document d ON d.id = w.document_id
        WHERE w.lexemes @@ %(any)s::tsquery AND {required} AND {matching} LIMIT %(bound)s
    ) counted
) counted
ORDER BY score DESC, document_id, ordinal LIMIT %(limit)s
"""
# Elsewhere. Expects: a bitmap of the words' postings, the best of them by a top-N heapsort; documents are looked up for
# those only, one by one.
OF_ALL = """
SELECT document_id, ordinal, "start", "end", d.expires_at, score, 0, exact FROM (
    SELECT *, {score} AS score, {exact} AS exact FROM (
        SELECT w.document_id, w.ordinal, w."start", w."end", {counts}
        FROM knowledge_fulltextrow w WHERE w.lexemes @@ %(any)s::tsquery AND {required} LIMIT {candidates}
    ) counted ORDER BY score DESC, document_id, ordinal LIMIT %(best)s
) ranked JOIN knowledge_document d ON d.id = document_id
WHERE {matching} ORDER BY score DESC, document_id, ordinal LIMIT %(limit)s
"""

# Rows of an older form have no positions to tell what stands side by side.
REQUIRED = f"(w.lexemes @@ %(required)s::tsquery OR w.form < {FORM} AND w.lexemes @@ %(required_words)s::tsquery)"

# Plan: the rows of a hundred documents, by key.
HOLDING = f"""
SELECT DISTINCT document_id FROM knowledge_fulltextrow w WHERE document_id = ANY(%(documents)s) AND {REQUIRED}
"""  # noqa: S608 -- constants


@dataclass(frozen=True, kw_only=True)
class KeywordRanking:
    """Documents best first, and the question's words with the counts that weighed them."""

    candidates: list[Candidate]
    terms: list[Term]
    counted_in: CountedIn | None


@dataclass(frozen=True, kw_only=True)
class KeywordSearch:
    """The search for the `wanted` documents of a scope that say most of what is asked."""

    scope: Scope
    asked: AskedTerms
    wanted: int

    @property
    def terms(self) -> Sequence[Term]:
        """Rarest first."""
        return self.asked.terms

    @property
    def _scored(self) -> list[Term]:
        return [*self.terms[:MOST_TERMS], *self.asked.together]

    @property
    def _any(self) -> str:
        return self.asked.required_words or _any_of(self.terms)

    def find(self) -> KeywordRanking:
        if not self.terms:
            return KeywordRanking(candidates=[], terms=[], counted_in=None)
        frequencies = read_frequencies()
        if frequencies.fulltext_rows * frequencies.share(self.scope) <= CANDIDATES:
            found = self._of_scope(bound=4 * CANDIDATES, size=measure_scope(self.scope, at_most=CANDIDATES))
            if found is not None:
                return found
        found = self._ranked(self._of_all())
        if len(found.candidates) >= self.wanted:
            return found
        return self._of_scope(bound=4 * CANDIDATES, cut=True) or found

    def _ranked(self, candidates: list[Candidate]) -> KeywordRanking:
        return KeywordRanking(
            candidates=candidates, terms=[*self.terms, *self.asked.together], counted_in=CountedIn.STORE
        )

    def _of_scope(self, *, bound: int, size: ScopeSize | None = None, cut: bool = False) -> KeywordRanking | None:
        """The best of all that match, with the scope's `size` by its own counts; None where `bound` or more match.

        `cut`: then the best of so many, and of more only where those belong to too few documents.
        """
        scored = sorted(self._scored, key=lambda term: term.stem)  # so that sums are the same in any store
        limit = self.wanted * 2
        while True:
            rows = self._rows_of_scope(scored, size, {"limit": limit, "bound": bound})
            matched = rows[0][6] if rows else 0
            if matched >= bound and not cut:
                return None
            best = list(_best_of_documents(rows).values())
            if len(best) >= self.wanted or len(rows) == matched < bound:
                found = self._ranked(best[: self.wanted])
                return found if size is None else _counted_in_scope(found, scored, rows, size)
            bound, limit = bound * 8 if len(rows) == matched else bound, limit * 8

    def _rows_of_scope(
        self, scored: Sequence[Term], size: ScopeSize | None, parameters: dict[str, Any]
    ) -> list[tuple[Any, ...]]:
        scoring = scoring_of(scored, size)
        own = held = ""
        if size is not None:
            own = IN_SCOPE + "".join(HELD.format(index) for index, _ in enumerate(scored))
            held = "".join(f", held_{index}" for index, _ in enumerate(scored))
            parameters = parameters | {"average": size.average_chars, "passages": size.passages}
        sql = OF_SCOPE.format(**vars(scoring), **self._conditions, own=own, held=held)
        return self._fetch(sql, scored, self._any, parameters)

    @property
    def _conditions(self) -> dict[str, str]:
        return {"matching": self.scope.condition, "required": REQUIRED if self.asked.required else "true"}

    def _of_all(self) -> list[Candidate]:
        """The best of a wide scope, as far as `CANDIDATES` passages of each step show them."""
        best: dict[int, Candidate] = {}
        for any_of in self._steps():
            for row, candidate in self._best_of_step(any_of).items():
                if row not in best or candidate.score > best[row].score:
                    best[row] = candidate
            if len(best) >= self.wanted:
                break
        return sorted(best.values(), key=lambda each: (-each.score, each.document_id))[: self.wanted]

    def _steps(self) -> Iterator[str]:
        """What candidates must hold, until there are enough of them.

        All words where that stays within bounds. Otherwise the rarest ones first: what holds only common words scores
        below them and is asked for only when too few hold a rare one. Where even the rarest is too common, passages
        that hold another word beside it go first.
        """
        if self.asked.required:
            yield self._any
            return
        essential = _within(CANDIDATES, self.terms)
        rare, common = _any_of(self.terms[:essential]), _any_of(self.terms[essential:])
        if common and essential == 1 and (self.terms[0].passages or 0) > CANDIDATES:
            yield f"({rare}) & ({common})"
        yield rare
        if common:
            yield common

    def _best_of_step(self, any_of: str) -> dict[int, Candidate]:
        """Of all candidates only where the best of them are too few, as most lie outside of the scope."""
        found = _best_of_documents(self._rows_of_all(any_of, best=BEST * self.wanted))
        if len(found) < self.wanted and sum(term.passages or 0 for term in self.terms) > BEST * self.wanted:
            return _best_of_documents(self._rows_of_all(any_of, best=CANDIDATES))
        return found

    def _rows_of_all(self, any_of: str, *, best: int) -> list[tuple[Any, ...]]:
        scored = self._scored
        sql = OF_ALL.format(**vars(scoring_of(scored, None)), **self._conditions, candidates=CANDIDATES)
        return self._fetch(sql, scored, any_of, {"limit": self.wanted * 4, "best": best})

    def _fetch(
        self, sql: str, scored: Sequence[Term], any_of: str, parameters: dict[str, Any]
    ) -> list[tuple[Any, ...]]:
        whole = sum((term.weight or 0) + term.bonus for term in scored)
        named: dict[str, Any] = {"average": read_frequencies().average_chars, "any": any_of, **self.scope.parameters}
        named |= {"required": self.asked.required, "required_words": self.asked.required_words}
        for index, term in enumerate(scored):
            named |= {f"weight_{index}": (term.weight or 0) / whole, f"bonus_{index}": term.bonus / whole}
            named[f"term_{index}"] = term.phrase or f"'{term.stem}'"
            named |= {f"term_{index}_{nth}": f"'{lexeme}'" for nth, (lexeme, _) in enumerate(term.variants)}
        return fetch(sql, {**named, **parameters}, tuned=BY_POSTINGS, prepare=False)


def _counted_in_scope(
    found: KeywordRanking, scored: Sequence[Term], rows: Sequence[tuple[Any, ...]], size: ScopeSize
) -> KeywordRanking:
    """With the counts of the scope in place of the store's; words beyond those that are scored were not counted."""
    held = rows[0][8:] if rows else [0] * len(scored)
    counted = [
        replace(term, passages=number, weight=term.share * weight_of(number, of=size.passages))
        for term, number in zip(scored, held, strict=True)
        if number or not term.optional
    ]
    known = {term.stem for term in scored}
    others = [replace(term, passages=None, weight=None) for term in found.terms if term.stem not in known]
    terms = [*sorted(counted, key=lambda term: (term.passages, term.stem)), *others]
    return replace(found, terms=terms, counted_in=CountedIn.SCOPE)


def _best_of_documents(rows: Sequence[tuple[Any, ...]]) -> dict[int, Candidate]:
    """The first row of each document, rows being best first."""
    best: dict[int, Candidate] = {}
    for document_id, ordinal, start, end, expires_at, score, _, exact, *_ in rows:
        if document_id not in best:
            best[document_id] = Candidate(
                document_id=document_id,
                ordinal=ordinal,
                start=start,
                end=end,
                score=score,
                expires_at=expires_at,
                by_words=True,
                exact=exact,
            )
    return best


def _within(limit: int, terms: Sequence[Term]) -> int:
    """How many of the terms, rarest first, together stay below the limit; at least one."""
    total = 0
    for index, term in enumerate(terms):
        total += term.passages or 0
        if total > limit and index:
            return index
    return len(terms)


def _any_of(terms: Sequence[Term]) -> str:
    return " | ".join(term.tsquery for term in terms)


def holding_required(
    ranked: Sequence[Candidate], by_words: Sequence[Candidate], *, asked: AskedTerms
) -> Sequence[Candidate]:
    """Those of another ranking that a question in quotes may find, too."""
    if not asked.required:
        return ranked
    known = {each.document_id for each in by_words}
    others = [each.document_id for each in ranked if each.document_id not in known]
    required = {"required": asked.required, "required_words": asked.required_words}
    found = fetch(HOLDING, {"documents": others, **required}, prepare=False) if others else ()
    known.update(row for (row,) in found)
    return [each for each in ranked if each.document_id in known]
