"""What in a text might be meant for a language model instead of a reader. Pure, and the same answer each time.

A flag is a hint and no verdict: nothing is dropped for it. It is shown, becomes the tag `flag:<name>` of the document,
and a query may leave flagged documents out.

See docs/decisions/0073.
"""

import re
from array import array
from base64 import b64decode
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from enum import StrEnum
from heapq import merge

from core.long_words import has_long_word
from knowledge.fields import FLAG_PREFIX
from knowledge.writing.prefilter import may_hold_controls, may_hold_marks, may_instruct

VERSION = 1
"""Of the rules below. Whoever changes what they notice counts it up: what is stored is then scanned again."""


class Flag(StrEnum):
    INSTRUCTIONS = "instructions"
    CHAT_TEMPLATE = "chat-template"
    HIDDEN_TEXT = "hidden-text"
    CONTROL_CHARACTERS = "control-characters"

    @property
    def meaning(self) -> str:
        return MEANINGS[self]


MEANINGS = {
    Flag.INSTRUCTIONS: "It tells a language model to ignore what it was told, or to act as somebody else.",
    Flag.CHAT_TEMPLATE: "It holds marks that lay a chat out for a model, so that a part could pass for a turn.",
    Flag.HIDDEN_TEXT: "It holds characters that nobody sees, or that turn others around, or a file hides it.",
    Flag.CONTROL_CHARACTERS: "It holds control characters, such as those that move a terminal's cursor.",
}

_ANY = r"(?:all|any|every|the|your|my|these|those|of|previous|prior|above|earlier|preceding|other|system)"
_TOLD = r"(?:instructions?|prompts?|rules|guidelines|directions|commands|programming|guardrails)"
_SELF = r"(?:ai|assistant|model|chatbot|dan|mode|unrestricted|unfiltered|jailbroken)"
_PROMPT = r"(?:system\s+prompt|system\s+message|hidden\s+prompt|initial\s+(?:prompt|instructions))"
INSTRUCTIONS = re.compile(
    rf"""
    \b(?:
    (?:ignore|disregard|forget|override|bypass|do\s+not\s+follow|stop\s+following)\s+(?:{_ANY}\s+){{1,5}}{_TOLD}\b
    | (?:ignore|disregard|forget)\s+(?:everything|all|anything)\s+(?:that\s+)?(?:above|before|you|so\s+far)\b
    | you\s+are\s+(?:now|no\s+longer)\s+(?:\w+\s+){{0,4}}{_SELF}\b
    | (?:pretend|act)\s+(?:to\s+be|as|as\s+if\s+you\s+(?:are|were))\s+(?:\w+\s+){{0,2}}{_SELF}\b
    | (?:reveal|repeat|print|output|show|leak)\s+(?:me\s+)?(?:your|the)\s+(?:\w+\s+){{0,2}}{_PROMPT}\b
    | new\s+(?:system\s+)?instructions?\s*:
    | (?:ignore|disregard|override|bypass)\s+(?:all\s+|any\s+)?(?:of\s+)?your\s+(?:available\s+|allowed\s+)?tools?\b
    | (?:developer|dan|jailbreak|god)\s+mode\s+(?:enabled|activated|on)\b
    | (?:ais?|llms?|language\s+models?|assistants?)\s*(?:,|:|reading\s+this)\s*(?:please\s+|you\s+)?
      (?:must|ignore|disregard|do\s+not)\b
    | do\s+not\s+(?:tell|inform|alert|warn|mention\s+(?:this|it)\s+to)\s+the\s+(?:user|human)\b
    | (?:ignoriere|vergiss|missachte)\s+(?:bitte\s+)?(?:alle?|die|deine|sämtliche)\s+(?:\w+\s+){{0,3}}
      (?:anweisungen|instruktionen|regeln)\b
    | (?:ignora|olvida|ignore[rz]?|oublie[rz]?)\s+(?:todas?\s+|toutes?\s+)?(?:las|les|tus|vos|tes)\s+(?:\w+\s+){{0,2}}
      (?:instrucciones|instructions|consignes)\b
    )
    """,
    re.VERBOSE,
)
CHAT_TEMPLATE = re.compile(
    r"""
    <\|\s*/?[a-z][a-z0-9_▁ -]{1,40}\s*\|> | <｜[^｜\n]{1,40}｜>
  | \[/?(?:INST|SYS|SYSTEM_PROMPT|AVAILABLE_TOOLS|TOOL_CALLS|TOOL_RESULTS)\] | <</?SYS>>
  | </?(?:start_of_turn|end_of_turn|function_calls|function_results|tool_calls?|tool_response|antml:\w+)>
  | <(?:function|tool)=[\w.-]{1,60}> | <(?:antml:)?invoke\s+name=
  | "(?:tool_calls"\s{0,9}:\s{0,9}\[\s{0,9}\{|function_call"\s{0,9}:\s{0,9}\{)
  | ^[ \t]*\#{2,3}\s*(?:system|instruction|response|human|assistant)\s*:[ \t]*$
  | ^[ \t]*(?:system|assistant)\s*:\s*you\s+(?:are|must|will|should)\b
  | \n\nHuman:(?:(?!\n\nHuman:).){0,2000}?\n\nAssistant:
    """,
    re.IGNORECASE | re.VERBOSE | re.MULTILINE | re.DOTALL,
)
# Bidirectional controls; tags, which spell ASCII unseen, but for those of a flag; fillers and invisible operators; and
# runs of what is common alone: zero-width characters join emoji and parts of scripts, variation selectors and private
# use stand singly.
HIDDEN_TEXT = re.compile(
    "\U0001f3f4[\U000e0030-\U000e007a]{2,6}\U000e007f"
    "|(?P<hidden>[\u202a-\u202e\u2066-\u2069]+|[\U000e0000-\U000e007f]+|[\u2061-\u2064\u206a-\u206f\u115f\u1160\u3164\uffa0]+"
    "|[\u200b-\u200f\u2060\ufeff\u00ad\u180e]{2,}|[\ufe00-\ufe0f\U000e0100-\U000e01ef]{2,}"
    "|[\ue000-\uf8ff\U000f0000-\U0010ffff]{2,})"
)
# One of these has to be there for any of that, and one class is looked for in a fifth of the time.
HIDDEN = re.compile(
    "[\u00ad\u115f\u1160\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ue000-\uf8ff\ufe00-\ufe0f\ufeff\uffa0"
    "\U000e0000-\U000e01ef\U000f0000-\U0010ffff]"
)
CONTROL_CHARACTERS = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f-\x84\x86-\x9f]+")
UNSEEN = re.compile("[\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufe00-\ufe0f\U000e0000-\U000e01ef]")

ENCODED_CHARS = 28
"""The shortest run of base64 that is looked into: "ignore all the rules" takes as many."""

BASE64 = re.compile(rf"(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/_-]{{{ENCODED_CHARS},}}(?:\r?\n[A-Za-z0-9+/_-]{{4,}})*={{0,2}}")

Places = Iterator[tuple[int, int]]


def scan(text: str) -> set[Flag]:
    """The flags that a text earns. Words are looked for without unseen characters between the letters."""
    if _is_plain(text):
        return set()
    [flags] = scan_spans(text, [(0, len(text))])
    return flags


def scan_spans(text: str, spans: Iterable[tuple[int, int]]) -> Iterator[set[Flag]]:
    """The flags of each span of a text, given in order of their starts: of what lies in it, if only in part.

    So it does not matter where a text is cut: what a cut divides counts for both sides. Linear in the text's length.
    """
    signs = {flag: _Sign(places) for flag, places in _places(text).items()}
    for start, end in spans:
        yield {flag for flag, sign in signs.items() if sign.touches(start, end)}


def _is_plain(text: str) -> bool:
    """Whether no pattern can find anything, as in most texts: told in a third of the time that looking takes."""
    if not text.isascii() and HIDDEN.search(text):
        return False
    lowered = _lower(text)
    if may_instruct(lowered) or may_hold_marks(lowered) or has_long_word(text, chars=ENCODED_CHARS):
        return False
    return not may_hold_controls(text) or not CONTROL_CHARACTERS.search(text)


def flag_tags(names: Iterable[str]) -> set[str]:
    return {FLAG_PREFIX + name for name in names}


class _Sign:
    """Where one flag's signs stand, walked through once."""

    def __init__(self, places: Places) -> None:
        self._places = places
        self._next = next(places, None)

    def touches(self, start: int, end: int) -> bool:
        """Whether one stands between these, whose starts never go back."""
        while self._next and self._next[1] <= start:
            self._next = next(self._places, None)
        return self._next is not None and self._next[0] < end


def _places(text: str) -> dict[Flag, Places]:
    seen, dropped = (text, array("I")) if text.isascii() else _seen(text)
    lowered = _lower(seen)
    return {
        Flag.INSTRUCTIONS: _with_encoded(_places_of(INSTRUCTIONS, lowered, dropped, may=may_instruct), text),
        Flag.CHAT_TEMPLATE: _places_of(CHAT_TEMPLATE, lowered, dropped, may=may_hold_marks),
        Flag.HIDDEN_TEXT: _hidden(text),
        Flag.CONTROL_CHARACTERS: (found.span() for found in CONTROL_CHARACTERS.finditer(text)),
    }


def _lower(text: str) -> str:
    return text.replace("İ", "i").lower()  # the one letter that grows


def _hidden(text: str) -> Places:
    if text.isascii() or not HIDDEN.search(text):
        return iter(())
    return (found.span() for found in HIDDEN_TEXT.finditer(text) if found["hidden"])


def _with_encoded(plain: Places, text: str) -> Places:
    """Those and the instructions that are written in base64, in order."""
    return merge(plain, _encoded(text)) if has_long_word(text, chars=ENCODED_CHARS) else plain


def _encoded(text: str) -> Places:
    for found in BASE64.finditer(text):
        if INSTRUCTIONS.search(_decoded(found[0]).lower()):
            yield found.span()


def _decoded(run: str) -> str:
    """What a run of base64 says, whichever of its two alphabets it uses; other words say nothing."""
    letters = re.sub(r"[\r\n=]", "", run).replace("-", "+").replace("_", "/")
    whole = letters[:-1] if len(letters) % 4 == 1 else letters  # one letter alone is less than a byte
    return b64decode(whole + "=" * (-len(whole) % 4)).decode(errors="ignore")


def _places_of(sign: re.Pattern[str], lowered: str, dropped: Sequence[int], *, may: Callable[[str], bool]) -> Places:
    """In lower case, since a pattern that ignores case takes several times as long."""
    if not may(lowered):
        return
    for found in sign.finditer(lowered):
        first, last = found.start(), found.end() - 1
        yield first + bisect_right(dropped, first), last + bisect_right(dropped, last) + 1


def _seen(text: str) -> tuple[str, Sequence[int]]:
    """A text without its unseen characters; and before which of the others each of them stood."""
    dropped = array("I", (found.start() - number for number, found in enumerate(UNSEEN.finditer(text))))
    return UNSEEN.sub("", text), dropped
