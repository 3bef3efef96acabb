"""Times that come again as one token each, and the one that opens a clause at its end."""

from collections.abc import Sequence
from dataclasses import replace

from memory.extraction.rules.general.complements import repeats
from memory.extraction.rules.text.lexicon import BE, spelled_number
from memory.extraction.rules.text.phrases import join_tokens
from memory.extraction.rules.text.tokens import Token
from memory.extraction.rules.text.words import words
from memory.extraction.rules.times.clocks import PARTS
from memory.extraction.rules.times.moments import MONTHS, WEEKDAYS

AGAIN = "again"
"""The kind of a token that says how often."""
_SPANS = words("day week month year morning evening night afternoon hour quarter fortnight weekend term season")
_SPANS |= words("spring summer autumn winter christmas easter lunchtime time") | WEEKDAYS.keys() | MONTHS.keys()
_ALONE = words("nightly daily weekly fortnightly monthly quarterly yearly annually")
_OFTEN = words("a an per each every")
_MANY = words("mornings evenings nights afternoons days weekends weekdays weeks weeknights bank-holidays") | {
    f"{day}s" for day in WEEKDAYS
}


def with_again(tokens: Sequence[Token]) -> list[Token]:
    """One pass: `every other Tuesday`, `on Friday nights`, `most mornings`, `twice a week`, `weekly` as tokens."""
    made, at = [], 0
    while at < len(tokens):
        width = max(1, _width(tokens, at))
        one = width == 1 and not _says_again(tokens[at], tokens, at)
        made.append(tokens[at] if one else _joined(tokens[at : at + width]))
        at += width
    return _unfronted(_paired(made))


def _paired(tokens: list[Token]) -> list[Token]:
    """`Tuesdays and Fridays`, `Monday and Thursday`: both of them as one."""
    made: list[Token] = []
    for token in tokens:
        made.append(token)
        if len(made) > 2 and made[-2].low in ("and", "or", "&") and _is_pair(made[-3], token):
            made[-3:] = [_joined(made[-3:])]
    return made


def _is_pair(first: Token, second: Token) -> bool:
    if AGAIN in (first.kind, second.kind):
        return _is_often(first) and _is_often(second)
    return first.low.removeprefix("on ") in WEEKDAYS and second.low in WEEKDAYS


def _is_often(token: Token) -> bool:
    return token.kind == AGAIN or token.low.removesuffix("s") in WEEKDAYS


def _joined(run: Sequence[Token]) -> Token:
    text = join_tokens(run)
    return Token(text, text.casefold(), run[0].start, run[-1].end, AGAIN)


def _says_again(token: Token, tokens: Sequence[Token], at: int) -> bool:
    if token.kind == "time":
        return repeats(token.low) or _is_daytime(token.low) or _spans(tokens, at)
    first = at == 0 or at == len(tokens) - 1
    owned = at > 0 and tokens[at - 1].low in ("my", "our", "the", "a")  # `my daily scrum`
    return (token.low in _ALONE and not owned) or (first and token.low in _MANY - {"days", "nights", "weeks"})


def _is_daytime(low: str) -> bool:
    """`in the morning`, `at night`, `at weekends`."""
    if low in _SEASONS:
        return True
    return low.startswith(("in the ", "at ")) and low.rpartition(" ")[2] in _DAYTIMES


_SEASONS = ("in winter", "in summer", "in spring", "in autumn")
_DAYTIMES = words(
    "morning afternoon evening night weekends noon midnight lunchtime dawn dusk winter summer spring autumn fall"
)


def _spans(tokens: Sequence[Token], at: int) -> bool:
    """`from Monday to Friday`, in whichever half of it."""
    day = tokens[at].low.partition(" ")[2] in WEEKDAYS
    after, before = tokens[at + 1 : at + 2], tokens[max(0, at - 1) : at]
    opens = tokens[at].low.startswith("from ") and any(each.low.startswith(("to ", "till ")) for each in after)
    closes = tokens[at].low.startswith(("to ", "till ")) and any(each.low.startswith("from ") for each in before)
    return day and (opens or closes)


def _width(tokens: Sequence[Token], at: int) -> int:
    """How many tokens at `at` say how often; 0 where they do not."""
    lows = [token.low for token in tokens[at : at + 4]] + [""] * 4
    if width := _nth(tokens, at):
        return width
    if tokens[at].kind == "time":
        return 2 if lows[1] in PARTS and not repeats(lows[0]) else 0
    if lows[:2] == ["on", "a"] and lows[2] in WEEKDAYS:
        return 3
    days = [lows[at].removesuffix("s") in WEEKDAYS for at in (0, 2)]
    if all(days) and lows[1] in ("to", "till", "until", "through", "-", "–"):
        return 3
    if lows[0] in ("every", "each"):
        if at and tokens[at - 1].low in ("before", "after", "at", "during", "on", "for") and tokens[at + 1 : at + 2]:
            return 2 if tokens[at + 1].is_word and lows[1] not in _NO_TIMES else 0
        ranked = lows[1] in ("other", "second", "third", "single", "few") or spelled_number(lows[1]) is not None
        return 2 + ranked if lows[1 + ranked].removesuffix("s") in _SPANS else 0
    if tuple(lows[:3]) in _FEASTS or tuple(lows[:2]) in _FEASTS:
        return 3 if tuple(lows[:3]) in _FEASTS else 2
    if lows[0] in ("most", "some", "all") and lows[1] in _MANY:
        return 2
    return _counted(lows)


_DAYS_OF_FEAST = """good friday|christmas|christmas day|christmas eve|easter|easter sunday|ramadan|shabbat|diwali
|thanksgiving|new year's|bank holidays|public holidays|eid|passover|lent"""
_IN_A_WEEK = {("during", "the", part) for part in ("week", "day", "night", "summer", "winter")}
_FEASTS = {(joint, *feast.split()) for joint in ("on", "at", "over", "during") for feast in _DAYS_OF_FEAST.split("|")}
"""`on Good Friday`, `during Ramadan`."""
_FEASTS |= _IN_A_WEEK


_NO_TIMES = words("one other chance opportunity turn corner step point penny word body")


def _nth(tokens: Sequence[Token], at: int) -> int:
    """`on the last Friday of the month`, `on the first of every month`."""
    lows = [word for token in tokens[at : at + 7] for word in token.low.split(" ")]
    if lows[:1] == ["the"] and at and tokens[at - 1].low in (*BE, "'s"):
        width = _nth([replace(tokens[at], text="on", low="on"), *tokens[at : at + 7]], 0)
        return width - 1 if width else 0
    merged = tokens[at].low.count(" ")
    if lows[:2] != ["on", "the"] or len(lows) < 5 or lows[2] not in _RANKED:
        return 0
    day = lows[3] in WEEKDAYS
    rest = lows[3 + day : 6 + day]
    often = len(rest) == 3 and rest[0] == "of" and rest[1] in ("the", "every", "each") and rest[2] in _SPANS
    return 6 + day - merged if often else 0


_RANKED = words("first second third fourth last 1st 2nd 3rd 4th") | {f"{day}th" for day in range(5, 32)}


def _counted(lows: Sequence[str]) -> int:
    """`twice a week`, `three times a month`, `two evenings a week`."""
    if lows[0] in ("once", "twice") and lows[1] in _OFTEN and lows[2] in _SPANS:
        return 3
    numbered = lows[0].isdecimal() or spelled_number(lows[0]) is not None
    counted = numbered and (lows[1] == "times" or lows[1] in _MANY or lows[1] in ("hours", "nights"))
    return 4 if counted and lows[2] in _OFTEN and lows[3] in _SPANS else 0


def _unfronted(tokens: list[Token]) -> list[Token]:
    if len(tokens) < 4 or tokens[0].kind != AGAIN or tokens[1].low in BE:
        return tokens
    rest = tokens[2:] if tokens[1].text == "," else tokens[1:]
    start = rest[-1].end + 1
    text = tokens[0].text
    moved = replace(tokens[0], text=text[:1].lower() + text[1:] if not _is_day(text) else text, start=start)
    return [*rest, replace(moved, end=start + len(text))]


def _is_day(text: str) -> bool:
    return text.casefold().split(" ")[0].removesuffix("s") in WEEKDAYS
