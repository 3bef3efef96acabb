"""Pictures as inline SVG, each with a text alternative. Pure: objects in, markup out; colours are classes."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC
from math import log1p

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from dashboard.providers.rows import STRIP_BARS
from dashboard.providers.run_timeline import Phase
from dashboard.words import plural, span_words
from providers.models import SyncRun

STRIP_HEIGHT = 22
STRIP_STEP = 7
LEAST_PHASE, PHASE_GAP = 1.2, 0.4


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


def phase_bar(phases: Sequence[Phase]) -> SafeString:
    """The stretches of a run side by side, as long as they took; the shortest can still be seen."""
    whole = sum(phase.took.total_seconds() for phase in phases) or 1.0
    widths = [max(LEAST_PHASE, 100 * phase.took.total_seconds() / whole) for phase in phases]
    scale, x, parts = (100 + PHASE_GAP) / (sum(widths) + PHASE_GAP * len(widths) or 1), 0.0, []
    for phase, width in zip(phases, widths, strict=True):
        parts.append((phase.colour, round(x, 2), round(width * scale, 2), _phase_words(phase)))
        x += (width + PHASE_GAP) * scale
    rects = format_html_join("", '<rect class="{}" x="{}" width="{}" height="10"><title>{}</title></rect>', parts)
    template = '<svg class="phases" viewBox="0 0 100 10" preserveAspectRatio="none" role="img" aria-label="{}">{}</svg>'
    return format_html(template, ", ".join(map(_phase_words, phases)), rects)


def _phase_words(phase: Phase) -> str:
    return f"{phase.name} {span_words(phase.took)}"


def run_strip(runs: Sequence[SyncRun]) -> SafeString:
    """The newest runs, given newest first, drawn oldest first at the right edge.

    A bar's height is its duration; one that failed is as high as can be, so that colour is not all that tells it.
    Bars that went well are one path, which keeps a long list of providers light; the others say what they were.
    """
    shown = list(reversed(runs[:STRIP_BARS]))
    blank = STRIP_BARS - len(shown)
    longest = max((_seconds(run) for run in shown), default=0.0)
    bars = [(place, _bar_height(run, longest=longest), run) for place, run in enumerate(shown, start=blank)]
    good = "".join(_upright(place, height) for place, height, run in bars if run.look.colour == "ok")
    told = [
        (run.look.colour, _upright(place, height), _run_words(run))
        for place, height, run in bars
        if run.look.colour != "ok"
    ]
    return format_html(
        '<svg class="strip" viewBox="0 0 {} {}" preserveAspectRatio="none" role="img" aria-label="{}">'
        '<path d="{}"/><path class="ok" d="{}"/>{}</svg>',
        STRIP_STEP * STRIP_BARS - 2,
        STRIP_HEIGHT,
        _strip_words(runs[:STRIP_BARS]),
        "".join(_upright(place, 3) for place in range(blank)),
        good,
        format_html_join("", '<path class="{}" d="{}"><title>{}</title></path>', told),
    )


def _upright(place: int, height: int) -> str:
    return f"M{STRIP_STEP * place} {STRIP_HEIGHT}v-{height}h5v{height}z"


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
