"""Turns that speak to the model instead of telling something: kept, flagged, and read by nobody.

The store's scanner decides; its flag is the kind of the uncertainty that such a turn leaves. Where a check lists them,
they go by the published kinds.
"""

import re

from knowledge.writing.scanner import BASE64, CHAT_TEMPLATE, INSTRUCTIONS, Flag, scan
from memory.extraction.diff import Diff, UncertaintyRow

ABOUT = "possible injection"
HOSTILE = (Flag.INSTRUCTIONS, Flag.CHAT_TEMPLATE, Flag.HIDDEN_TEXT)
"""Control characters alone are a slip of a terminal."""

_ROLE_LINE = re.compile(r"^[ \t]*(?:system|assistant)[ \t]*:.*$", re.IGNORECASE | re.MULTILINE)
_ROLE = re.compile(r"^(?:you\s+are|pretend|act|developer|dan|jailbreak|god)\b")
_LEAK = re.compile(r"^(?:reveal|repeat|print|output|show|leak)\b")
_TOOLS = re.compile(r"\btools?$|tool|function|invoke")


def flags_of(text: str) -> tuple[str, ...]:
    """The scanner's, in a fixed order."""
    found = scan(text)
    return tuple(flag.value for flag in Flag if flag in found)


def is_hostile(flags: tuple[str, ...]) -> bool:
    return any(flag in flags for flag in HOSTILE)


def blank_role_lines(text: str, flags: tuple[str, ...]) -> str:
    """The same number of characters, without the lines that pass for a turn of somebody else in plain words.

    People's own words may stand beside those, and rules may read them: a line that begins with "System:" comes from a
    name or a log as well. Beside other flags, or with a mark that only a model's chat has, the text stays as it is.
    """
    hostile = [flag for flag in HOSTILE if flag in flags]
    if hostile != [Flag.CHAT_TEMPLATE]:
        return text
    return _ROLE_LINE.sub(lambda found: " " * len(found[0]), text)


def refused(flags: tuple[str, ...]) -> Diff:
    """What a flagged turn gives: no fact and no instruction, and one uncertainty a flag."""
    return Diff(
        uncertainties=tuple(
            UncertaintyRow(about=ABOUT, kind=flag.value, reason=flag.meaning) for flag in HOSTILE if flag in flags
        ),
        flags=flags,
    )


def injection_kinds(text: str) -> set[str]:
    """The published kinds of what the scanner finds in a text."""
    lowered = text.lower()
    kinds = {_kind_of_words(found[0]) for found in INSTRUCTIONS.finditer(lowered)}
    kinds |= {_kind_of_mark(found[0]) for found in CHAT_TEMPLATE.finditer(lowered)}
    flags = scan(text)
    if Flag.INSTRUCTIONS in flags and not any(INSTRUCTIONS.finditer(lowered)) and BASE64.search(text):
        kinds.add("base64_instruction")
    if Flag.HIDDEN_TEXT in flags or (is_hostile(tuple(flags)) and not kinds):
        kinds.add("instruction_override")
    return kinds


def _kind_of_words(words: str) -> str:
    if _ROLE.match(words):
        return "role_override"
    if _LEAK.match(words):
        return "system_prompt_leak"
    return "tool_override" if _TOOLS.search(words) else "instruction_override"


def _kind_of_mark(mark: str) -> str:
    return "tool_override" if _TOOLS.search(mark) else "prompt_template_injection"
