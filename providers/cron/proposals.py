"""What somebody may have meant who wrote no schedule and no zone: proposals, for the sentence that refuses it.

See docs/decisions/0195.
"""

import re
from collections.abc import Collection

from core.slips import edits

UNITS = {"minute": "minute", "min": "minute", "hour": "hour", "day": "day", "week": "week", "month": "month"}
ONE = {"minute": "* * * * *", "hour": "@hourly", "day": "@daily", "week": "@weekly", "month": "@monthly"}
WORDS = {"hourly": "@hourly", "daily": "@daily", "weekly": "@weekly", "monthly": "@monthly", "yearly": "@yearly"}
EVERY = re.compile(r"(?:@?every\s+)?(\d{1,2})?\s*([a-z]+?)s?", re.IGNORECASE)
SHORT = {"m": "minute", "h": "hour", "d": "day"}
OFFSET = re.compile(r"(?:utc|gmt)?_?([+-])_?(\d{1,2})(?::?00)?")
MOST_EDITS = 2


def propose_schedule(text: str) -> str:
    """`every 5 minutes` is `*/5 * * * *`; "" where nobody can tell."""
    said = " ".join(text.lower().split())
    if said.removeprefix("@") in WORDS:
        return WORDS[said.removeprefix("@")]
    found = EVERY.fullmatch(said)
    if not found:
        return ""
    unit = SHORT.get(found[2]) or UNITS.get(found[2], "")
    count = int(found[1] or 1)
    if count == 1:
        return ONE.get(unit, "")
    if unit == "minute" and 60 % count == 0:
        return f"*/{count} * * * *"
    return f"0 */{count} * * *" if unit == "hour" and 24 % count == 0 else ""


def propose_zone(text: str, names: Collection[str]) -> str:
    """`Berlin` and `europe/berlin` are `Europe/Berlin`, and so is `Europe/Berln`; "" where nobody can tell."""
    said = "_".join(text.lower().split())
    if not said or len(said) > 40:
        return ""
    if offset := OFFSET.fullmatch(said):
        return _propose_offset(ahead=offset[1] == "+", hours=int(offset[2]), names=names)
    known = sorted(names)
    whole = [name for name in known if name.lower() == said]
    places = [name for name in known if "/" in name and name.lower().rpartition("/")[2] == said]
    alike = [name for name in known if abs(len(name) - len(said)) <= MOST_EDITS]
    near = [name for far, name in sorted((edits(name.lower(), said), name) for name in alike) if far <= MOST_EDITS]
    return next(iter(whole + places + (near if len(said) > 4 else [])), "")


def _propose_offset(*, ahead: bool, hours: int, names: Collection[str]) -> str:
    """`UTC+1` is `Etc/GMT-1`: the signs of these zones are the other way round, so it is said what theirs means."""
    if not hours:
        return "UTC"
    name = f"Etc/GMT{'-' if ahead else '+'}{hours}"
    return f"{name}, which is UTC{'+' if ahead else '-'}{hours}" if name in names else ""
