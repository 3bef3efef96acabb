"""What instructions are about: two on one topic replace each other."""

import re

from memory.vocabulary.folding import fold_value

_OPENERS = re.compile(r"^(?:please|always|never|from now on|don't|do not|stop|keep|i want you to|you may|again|,|\s)+")
_FAMILIES = (
    (
        "language",
        re.compile(
            r"\b(?:in|to|use) (?:english|french|german|spanish|italian|portuguese|dutch|polish|latvian|swedish|chinese"
            r"|japanese|korean|arabic|russian|ukrainian|turkish|hindi)\b"
        ),
    ),
    ("length", re.compile(r"\b(?:short|brief|concise|long|detailed|sentences?|words|paragraphs?|lines)\b")),
    ("list form", re.compile(r"\b(?:bullet points?|bullets|numbered list|lists?|tables?)\b")),
    ("tone", re.compile(r"\b(?:formal|informal|casual|polite|friendly|tone)\b")),
    ("name", re.compile(r"\b(?:call me|address me)\b")),
    ("units", re.compile(r"\b(?:metric|imperial|celsius|fahrenheit|units)\b")),
    ("emoji", re.compile(r"\bemojis?\b")),
)


def topic_of(description: str) -> str:
    """The family that it belongs to, else its own words without what only makes it an instruction.

    "Stop answering in French" and "Always answer in French" have one topic.
    """
    folded = fold_value(description).rstrip(".!")
    for family, pattern in _FAMILIES:
        if pattern.search(folded):
            return family
    words = _OPENERS.sub("", folded).split()
    return " ".join(_stem(word) for word in words)


def _stem(word: str) -> str:
    return re.sub(r"(?:ing|s|ed)$", "", word) if len(word) > 4 else word
