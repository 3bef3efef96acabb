"""What in a text might be meant for a language model instead of a reader. Pure, and the same answer each time.

A flag is a hint and no verdict: nothing is dropped for it. It is shown, becomes the tag `flag:<name>` of the document,
and a query may leave flagged documents out.
"""

import re
from collections.abc import Iterable
from enum import StrEnum

TAG_PREFIX = "flag:"


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
    Flag.HIDDEN_TEXT: "It holds characters that nobody sees, or that turn the order of others around.",
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
  | </?(?:start_of_turn|end_of_turn|function_calls|function_results|tool_call|tool_response|antml:\w+)>
  | ^[ \t]*\#{2,3}\s*(?:system|instruction|response|human|assistant)\s*:[ \t]*$
  | ^[ \t]*(?:system|assistant)\s*:\s*you\s+(?:are|must|will|should)\b
  | \n\nHuman:.{0,2000}?\n\nAssistant:
    """,
    re.IGNORECASE | re.VERBOSE | re.MULTILINE | re.DOTALL,
)
# Bidirectional controls; tags, which spell ASCII unseen; fillers and invisible operators; and runs of what is common
# alone: zero-width characters join emoji and parts of scripts, variation selectors and private use stand singly.
HIDDEN_TEXT = re.compile(
    "[\u202a-\u202e\u2066-\u2069]|[\U000e0000-\U000e007f]|[\u2061-\u2064\u206a-\u206f\u115f\u1160\u3164\uffa0]"
    "|[\u200b-\u200f\u2060\ufeff\u00ad\u180e]{2,}|[\ufe00-\ufe0f\U000e0100-\U000e01ef]{2,}"
    "|[\ue000-\uf8ff\U000f0000-\U0010ffff]{2,}"
)
FLAG_EMOJI = re.compile("\U0001f3f4[\U000e0030-\U000e007a]{2,6}\U000e007f")
CONTROL_CHARACTERS = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f-\x84\x86-\x9f]")
UNSEEN = re.compile("[\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufe00-\ufe0f\U000e0000-\U000e01ef]")

REACH = 200
"""How far beyond a chunk its neighbours are read, for words that a cut divides."""


def scan(text: str) -> set[Flag]:
    """The flags that a text earns. Words are looked for without unseen characters between the letters."""
    return _scan_characters(text) | _scan_words(text)


def scan_span(text: str, start: int, end: int) -> set[Flag]:
    """The flags of a part of a text; words count for both parts when the cut goes through or close by them."""
    return _scan_characters(text[start:end]) | _scan_words(text[max(start - REACH, 0) : end + REACH])


def flag_tags(names: Iterable[str]) -> set[str]:
    return {TAG_PREFIX + name for name in names}


def _scan_characters(text: str) -> set[Flag]:
    found = {Flag.CONTROL_CHARACTERS} if CONTROL_CHARACTERS.search(text) else set()
    hidden = not text.isascii() and HIDDEN_TEXT.search(FLAG_EMOJI.sub("", text))
    return found | {Flag.HIDDEN_TEXT} if hidden else found


def _scan_words(text: str) -> set[Flag]:
    seen = text if text.isascii() else UNSEEN.sub("", text)
    return {flag for flag, sign in WORDS.items() if sign.search(seen.lower())}


WORDS = {Flag.CHAT_TEMPLATE: CHAT_TEMPLATE, Flag.INSTRUCTIONS: INSTRUCTIONS}
"""Looked for in lower case; a pattern that ignores case takes several times as long."""
