"""The pages that are written from the declarations: `.env.example`, and the table in `docs/reference/limits.md`."""

import re
import textwrap
from pathlib import Path

from pydantic.fields import FieldInfo

from config.env.base import BASE_DIR, Variables
from config.env.kinds import declared
from config.env.variables import GROUPS

WIDTH = 120
BEGIN, END = "<!-- written by `python -m config.env` -->\n", "<!-- up to here -->\n"
HEAD = """\
# Every variable that Larder reads, with its default below what it is for. `manage.py up` needs none of them.
# Written by `python -m config.env` from what config/env declares.
"""


def pages() -> dict[Path, str]:
    """Each page's text as it should be."""
    limits = BASE_DIR / "docs" / "reference" / "limits.md"
    return {BASE_DIR / ".env.example": example_file(), limits: with_table(limits.read_text(encoding="utf-8"))}


def write_pages() -> list[Path]:
    """Those that had to be written anew."""
    changed = {path: text for path, text in pages().items() if path.read_text(encoding="utf-8") != text}
    for path, text in changed.items():
        path.write_text(text, encoding="utf-8")
    return list(changed)


def example_file() -> str:
    return "\n".join([HEAD, *map(_section, GROUPS)])


def with_table(page: str) -> str:
    """The page with the table between its two marks."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}{limits_table()}{END}{after}"


def limits_table() -> str:
    fields = [each for group in GROUPS for each in group.model_fields.items() if declared(each[1]).is_limit]
    head = "| setting | default | accepts | what it bounds |\n|---|---|---|---|\n"
    return head + "".join(f"{_row(name, field)}\n" for name, field in fields)


def _section(group: type[Variables]) -> str:
    variables = [_variable(name, field) for name, field in group.model_fields.items()]
    return "\n".join([f"# --- {group.__doc__}", *variables, ""])


def _variable(name: str, field: FieldInfo) -> str:
    """What it is for stands above it: not every program that reads such a file knows comments behind a value."""
    about = declared(field)
    measure = ", ".join(filter(None, [about.unit, about.accepts]))
    said = _plain(field.description or "") + (f" ({measure})" if measure else "")
    lines = textwrap.wrap(said, WIDTH, initial_indent="# ", subsequent_indent="# ", break_on_hyphens=False)
    return "\n".join([*lines, f"# {name}={about.default}"])


def _row(name: str, field: FieldInfo) -> str:
    about = declared(field)
    default = f"{int(about.default):,} {about.unit}".strip()
    return f"| `{name}` | {default} | {about.accepts} | {field.description} |"


def _plain(markdown: str) -> str:
    """Without its links."""
    return re.sub(r"\[([^]]+)\]\([^)]+\)", r"\1", markdown)
