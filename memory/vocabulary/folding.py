"""How names and values are compared. Nothing fuzzy: what folds alike is the same."""

import re
import unicodedata

LEGAL_FORMS = frozenset({"inc", "ltd", "llc", "gmbh", "ag", "plc", "corp"})
OUTER = " \t\r\n.,;:!?'\"“”‘’«»()[]{}"


def fold_value(value: str) -> str:
    """NFKC, case and white space, and nothing else: a dropped dot would make 31.50 equal 3150."""
    return " ".join(unicodedata.normalize("NFKC", value).casefold().split())


def fold_name(name: str) -> str:
    """As values, and without outer punctuation, a leading "the" and the suffix of a legal form."""
    folded = fold_value(name).strip(OUTER)
    words = folded.split(" ")
    while len(words) > 1 and words[-1].strip(OUTER) in LEGAL_FORMS:
        words.pop()
        words[-1] = words[-1].rstrip(",")
    if len(words) > 1 and words[0] == "the":
        words.pop(0)
    return " ".join(words)


def fold_token(text: str) -> str:
    """A key or a type as one token: `Works For` -> `works_for`."""
    return re.sub(r"[^\w]+", "_", fold_value(text)).strip("_")
