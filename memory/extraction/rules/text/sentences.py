"""A turn as sentences: lines, fences, chat marks, full stops. What stands between quote marks is one token."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from memory.extraction.rules.text.lexicon import FUNCTION_WORDS, LEGAL
from memory.extraction.rules.text.tokens import Token, tokenise
from memory.extraction.rules.text.words import words

_SKIPPED = re.compile(
    r"\s*(?:>|\||\t|    )|\s*(?:system|assistant|user|human|developer|tool)\s*:|\s*<\||\s*#{2,}", re.I
)
_HEAD = r"[ \t]*(?:from|to|cc|bcc|subject|date|sent|reply-to)[ \t]*:[^\n]*"
_MAIL = re.compile(
    rf"^(?:{_HEAD}\r?\n{_HEAD}$|[ \t]*-{{3,}}[ \t]*(?:original|forwarded) message|[ \t]*begin forwarded message"
    r"|[ \t]*on [^\n]{4,80} wrote:)",
    re.I | re.M,
)
_BULLET = re.compile(r"\s*(?:[-*•–]|\d{1,2}[.)])\s+")
_PAIRS = {"“": "”", "„": "“”", "«": "»", "‘": "’", '"': '"', "`": "`", "'": "'"}
_NOT_FINAL = FUNCTION_WORDS - words(
    "it that this there here too also again now you me them him her us one so no well"
) | words("think believe guess says say said claims claimed wish hope")


@dataclass(frozen=True, slots=True)
class Sentence:
    """`mark`: what ends it, "" for none. [start, end) in the turn."""

    tokens: Sequence[Token]
    mark: str
    start: int
    end: int
    paragraph: int = 0


def split_sentences(text: str) -> Iterator[Sentence]:
    """In order, without what is fenced, indented, cited by line or marked as another speaker's."""
    for number, (start, end) in enumerate(_blocks(text)):
        yield from _sentences(list(_tokens(text, start, end)), number)


def _blocks(text: str) -> Iterator[tuple[int, int]]:
    """Runs of lines that belong together: a line that cannot end a sentence goes on in the next one."""
    fenced, block, mail = False, None, _mail_at(text)
    for start, end in _lines(text):
        if start >= mail:
            break
        line = text[start:end]
        if line.lstrip().startswith("```"):
            fenced = not fenced
        if fenced or not line.strip() or line.lstrip().startswith("```") or _SKIPPED.match(line):
            if block:
                yield block
            block = None
            continue
        bullet = _BULLET.match(line)
        if block and not bullet and _goes_on(text[max(block[0], block[1] - 2000) : block[1]], line):
            block = (block[0], end)
            continue
        if block:
            yield block
        block = (start + bullet.end(), end) if bullet else (start, end)
    if block:
        yield block


def _mail_at(text: str) -> int:
    """Where a pasted mail begins: what follows its head is its writer's, to the end of the turn."""
    found = _MAIL.search(text)
    return found.start() if found else len(text)


def _lines(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for match in re.finditer(r"\r\n|[\n\r\v\f\x85\u2028\u2029]", text):
        yield start, match.start()
        start = match.end()
    yield start, len(text)


def _goes_on(before: str, line: str) -> bool:
    last = before[-80:].rstrip()
    if last.endswith((".", "!", "?", "…", '."', ".”")):
        return _is_open(before)
    words = last.casefold().split()
    open_end = bool(words) and words[-1].strip(",") in _NOT_FINAL
    wrapped = len(before) - before.rfind("\n") > 60
    return open_end or last.endswith(",") or line.lstrip()[:1].islower() or wrapped or _is_open(before)


def _is_open(before: str) -> bool:
    """Whether a quotation began that has not ended."""
    return before.count('"') % 2 == 1 or before.count("“") > before.count("”")


def _tokens(text: str, start: int, end: int) -> Iterator[Token]:
    at = start
    for opened, closed in _quotations(text, start, end):
        yield from tokenise(text[at:opened], offset=at)
        inner = text[opened + 1 : closed - 1] if closed - opened > 1 else ""
        yield Token(inner.strip(), inner.strip().casefold(), opened, closed, "quote")
        at = closed
    yield from tokenise(text[at:end], offset=at)


def _quotations(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Pairs of quote marks, in one pass; a double one that is never closed covers the rest of its block."""
    opened, closers = -1, ""
    for match in re.finditer(r"[“”„«»‘’\"`']", text[start:end]):
        at, mark = start + match.start(), match[0]
        if opened < 0:
            if mark in _PAIRS and _may_open(text, at, mark):
                opened, closers = at, _PAIRS[mark]
        elif mark in closers and _may_close(text, at, mark):
            yield opened, at + 1
            opened = -1
        elif closers in ("'", "’") and mark in '"“':
            opened, closers = at, _PAIRS[mark]
    if opened >= 0 and closers not in ("'", "’"):
        yield opened, end


def _may_open(text: str, at: int, mark: str) -> bool:
    before = text[at - 1 : at]
    if mark == '"':
        return not before.isdigit()
    return mark not in "'‘" or (not before.isalnum() and text[at + 1 : at + 2].isalnum())


def _may_close(text: str, at: int, mark: str) -> bool:
    return mark not in "'’" or not text[at + 1 : at + 2].isalnum()


def _sentences(tokens: list[Token], paragraph: int) -> Iterator[Sentence]:
    begin = 0
    for at, token in enumerate(tokens):
        if at >= begin and _ends_sentence(tokens, at):
            mark = "?" if token.text == "?" or (tokens[at + 1 : at + 2] and tokens[at + 1].text == "?") else token.text
            if at > begin:
                yield _sentence(tokens[begin:at], mark, tokens[begin].start, token.end, paragraph)
            begin = at + 1
    if begin < len(tokens):
        yield _sentence(tokens[begin:], "", tokens[begin].start, tokens[-1].end, paragraph)


def _sentence(tokens: list[Token], mark: str, start: int, end: int, paragraph: int) -> Sentence:
    return Sentence(tokens=tokens, mark=mark, start=start, end=end, paragraph=paragraph)


def _ends_sentence(tokens: list[Token], at: int) -> bool:
    token = tokens[at]
    if token.kind != "mark" or token.text not in ".!?…":
        return False
    if token.text != ".":
        return True
    if at + 1 == len(tokens):
        return True
    before, after = tokens[at - 1] if at else None, tokens[at + 1]
    if before and before.low.rstrip(".") in LEGAL and before.end == token.start:
        firm = before.low in ("inc", "ltd", "corp", "co", "plc", "etc", "no")
        return firm and after.is_capital and after.low in FUNCTION_WORDS
    initial = before is not None and before.end == token.start and len(before.text) == 1 and before.text.isupper()
    return not (initial and before is not None and before.low != "i")
