"""Numbers as a spreadsheet shows them by their format: `7.5%`, `00042`, `$1,234.50`, `30:05`.

Dates and times of day are no matter of this module, nor are fractions and conditions: who asks for one gets None.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

Shown = Callable[[float], str]

BUILT_IN = {
    1: "0",
    2: "0.00",
    3: "#,##0",
    4: "#,##0.00",
    9: "0%",
    10: "0.00%",
    11: "0.00E+00",
    45: "mm:ss",
    46: "[h]:mm:ss",
    **dict.fromkeys((5, 6), '"$"#,##0_);("$"#,##0)'),
    **dict.fromkeys((7, 8), '"$"#,##0.00_);("$"#,##0.00)'),
    **dict.fromkeys((37, 38), "#,##0_);(#,##0)"),
    **dict.fromkeys((39, 40), "#,##0.00_);(#,##0.00)"),
    41: "#,##0;-#,##0",
    42: '"$"#,##0;-"$"#,##0',
    43: "#,##0.00;-#,##0.00",
    44: '"$"#,##0.00;-"$"#,##0.00',
}
"""Those that no file spells out, without what only fills a column."""

TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"|\\(?P<escaped>.)|[_*].|\[\$(?P<currency>[^\]-]*)[^\]]*\]|\[(?P<elapsed>h+|m+|s+)\]'
    r"|\[(?P<colour>black|blue|cyan|green|magenta|red|white|yellow|color\s*\d+)\]|(?P<other>\[[^\]]*\])"
    r"|(?P<general>general)|(?P<digits>[0#?][0#?,]*(?:\.[0#?]*)?,*(?:e[+-][0#?]+)?|\.[0#?]+)|(?P<date>[dmyhsagb])|(?P<literal>.)",
    re.IGNORECASE | re.DOTALL,
)
ELAPSED = re.compile(r"(?:\[(h+)\]|\[(m+)\]|\[(s+)\]|mm?(?=:ss))(:mm)?(:ss)?(\.0+)?", re.IGNORECASE)
MOST_CODE_CHARS, MOST_NUDGED = 255, 1e13
DIGIT = re.compile("[1-9]")
NEARLY = 1 + 2**-51
"""A half that the machine keeps as a little less is rounded up all the same, as the format's own programs do."""


@dataclass(frozen=True)
class Section:
    """What stands before, between and behind runs of digits, one more than there are runs."""

    around: Sequence[str]
    runs: Sequence[str]

    @property
    def show(self) -> Shown:
        """Made ready once, as a sheet has thousands of cells of one format."""
        if len(self.runs) != 1:
            return partial(_masked, self)
        before, behind = self.around
        times, number = 100.0 ** (before + behind).count("%"), _number(self.runs[0])
        return lambda value: f"{before}{number(value * times)}{behind}"


def shown_by(code: str) -> Shown | None:
    """How numbers of this format are shown; None where it is general, of a date, or beyond what is known here."""
    if not code or len(code) > MOST_CODE_CHARS:
        return None
    if clock := ELAPSED.fullmatch(code.partition(";")[0].removesuffix("@").strip()):
        return partial(_elapsed, clock)
    sections = [_section(part) for part in _parts(code)[:3]]
    if not sections[0] or not sections[0].runs or None in sections:
        return None
    return _by_sign([section.show for section in sections if section is not None])


def _parts(code: str) -> list[str]:
    return re.findall(r'(?:"[^"]*"|\\.|[^;"\\])+', code)


def _section(part: str) -> Section | None:
    around, runs = [""], list[str]()
    for token in TOKEN.finditer(part):
        kind, text = token.lastgroup or "", token[0]
        if kind in ("elapsed", "other", "general", "date") or text in ("/", "@"):
            return None
        if kind == "digits":
            runs.append(text)
            around.append("")
        elif kind in ("quoted", "escaped", "currency", "literal"):
            around[-1] += token[kind]
    return Section(around, runs)


def _by_sign(shows: Sequence[Shown]) -> Shown:
    """The first for all numbers, unless there are others for those below zero and for zero."""
    above, below, zero = shows[0], shows[min(1, len(shows) - 1)], shows[2 if len(shows) > 2 else 0]
    signed = len(shows) > 1

    def show(value: float) -> str:
        if value > 0:
            return above(value).strip()
        if value == 0:
            return zero(value).strip()
        shown = below(-value).strip()
        return shown if signed or not DIGIT.search(shown) else f"-{shown}"

    return show


def _number(digits: str) -> Shown:
    mantissa, exponent, _ = digits.lower().partition("e")
    bare = mantissa.rstrip(",")
    whole, _, broken = bare.partition(".")
    least, optional = 1000.0 ** (len(mantissa) - len(bare)), len(broken) - broken.count("0")
    if exponent:
        spec = f".{len(broken)}E"
    elif "," in whole:
        spec = f",.{len(broken)}f"
    else:
        point = len(broken) and len(broken) + 1
        spec = f"0{max(whole.count('0'), 1) + point}.{len(broken)}f"
    if optional and not exponent:
        return lambda value: _without_zeros(format(_nudged(value / least), spec), optional)
    return lambda value: format(_nudged(value / least), spec)


def _nudged(value: float) -> float:
    return value * NEARLY if -MOST_NUDGED < value < MOST_NUDGED else value


def _without_zeros(shown: str, optional: int) -> str:
    for _ in range(optional):
        shown = shown.removesuffix("0")
    return shown.removesuffix(".")


def _masked(section: Section, value: float) -> str:
    """Digits from the right into runs that literals part: `000-00-0000`."""
    if not section.runs or any(set(run) - set("0#?") for run in section.runs):
        return "".join(section.around) if not section.runs else f"{value:.15g}"
    left, shown = f"{_nudged(value):.0f}", [section.around[-1]]
    for number in range(len(section.runs) - 1, -1, -1):
        run = section.runs[number]
        left, taken = (left[: -len(run)], left[-len(run) :]) if number else ("", left)
        shown += [taken.zfill(run.count("0")), section.around[number]]
    return "".join(reversed(shown))


def _elapsed(clock: re.Match[str], days: float) -> str:
    """Hours, minutes or seconds that may be more than a day has; `mm:ss` has the minutes of its hour."""
    decimals = len(clock[6] or ".") - 1
    seconds = round(abs(days) * 86_400, decimals)
    told = f"{seconds % 60:0{3 + decimals if decimals else 2}.{decimals}f}"
    minutes, hours = int(seconds // 60), int(seconds // 3600)
    sign = "-" if days < 0 else ""
    if clock[1]:
        behind = (f":{minutes % 60:02d}" if clock[4] else "") + (f":{told}" if clock[5] else "")
        return f"{sign}{hours:0{len(clock[1])}d}{behind}"
    if clock[3]:
        return f"{sign}{seconds:.{decimals}f}"
    minutes = minutes if clock[2] else minutes % 60
    return f"{sign}{minutes:0{len(clock[2] or 'mm')}d}" + (f":{told}" if clock[5] else "")
