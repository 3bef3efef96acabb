"""What instructions are about: two on one topic replace each other."""

import re

from memory.vocabulary.folding import fold_value

_OPENERS = re.compile(r"^(?:please|always|never|from now on|don't|do not|stop|keep|i want you to|you may|again|,|\s)+")
_FAMILIES = (
    (
        "language",
        re.compile(
            r"\b(?:in|to|into|use|using|speak|write) (?:\w+ )?(?:afrikaans|albanian|american english"
            r"|arabic|armenian|basque|bengali"
            r"|british english|bulgarian|catalan|chinese|croatian|czech|danish|dutch|english|estonian"
            r"|farsi|finnish|french|galician"
            r"|georgian|german|greek|hebrew|hindi|hungarian|icelandic|indonesian|irish|italian|japanese"
            r"|kazakh|korean|latin|latvian"
            r"|lithuanian|macedonian|malay|maltese|mandarin|norwegian|persian|polish|portuguese|punjabi"
            r"|romanian|russian|serbian"
            r"|slovak|slovenian|spanish|swahili|swedish|tagalog|tamil|telugu|thai|turkish|ukrainian|urdu"
            r"|vietnamese|welsh)\b"
        ),
    ),
    (
        "length",
        re.compile(
            r"\b(?:short|shorter|brief|concise|long|longer|detailed|verbose|terse|sentences?|words|paragraphs?|lines)\b"
        ),
    ),
    ("list form", re.compile(r"\b(?:bullet points?|bullets|numbered list|lists?|tables?)\b")),
    ("tone", re.compile(r"\b(?:formal|informal|casual|polite|friendly|tone)\b")),
    ("name", re.compile(r"\b(?:call me|address me|refer to me)\b")),
    ("units", re.compile(r"\b(?:metric|imperial|celsius|fahrenheit|units)\b")),
    ("spelling", re.compile(r"\b(?:british|american) (?:spelling|english)\b")),
    ("citations", re.compile(r"\b(?:cite|citations?|sources|references)\b")),
    ("code comments", re.compile(r"\bcomments?\b")),
    ("jargon", re.compile(r"\bjargon\b")),
    ("time format", re.compile(r"\b(?:24|12)[- ]hour\b")),
    ("currency", re.compile(r"\b(?:euros?|dollars?|pounds|currency)\b")),
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
