"""Somebody's words as one quiet line: before they enter a prompt, a name, a label or a line of `/context`.

Nothing here judges what a text says; it takes away what only a machine would read: characters that nobody sees, marks
that lay out a chat, and lines that look like the beginning of somebody's turn.
"""

import re

NAME_CHARS = 200
"""Of names, titles and labels."""

HIT_CHARS = 2_000
"""Of what a search found, or a turn in a prompt."""

# Control characters but for white space, soft hyphens and fillers, zero-width and bidirectional characters, invisible
# operators, selectors of variants, tags, halves of a surrogate pair, and what is no character.
UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f"
    "\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\ud800-\udfff"
    "\U000e0000-\U000e0fff]"
)
_ROLE = "system|assistant|human|user|developer|tool|function|instructions?|response|input"
_BRACKETED = re.compile(
    r"<\s?[|｜]\s?/?([^|｜<>\n]{1,60}?)\s?[|｜]\s?>"
    r"|<<\s?/?(SYS)\s?>>"
    r"|\[\s?/?(INST|SYS|SYSTEM_PROMPT|AVAILABLE_TOOLS|TOOL_CALLS|TOOL_RESULTS)\s?\]"
    r"|<\s?/?(s|start_of_turn|end_of_turn|function_calls|function_results|tool_call|tool_calls|tool_response|invoke"
    rf"|system_prompt|antml:\w+|{_ROLE})\b[^<>\n]{{0,200}}>",
    re.IGNORECASE,
)
_HEADING = re.compile(rf"(?<!#)#{{2,}}\s?({_ROLE})\b\s?[:：]?", re.IGNORECASE)
_OPENING = re.compile(
    rf"(^|[.!?;>)\]\"'“”*_#|-])( ?)({_ROLE})(?:\*\*)?\s?[:：]",
    re.IGNORECASE | re.MULTILINE,
)


def sanitise(text: str, *, chars: int) -> str:
    """At most so many characters, on one line. The same again changes nothing; may be empty."""
    lines = UNSEEN.sub("", text[: 8 * chars + 1_000]).splitlines()
    seen = "\n".join(" ".join(line.split()) for line in lines)  # so that no pattern walks through long blanks
    quiet = _OPENING.sub(r"\1\2\3 -", _HEADING.sub(r"\1 -", _BRACKETED.sub(_in_parentheses, seen)))
    return " ".join(quiet.split())[:chars].rstrip()


def _in_parentheses(found: re.Match[str]) -> str:
    return f"({next(group for group in found.groups() if group)})"
