"""Whose words follow: what stands before a colon or a quotation, and what says behind a clause who said it."""

import re
from collections.abc import Sequence

from memory.extraction.rules.text.clauses import Clause
from memory.extraction.rules.text.tokens import Token
from memory.extraction.rules.text.words import words

_DOCUMENT = re.compile(
    r"\b(?:e-?mails?|mail|letter|article|document|doc|page|website|site|sign|song|lyrics|book|novel|film"
    r"|movie|story|poem|prompt|error|message|ticket|form|r[eé]sum[eé]|cv|report|post|tweet|headline|label|note|contract|policy|ad|advert|text|transcript|caption|banner|chorus|title|subject|bio|profile|newspaper|paper|wiki|wikipedia"
    r"|press release|memo|script)"
    r"(?: \w+){0,3}? (?:says?|said|reads?|states?|stated|claims?|goes|starts|begins|is|was|'s)$"
)
_CITING = re.compile(
    r"\b(?:says?|said|wrote|writes|reads|quote|quoted?|called|titled|sings?|sang|translate|following|example)$"
)
_SPEECH = words(
    """says say said writes wrote written reads texts texted messages messaged emails emailed e-mailed mails mailed
    tells told replies replied answers answered goes went posts posted tweets tweeted announces announced shouts shouted
    yells yelled whispers whispered sings sang states stated claims claimed asks asked adds added explains explained
    declares declared insists insisted comments commented quotes quoted sends sent leaves left"""
)
"""What somebody does with words that may follow a colon."""
_SPOKEN = _SPEECH - words("goes went sends sent leaves left reads quotes")
_HEARERS = words("me us him her them everyone everybody")
_OWN = words("i we")
_ASIDES = words("as like")


def cites(tokens: Sequence[Token]) -> bool:
    """Whether what stands before a colon says that somebody else's words follow."""
    text = " ".join(token.low for token in tokens)
    return bool(_DOCUMENT.search(text) or _CITING.search(text)) or _is_others_speech(tokens)


def _is_others_speech(tokens: Sequence[Token]) -> bool:
    """`she wrote in her email`, `my boss texted me yesterday`; not `I told you`, `as she said`."""
    first = tokens[0].low if tokens else ""
    return first not in _OWN | _ASIDES and any(token.low in _SPEECH for token in tokens[1:])


def is_document_saying(text: str) -> bool:
    return bool(_DOCUMENT.search(text))


def leads_in(tokens: Sequence[Token]) -> bool:
    """`She wrote me, …`: a clause with somebody, his word for it and nothing that was said."""
    kept = [token for token in tokens if token.is_word]
    while len(kept) > 2 and kept[-1].low in _HEARERS:
        kept.pop()
    return 2 <= len(kept) <= 5 and kept[-1].low in _SPOKEN and kept[0].low not in _OWN | _ASIDES


def speaker_behind(clause: Clause) -> str:
    """Who it was in `…, Dana said`, `…, she wrote to me`; "" where the clause says something else."""
    said = [token for token in clause.tokens if token.is_word]
    at = next((at for at, token in enumerate(said) if token.low in _SPOKEN), -1)
    if at < 0 or len(said) > 6 or said[0].low in _OWN | _ASIDES:
        return ""
    rest = {token.low for token in said[at + 1 :]}
    if not rest <= _HEARERS | words("to in on her his my a an the text email letter note then once") or at > 3:
        return ""
    return " ".join(token.text for token in (said[:at] or said[at + 1 :])) or "others"
