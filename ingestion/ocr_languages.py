"""The languages that text is recognised in, by their codes (ISO 639-1), and which letters they bring.

They are those of PP-OCRv6 whose letters the recogniser in rapidocr's wheel has; Vietnamese, which it names too, is none
of them. Settings are judged by it.
"""

import unicodedata
from collections.abc import Collection

HAN = ("CJK", "KANGXI", "IDEOGRAPHIC", "BOPOMOFO")
KANA = ("HIRAGANA", "KATAKANA", "HALFWIDTH KATAKANA", "KATAKANA-HIRAGANA")
OTHER_SCRIPTS: dict[str, tuple[str, ...]] = {"zh": HAN, "ja": (*HAN, *KANA)}
"""How the names of letters begin that are not Latin ones."""

LATIN = tuple(
    """
    af az bs ca cs cy da de en es et eu fi fr ga gl hr hu id is it ku la lb lt lv mi ms mt nl no oc pl pt qu rm ro sk
    sl sq sv sw tl tr uz
    """.split()  # noqa: SIM905 -- a list of them would not read better
)
LANGUAGES = tuple(sorted([*LATIN, *OTHER_SCRIPTS]))


def is_letter_of(sign: str, languages: Collection[str]) -> bool:
    """Whether a text of these languages may hold the sign. Latin letters, digits and marks stand in all of them."""
    name = unicodedata.name(sign[:1], "")
    if not sign[:1].isalpha():
        return sign.isascii() or bool(set(languages) & set(OTHER_SCRIPTS)) or _is_western(sign)
    if name.startswith("LATIN"):
        return True
    return any(name.startswith(OTHER_SCRIPTS.get(language, ())) for language in languages)


def _is_western(sign: str) -> bool:
    return unicodedata.east_asian_width(sign[:1]) not in ("W", "F")
