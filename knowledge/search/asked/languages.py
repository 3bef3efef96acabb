"""A question in each of the languages that are in use where it is asked: a word is looked for by its stem in each.

A store of one language is asked as if there were no others. See docs/decisions/0272.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from django.conf import settings

from knowledge.search.asked.parsing import AskedTogether, AskedWord, QuestionText, Quoted
from knowledge.search.scope import Scope

MOST_LANGUAGES = 6
"""Beside SEARCH_LANGUAGE; of more, those that most sources use."""

Parse = Callable[[str], QuestionText]


def languages_in(scope: Scope) -> str:
    """SQL, with the scope's parameters: the languages beside SEARCH_LANGUAGE that words of its sources may be in.

    Plan: a table of hardly any rows.
    """
    return f"""ARRAY(
        SELECT l.language FROM knowledge_sourcelanguage l WHERE l.source = '' OR {scope.of_sources("l.source")}
        GROUP BY l.language ORDER BY count(*) DESC, l.language LIMIT {MOST_LANGUAGES + 1})"""  # noqa: S608 -- no input


def asked_languages(found: Iterable[str]) -> list[str]:
    """Those to ask in, SEARCH_LANGUAGE first."""
    return list(dict.fromkeys([settings.SEARCH_LANGUAGE, *found]))[: MOST_LANGUAGES + 1]


def parse_in(languages: Sequence[str], parse: Parse) -> QuestionText:
    first, *others = map(parse, languages)
    return _merge(first, others) if others else first


@dataclass(kw_only=True)
class _Stems:
    """All that a word has in the languages, by the first of them; `common`: a language has none for it."""

    of: dict[str, None] = field(default_factory=dict)
    common: bool = True


def _merge(first: QuestionText, others: Sequence[QuestionText]) -> QuestionText:
    every = (first, *others)
    words = {each.stem: each for text in every for each in reversed(text.words)}
    stems = _stems_of_words(every)
    chief = {stem: name for name, found in stems.items() for stem in found.of}
    merged = [_word(name, found, words) for name, found in stems.items() if name in words]
    return replace(
        first,
        words=[*merged, *(word for word in first.words if word.stem not in chief)],
        joined=[_renamed(each, chief) for text in every for each in text.joined if each.lexemes[0] not in chief],
        neighbours=_either(every),
        quoted=[_any_of(each) for each in zip(*(text.quoted for text in every), strict=True)],
    )


def _stems_of_words(every: Sequence[QuestionText]) -> dict[str, _Stems]:
    stems: dict[str, _Stems] = {}
    for word in every[0].stem_of:
        found = [text.stem_of[word] for text in every]
        if any(found):
            entry = stems.setdefault(next(filter(None, found)), _Stems())
            entry.of |= dict.fromkeys(filter(None, found))
            entry.common = entry.common and not all(found)
    return stems


def _word(name: str, found: _Stems, words: Mapping[str, AskedWord]) -> AskedWord:
    variants = dict.fromkeys(each for stem in found.of if stem in words for each in words[stem].variants)
    return replace(
        words[name],
        others=tuple(stem for stem in found.of if stem != name),
        variants=tuple(each for each in variants if each not in found.of),
        common=found.common,
    )


def _renamed(each: AskedTogether, chief: Mapping[str, str]) -> AskedTogether:
    return replace(each, stems=tuple(dict.fromkeys(chief.get(stem, stem) for stem in each.stems)))


def _either(every: Sequence[QuestionText]) -> list[AskedTogether]:
    """Side by side in any of the languages, where each has as many."""
    first, *others = (text.neighbours for text in every)
    alike = [each for each in others if len(each) == len(first)]
    return [
        replace(each, lexemes=(" | ".join(dict.fromkeys(one.lexemes[0] for one in (each, *same))),))
        for each, *same in zip(first, *alike, strict=True)
    ]


def _any_of(quoted: Sequence[Quoted]) -> Quoted:
    """Nothing, where a language has no words that count for it: what is in that could not be found by them."""
    if not all(each.words for each in quoted):
        return Quoted(tsquery="", words="")
    tsquery, words = (" | ".join(dict.fromkeys(part)) for part in zip(*map(_parts, quoted), strict=True))
    return Quoted(tsquery=f"({tsquery})", words=f"({words})")


def _parts(each: Quoted) -> tuple[str, str]:
    return each.tsquery, each.words
