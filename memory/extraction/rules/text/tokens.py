"""A sentence as tokens: words with their contractions taken apart, numbers, marks, and quotations."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_PIECE = re.compile(
    r"(?P<url>https?://[^\s<>\"”]+)"
    r"|(?P<money>[€$£¥]\s?\d[\d.,]*\d|[€$£¥]\s?\d)"
    r"|(?P<phone>\+\d[\d ()/-]{5,20}\d)"
    r"|(?P<date>\d{4}-\d\d-\d\d|\d{1,2}[/.]\d{1,2}[/.]\d{4})(?![\w-])"
    r"|(?P<number>\d+(?:[.,:]\d+)*(?:st|nd|rd|th|%|k|am|pm)?)(?![\w@.-]*\w)"
    r"|(?P<short>(?<![\w/])(?:[wW]/o?|[bB]/c)(?=\s))"
    r"|(?P<word>[^\W_](?:[\w&+#@.'’-]*[\w+#])?)"
    r"|(?P<dash>\s-{1,2}\s|[—–])"
    r"|(?P<slash>/s(?!\w))"
    r"|(?P<mark>[^\w\s]|_)"
)
_SUFFIXES = {
    "'m": "am",
    "'re": "are",
    "'ve": "have",
    "'ll": "will",
    "'d": "would",
    "'s": "'s",
    "n't": "not",
}
_WHOLE = {"can't": "can", "won't": "will", "shan't": "shall"}
_CASUAL = {
    "im": ("i", "am"),
    "ive": ("i", "have"),
    "dont": ("do", "not"),
    "doesnt": ("does", "not"),
    "didnt": ("did", "not"),
    "isnt": ("is", "not"),
    "arent": ("are", "not"),
    "wasnt": ("was", "not"),
    "cant": ("can", "not"),
    "cannot": ("can", "not"),
    "wont": ("will", "not"),
    "gonna": ("going", "to"),
    "hes": ("he", "is"),
    "shes": ("she", "is"),
    "theyre": ("they", "are"),
    "youre": ("you", "are"),
    "weve": ("we", "have"),
    "theyve": ("they", "have"),
    "havent": ("have", "not"),
    "hasnt": ("has", "not"),
    "wouldnt": ("would", "not"),
    "couldnt": ("could", "not"),
    "rn": ("right", "now"),
}
_SHORT = {
    "gf": "girlfriend",
    "bf": "boyfriend",
    "n": "and",
    "u": "you",
    "ur": "your",
    "bc": "because",
    "cuz": "because",
    "coz": "because",
    "ppl": "people",
    "yr": "year",
    "yrs": "years",
    "hrs": "hours",
    "mins": "minutes",
    "bday": "birthday",
    "appt": "appointment",
    "tho": "though",
    "thru": "through",
    "w/": "with",
    "w/o": "without",
    "b/c": "because",
    "hubby": "husband",
    "sis": "sister",
    "kiddo": "kid",
    "kiddos": "kids",
}
"""As chat has it: what a token's `low` is then, its `text` stays as it was written."""


@dataclass(frozen=True, slots=True)
class Token:
    """`text` as it stands there, `low` folded and with a contraction spelled out; [start, end) in the turn."""

    text: str
    low: str
    start: int
    end: int
    kind: str = "word"

    @property
    def is_capital(self) -> bool:
        return self.kind == "word" and any(letter.isupper() for letter in self.text)

    @property
    def is_word(self) -> bool:
        return self.kind == "word"


def tokenise(text: str, *, offset: int = 0) -> Iterator[Token]:
    """The tokens of a piece of a turn that begins at `offset`; linear in its length."""
    is_letter = False  # an A amid the words is none of the articles: `blood type A positive`, `seat A 12`
    for match in _PIECE.finditer(text):
        kind = str(match.lastgroup)
        start = offset + match.start()
        if is_letter and match[0] == "A":
            yield Token("A", "A", start, start + 1)
        elif kind == "word":
            yield from _words(match[0], start)
            is_letter = not text.isupper()
        elif kind == "short":
            yield Token(match[0], _SHORT[match[0].casefold()], start, offset + match.end())
        elif kind == "money":
            yield Token(match[0], match[0], start, offset + match.end(), "number")
        else:
            piece = match[0].strip()
            yield Token(piece, piece.casefold(), start, offset + match.end(), kind)


def _words(text: str, start: int) -> Iterator[Token]:
    low = text.casefold().replace("’", "'")
    if low in _CASUAL:
        first, second = _CASUAL[low]
        cut = min(len(first), len(text) - 1)
        yield Token(text[:cut], first, start, start + cut)
        yield Token(text[cut:], second, start + cut, start + len(text))
        return
    for suffix, spelled in _SUFFIXES.items():
        stem = low.removesuffix(suffix)
        if stem and stem != low and len(stem) < len(text):
            cut = len(text) - len(suffix)
            yield Token(text[:cut], _WHOLE.get(low, stem), start, start + cut)
            yield Token(text[cut:], spelled, start + cut, start + len(text))
            return
    yield Token(text, _SHORT.get(low, low) if text.islower() else low, start, start + len(text))
