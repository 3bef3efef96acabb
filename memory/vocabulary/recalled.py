"""Lines that we ourselves gave out, which an agent may send back as part of a turn: nobody said them anew.

Every line of a `/context` block begins with MARK. In a turn such a line is blanked, whatever stands before the mark
that lists or quotes it, and the rest keeps its place.
"""

import re

MARK = "[memory]"
_RECALLED = re.compile(rf"^[ \t>*•|-]*(?:\d+[.)][ \t]*)?{re.escape(MARK)}.*$", re.MULTILINE)


def recalled_line(text: str) -> str:
    """One line of a `/context` block; `text` is sanitised."""
    return f"{MARK} {text}"


def blank_recalled(text: str) -> str:
    """The same number of characters, with spaces where a line was ours."""
    return _RECALLED.sub(lambda found: " " * len(found[0]), text) if MARK in text else text
