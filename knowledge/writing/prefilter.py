"""Cheap questions that spare most texts the scanner's patterns: each is true of every text that its pattern matches.

A pattern of many alternatives is tried at every letter; looking for a word is a fiftieth of that. Texts come in lower
case. Whoever adds an alternative to a pattern adds what it cannot match without here; tests make up texts that match.
"""

import re

_RARE = (
    *("ignor", "disregard", "forget", "override", "bypass", "pretend", "vergiss", "missachte", "olvida", "oublie"),
    *("instruction", "prompt", "reading", "initial"),
)
_TOLD = ("rules", "guidelines", "directions", "commands", "programming", "guardrails")
# Each begins with letters, which are looked for before the pattern is tried.
_PHRASES = (
    re.compile(r"are\s+no"),
    re.compile(r"act\s+[at]"),
    re.compile(r"mode\s+[eao]"),
    re.compile(r"do\s+not\s+[tiawm]"),
)
_COMMAND = re.compile(r"[,:]\s*(?:please\s+|you\s+)?(?:must|do\s+not)")
_MARKS = ('"tool_calls"', '"function_call"', "##", "human:")
_IN_ANGLES = (
    *("<|", "<｜", "sys>>", "_turn>", "_calls>", "_results>", "tool_call", "tool_response>", "antml:"),
    *("<function=", "<tool=", "<invoke"),
)
_IN_BRACKETS = ("inst]", "sys]", "_prompt]", "_tools]", "tool_calls]", "tool_results]")
_WITHOUT_CONTROLS = dict.fromkeys((*range(9), 11, *range(14, 32), 127))
_OTHER_CASES = "ſı"
"""Letters that a pattern which ignores case takes for `s` and `i`, and that are lower case already."""


def may_instruct(text: str) -> bool:
    """Whether INSTRUCTIONS may match."""
    if any(word in text for word in _RARE) or ("system" in text and "message" in text):
        return True
    if "follow" in text and any(word in text for word in _TOLD):
        return True
    if ("must" in text or "not" in text) and _COMMAND.search(text):
        return True
    return any(phrase.search(text) for phrase in _PHRASES)


def may_hold_marks(text: str) -> bool:
    """Whether CHAT_TEMPLATE may match."""
    if "<" in text and any(mark in text for mark in _IN_ANGLES):
        return True
    if "[" in text and any(mark in text for mark in _IN_BRACKETS):
        return True
    if any(mark in text for mark in _MARKS) or (":" in text and ("system" in text or "assistant" in text)):
        return True
    return not text.isascii() and any(letter in text for letter in _OTHER_CASES)


def may_hold_controls(text: str) -> bool:
    """Whether CONTROL_CHARACTERS may match; in any case."""
    return not text.isascii() or text.translate(_WITHOUT_CONTROLS) != text
