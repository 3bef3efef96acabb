#!/usr/bin/env bash
# striprtf 0.0.35: what it tells of rich text that no page shows, and what of the structure is left.
#
# It makes a text of rich text, so one would guess that the text is what a reader sees. Seen:
#   - hidden text (`\v`) and text that was struck out under revision marks (`\deleted`) are told among the rest;
#   - a footnote, which every page shows, is lost;
#   - a cell ends in a bar, which is no different from a bar that somebody wrote, and a merged cell is empty.
# So what is hidden from people reaches a model, notes do not, and a table cannot be told from a text with bars.
#
# Output: a line for each, then `as described`. Fails when any of it changes.
set -euo pipefail
room="$(mktemp -d)"
trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/python" -m pip install --quiet --disable-pip-version-check striprtf==0.0.35
"$room/venv/bin/python" - <<'PYTHON'
from striprtf.striprtf import rtf_to_text


def told(body):
    return rtf_to_text(r"{\rtf1\ansi\ansicpg1252\deff0{\fonttbl{\f0 Arial;}}" + body + "}")


unseen = told(r"\pard seen {\v hidden }{\deleted struck }end\par")
assert "hidden" in unseen and "struck" in unseen, unseen
print("unseen:", unseen.strip())

noted = told(r"\pard By train{\footnote\pard Or by ship.} always.\par")
assert noted.strip() == "By train always.", noted
print("a note:", noted.strip())

row = r"\trowd\cellx1\cellx2\pard\intbl %s\cell %s\cell\row"
table = told(row % ("a", "b") + r"\trowd\clvmrg\cellx1\cellx2\pard\intbl\cell c\cell\row")
assert table.strip() == told(r"\pard a|b|\par |c|\par").strip(), table
print("a table:", table.strip().split("\n"))
print("as described")
PYTHON
