"""The day ahead as a picture: columns for all syncs, so that herds stand out, and a lane for each provider or schedule.

Pure: a Day in, inline SVG with a text alternative out; colours are classes.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from dashboard.charts.day_ahead import (
    CELL_MINUTES,
    CELLS,
    MINUTE,
    Day,
    Lane,
)
from dashboard.words import plural

CELL = CELL_MINUTES * MINUTE
NAME_WIDTH, CELL_WIDTH, ROW_HEIGHT, AXIS_HEIGHT = 150, 10, 18, 22
COLUMNS_HEIGHT, COLUMNS_GAP, NAME_CHARS = 56, 12, 22
BUSY = (1, 2, 5)
"""From so many starts in a quarter of an hour on a mark is light, middling, dark."""


def draw_day(day: Day, *, capacity: int) -> SafeString:
    """Hours in UTC. `capacity`: so many syncs run at once; what begins beyond it in one minute has to wait."""
    lanes_top = AXIS_HEIGHT + COLUMNS_HEIGHT + COLUMNS_GAP
    width, height = NAME_WIDTH + CELLS * CELL_WIDTH, lanes_top + ROW_HEIGHT * len(day.lanes)
    return format_html(
        '<svg class="timeline" viewBox="0 0 {} {}" role="img" aria-label="{}">{}{}{}</svg>',
        width,
        height,
        describe_day(day),
        _hours(day, height),
        _columns(day, capacity=capacity),
        _lanes(day.lanes, top=lanes_top),
    )


def describe_day(day: Day) -> str:
    """The picture in words."""
    whole = f"{plural(day.total, 'sync')} planned in the next 24 hours"
    if day.total:
        whole += f", at most {day.most:,} in one minute, at {day.busiest_at:%H:%M} UTC"
    return f"{whole}. {'. '.join(map(_lane_words, day.lanes))}."


def _lane_words(lane: Lane) -> str:
    return f"{lane.name}: {f'next at {lane.first_at:%H:%M} UTC' if lane.first_at else lane.note}"


def _hours(day: Day, height: int) -> SafeString:
    marks = []
    for cell in range(CELLS):
        at, x = day.start + CELL * cell, NAME_WIDTH + cell * CELL_WIDTH
        if at.hour % 2 == 0 and at.minute == 0 and cell < CELLS - 2:  # the last word would be cut off
            marks.append((x, x, height, x + 3, f"{at.hour:02}"))
    return format_html_join("", '<line x1="{}" y1="2" x2="{}" y2="{}"/><text x="{}" y="12">{}</text>', marks)


def _columns(day: Day, *, capacity: int) -> SafeString:
    """Each quarter of an hour as high as its busiest minute."""
    bars = []
    for place in range(CELLS):
        total, most = sum(day.cell(place)), max(day.cell(place))
        if total:
            height = max(3, round(COLUMNS_HEIGHT * most / day.most))
            x, y = NAME_WIDTH + place * CELL_WIDTH + 1, AXIS_HEIGHT + COLUMNS_HEIGHT - height
            look = "herd" if most > capacity else "fire"
            bars.append((look, x, y, height, _column_words(day.start + CELL * place, total=total, most=most)))
    return format_html(
        '<text class="name" x="0" y="{}">starts in a minute</text><text x="{}" y="{}" text-anchor="end">{}</text>'
        '<text x="{}" y="{}" text-anchor="end">0</text><path class="base" d="M{} {}h{}"/>{}',
        AXIS_HEIGHT + 11,
        NAME_WIDTH - 6,
        AXIS_HEIGHT + 11,
        day.most,
        NAME_WIDTH - 6,
        AXIS_HEIGHT + COLUMNS_HEIGHT,
        NAME_WIDTH,
        AXIS_HEIGHT + COLUMNS_HEIGHT + 0.5,
        CELLS * CELL_WIDTH,
        format_html_join(
            "", '<rect class="{}" x="{}" y="{}" width="8" height="{}" rx="1.5"><title>{}</title></rect>', bars
        ),
    )


def _column_words(at: datetime, *, total: int, most: int) -> str:
    return f"{at:%H:%M} UTC: {plural(total, 'start')}, at most {most:,} in a minute"


def _lanes(lanes: Sequence[Lane], *, top: int) -> SafeString:
    rows = [(lane, top + ROW_HEIGHT * row) for row, lane in enumerate(lanes)]
    return format_html_join("", "{}{}", ((_name(lane, y), _marks(lane, y)) for lane, y in rows))


def _name(lane: Lane, y: int) -> SafeString:
    shown = lane.name if len(lane.name) <= NAME_CHARS else f"{lane.name[: NAME_CHARS - 1]}…"
    template = '<text class="name" x="0" y="{}">{}<title>{}</title></text>'
    return format_html(template, y + 11, shown, _lane_words(lane))


def _marks(lane: Lane, y: int) -> SafeString:
    """One path for all marks that are equally busy: a thousand rectangles would outweigh the rest of the page."""
    if lane.note:
        return format_html('<text x="{}" y="{}">{}</text>', NAME_WIDTH + 3, y + 11, lane.note)
    levels: dict[int, list[str]] = defaultdict(list)
    for place, count in enumerate(lane.cells):
        if level := bisect_right(BUSY, count):
            levels[level].append(f"M{NAME_WIDTH + place * CELL_WIDTH + 1} {y + 1}h8v13h-8z")
    paths = ((level, "".join(shapes)) for level, shapes in levels.items())
    return format_html_join("", '<path class="fire l{}" d="{}"/>', paths)
