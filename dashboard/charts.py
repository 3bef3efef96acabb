"""Pictures as inline SVG, each with a text alternative. Pure: objects in, markup out; colours are classes."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import log1p

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from dashboard.words import plural, span_words
from providers.models import SyncRun

STRIP_BARS = 30
STRIP_HEIGHT = 22
STRIP_STEP = 7
DAY = timedelta(hours=24)
CELLS = 96
CELL = DAY / CELLS
NAME_WIDTH, CELL_WIDTH, ROW_HEIGHT, AXIS_HEIGHT = 150, 10, 18, 22


def bar(share: float, *, label: str) -> SafeString:
    """A share of 0 to 1 as a filled line."""
    width = round(100 * min(1.0, max(0.0, share)), 1)
    return format_html(
        '<svg class="bar" viewBox="0 0 100 6" preserveAspectRatio="none" role="img" aria-label="{}">'
        '<rect width="{}" height="6"/></svg>',
        label,
        width,
    )


def split_bar(parts: Sequence[tuple[str, float]]) -> SafeString:
    """Milliseconds of each named part as its share of one line; the first is drawn lighter."""
    total = sum(ms for _, ms in parts) or 1.0
    label = ", ".join(f"{name} {ms:.1f} ms" for name, ms in parts)
    at, drawn = 0.0, []
    for number, (_, ms) in enumerate(parts):
        drawn.append((f"part-{number}", round(at, 1), round(100 * ms / total, 1)))
        at += 100 * ms / total
    rects = format_html_join("", '<rect class="{}" x="{}" width="{}" height="6"/>', drawn)
    return format_html(
        '<svg class="bar split" viewBox="0 0 100 6" preserveAspectRatio="none" role="img" aria-label="{}">{}</svg>',
        label,
        rects,
    )


def run_strip(runs: Sequence[SyncRun]) -> SafeString:
    """The newest runs, given newest first, drawn oldest first at the right edge.

    A bar's height is its duration; one that ended badly is as high as can be, so that colour is not all that tells it.
    """
    shown = list(reversed(runs[:STRIP_BARS]))
    blank = STRIP_BARS - len(shown)
    longest = max((_seconds(run) for run in shown), default=0.0)
    dots = [(STRIP_STEP * place, STRIP_HEIGHT - 3, 3, "", "") for place in range(blank)]
    bars = []
    for place, run in enumerate(shown, start=blank):
        height = _bar_height(run, longest=longest)
        bars.append((STRIP_STEP * place, STRIP_HEIGHT - height, height, run.look.colour, _run_words(run)))
    return format_html(
        '<svg class="strip" viewBox="0 0 {} {}" preserveAspectRatio="none" role="img" aria-label="{}">{}</svg>',
        STRIP_STEP * STRIP_BARS - 2,
        STRIP_HEIGHT,
        _strip_words(runs[:STRIP_BARS]),
        format_html_join(
            "",
            '<rect x="{}" y="{}" width="5" height="{}" rx="1.5" class="{}"><title>{}</title></rect>',
            [*dots, *bars],
        ),
    )


def _bar_height(run: SyncRun, *, longest: float) -> int:
    if run.look.colour == "bad":
        return STRIP_HEIGHT
    return 4 + (round((STRIP_HEIGHT - 8) * log1p(_seconds(run)) / log1p(longest)) if longest else 0)


def _seconds(run: SyncRun) -> float:
    return run.duration.total_seconds() if run.duration else 0.0


def _run_words(run: SyncRun) -> str:
    took = f", {span_words(run.duration)}" if run.duration else ""
    return f"{run.queued_at.astimezone(UTC):%d %b %H:%M} UTC: {run.look.label.lower()}{took}"


def _strip_words(runs: Sequence[SyncRun]) -> str:
    if not runs:
        return "No runs yet"
    counts = Counter(run.look.label.lower() for run in runs)
    ended = ", ".join(f"{count} {label}" for label, count in counts.most_common())
    return f"Last {plural(len(runs), 'run')}: {ended}; newest {runs[0].look.label.lower()}"


@dataclass(frozen=True, kw_only=True)
class Lane:
    """One provider in a timeline: its planned starts, ascending, or a note why there are none."""

    name: str
    fires: Sequence[datetime] = ()
    note: str = ""


def quarter_of(at: datetime) -> datetime:
    """When the quarter of an hour began, in UTC."""
    at = at.astimezone(UTC)
    return at.replace(minute=at.minute // 15 * 15, second=0, microsecond=0)


def timeline(lanes: Sequence[Lane], *, start: datetime) -> SafeString:
    """The 24 hours from `start` in quarter-hour cells, one line a lane, hours in UTC."""
    origin = quarter_of(start)
    width, height = NAME_WIDTH + CELLS * CELL_WIDTH, AXIS_HEIGHT + ROW_HEIGHT * len(lanes)
    rows = [_lane(lane, AXIS_HEIGHT + ROW_HEIGHT * row, origin) for row, lane in enumerate(lanes)]
    return format_html(
        '<svg class="timeline" viewBox="0 0 {} {}" role="img" aria-label="{}">{}{}</svg>',
        width,
        height,
        f"Planned syncs in the next 24 hours. {'. '.join(map(_lane_words, lanes))}.",
        _hours(origin, height),
        format_html_join("", "{}", ((row,) for row in rows)),
    )


def _hours(origin: datetime, height: int) -> SafeString:
    marks = []
    for cell in range(CELLS):
        at, x = origin + CELL * cell, NAME_WIDTH + cell * CELL_WIDTH
        if at.hour % 2 == 0 and at.minute == 0:
            marks.append((x, x, height, x + 3, f"{at.hour:02}"))
    return format_html_join("", '<line x1="{}" y1="2" x2="{}" y2="{}"/><text x="{}" y="12">{}</text>', marks)


def _lane(lane: Lane, y: int, origin: datetime) -> SafeString:
    cells = sorted({(fire - origin) // CELL for fire in lane.fires} & set(range(CELLS)))
    name = lane.name if len(lane.name) <= 22 else f"{lane.name[:21]}…"
    return format_html(
        '<text class="name" x="0" y="{}">{}</text>{}{}',
        y + 11,
        name,
        format_html('<text x="{}" y="{}">{}</text>', NAME_WIDTH + 3, y + 11, lane.note) if lane.note else "",
        format_html_join(
            "",
            '<rect class="fire" x="{}" y="{}" width="8" height="13" rx="2"/>',
            ((NAME_WIDTH + cell * CELL_WIDTH + 1, y + 1) for cell in cells),
        ),
    )


def _lane_words(lane: Lane) -> str:
    if lane.note:
        return f"{lane.name}: {lane.note}"
    return f"{lane.name}: {f'next at {lane.fires[0]:%H:%M} UTC' if lane.fires else 'none'}"
