"""The languages whose word endings PostgreSQL knows: those that the server itself has dictionaries of."""

from functools import lru_cache

from core.slips import edits
from core.sql import fetch

SIMPLE = "simple"
"""Leaves words as they are."""

DICTIONARIES = """
SELECT left(d.dictname, -5) FROM pg_ts_dict d JOIN pg_ts_template t ON t.oid = d.dicttemplate
WHERE t.tmplname = 'snowball' AND d.dictname ~ '_stem$' AND pg_ts_dict_is_visible(d.oid)
"""

OF_DOCUMENT = """coalesce(nullif(d.language, ''),
    CASE WHEN EXISTS (SELECT FROM knowledge_sourcelanguage WHERE is_own) THEN
        (SELECT l.language FROM knowledge_sourcelanguage l WHERE l.source = d.source AND l.is_own) END, {default})"""
"""SQL: the language of a document `d`: its own, that of its source, or the default. Sources are looked up where any
has a language."""

NEAREST = 3

_PAIRS = """
ar arabic hy armenian eu basque ca catalan da danish nl dutch en english et estonian fi finnish fr french de german
el greek hi hindi hu hungarian id indonesian ga irish it italian lt lithuanian ne nepali no norwegian nb norwegian
nn norwegian pl polish pt portuguese ro romanian ru russian sr serbian es spanish sv swedish ta tamil tr turkish
yi yiddish
""".split()  # noqa: SIM905 -- a list of them would not read better
CODES = dict(zip(_PAIRS[::2], _PAIRS[1::2], strict=True))
"""Of ISO 639, to tell who writes one what is meant."""


@lru_cache(maxsize=1)
def known_languages() -> frozenset[str]:
    """Asked once a process."""
    return frozenset(language for (language,) in fetch(DICTIONARIES, {})) | {SIMPLE}


def language_fault(language: str) -> str:
    """What is wrong with the name of a language, said of it; "" where the server knows it."""
    known = known_languages()
    if language in known:
        return ""
    code = CODES.get(language.split("_")[0].split("-")[0], "")
    near = [code] if code in known else sorted(known, key=lambda each: (edits(language[:64], each), each))[:NEAREST]
    return f"is no language that PostgreSQL has a dictionary of; the nearest: {', '.join(near)}"
