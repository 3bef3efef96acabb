"""What templates of the pages say in one word."""

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import zip_longest
from re import Pattern
from typing import Any
from urllib.parse import urlencode

from django import template
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from dashboard import charts, words
from dashboard.highlight import show_best
from dashboard.provider_rows import Look
from dashboard.run_story import Phase
from knowledge.diff import Op, Span
from knowledge.models import AuditEntry, Change, Document, HeldDeletion
from knowledge.search import Hit
from providers.alerts.models import Alert
from providers.models import State, SyncRun
from providers.readiness import ReadinessRow

register = template.Library()

DUE_FOR = timedelta(seconds=30)

CHANGE_LOOKS = {
    Change.Kind.CREATED: ("ok", "+"),
    Change.Kind.UPDATED: ("run", "~"),
    Change.Kind.RENEWED: ("idle", "="),
    Change.Kind.DELETED: ("bad", "−"),
    Change.Kind.RESTORED: ("ok", "↩"),
}

VERB_LOOKS = {"create": ("ok", "+"), "update": ("run", "~"), "disable": ("idle", "‖")}
DEEDS = {"create": "added it", "pause": "paused it", "resume": "resumed it", "update": "changed it"}
ALERT_LOOKS = {"queued": ("run", "…"), "delivered": ("ok", "✓"), "failed": ("bad", "✕")}
KEY_LOOKS = {"usable": ("ok", "✓"), "expired": ("warn", "◔"), "revoked": ("idle", "–")}
STEP_LOOKS = {"ok": ("✓", "Well"), "warn": ("!", "Look"), "bad": ("✕", "Wrong")}
HELD_LOOKS = {
    HeldDeletion.State.PENDING: ("warn", "!", "Held for approval"),
    HeldDeletion.State.APPROVED: ("bad", "−", "Approved"),
    HeldDeletion.State.DISCARDED: ("ok", "✓", "Kept"),
    HeldDeletion.State.SUPERSEDED: ("idle", "»", "Judged anew"),
}


# --- times and numbers ------------------------------------------------------------------------------------------------


@register.filter
def relative(at: datetime | None, now: datetime) -> SafeString | str:
    """Relative in sight, exact and zoned on hover."""
    if at is None:
        return "never"
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        at.isoformat(),
        words.exact_words(at),
        words.relative_words(at, now=now),
    )


@register.filter
def stamp(at: datetime) -> SafeString:
    """Day and second in sight, the year on hover."""
    shown = f"{at.astimezone(UTC):%-d %b %H:%M:%S} UTC"
    return format_html('<time datetime="{}" title="{}">{}</time>', at.isoformat(), words.exact_words(at), shown)


@register.filter
def exact(at: datetime) -> str:
    return words.exact_words(at)


@register.filter
def clock(at: datetime) -> str:
    """Hour, minute and second in UTC, for what lies minutes apart."""
    return f"{at.astimezone(UTC):%H:%M:%S}"


@register.filter
def clock_minute(at: datetime) -> str:
    """Hour and minute in UTC."""
    return f"{at.astimezone(UTC):%H:%M}"


@register.filter
def wall(at: datetime) -> str:
    """What a clock on the wall shows, in the instant's own zone."""
    return f"{at:%a %-d %b %H:%M}"


@register.filter
def next_start(at: datetime, now: datetime) -> SafeString:
    """A planned time that has passed is overdue: the dispatcher is late or away."""
    said = f"next {words.relative_words(at, now=now)}"
    if at < now:
        said = "due now" if now - at < DUE_FOR else f"overdue by {words.span_words(now - at)}"
    return format_html('<time datetime="{}" title="{}">{}</time>', at.isoformat(), words.exact_words(at), said)


@register.filter
def span(value: timedelta | None) -> str:
    return words.span_words(value) if value is not None else "–"


@register.filter
def percent(share: float) -> str:
    """Whole, but 100 only where it is all of it and 0 only where it is nothing."""
    rounded = round(100 * share)
    return f"{min(rounded, 99) if share < 1 else 100} %" if rounded else ("0 %" if not share else "< 1 %")


@register.filter
def milliseconds(value: float) -> str:
    return f"{value:.1f} ms" if value < 100 else f"{value:,.0f} ms"


@register.filter
def count(value: int, noun: str) -> str:
    """`3|count:"run"`; an irregular plural after a comma: `3|count:"entry,entries"`."""
    one, _, many = noun.partition(",")
    return words.plural(value, one, many)


@register.filter
def noun(value: int, one: str) -> str:
    """The noun alone, for a number that stands elsewhere."""
    return one if value == 1 else one + "s"


@register.filter
def plus_days(at: datetime, days: int) -> datetime:
    return at + timedelta(days=days)


@register.filter
def moment(at: datetime, now: datetime) -> str:
    """ "today 14:20", "19 Nov 14:20", in UTC."""
    return words.moment_words(at, now=now)


@register.filter
def with_code(sentence: str) -> SafeString:
    """What stands between backticks as code; everything else as it is."""
    parts = sentence.split("`")
    pairs = zip_longest(parts[::2], parts[1::2], fillvalue="")
    return format_html_join("", "{}{}", ((said, _code(code)) for said, code in pairs))


def _code(text: str) -> SafeString | str:
    return format_html("<code>{}</code>", text) if text else ""


# --- state: icon, word, colour ----------------------------------------------------------------------------------------


@register.simple_tag
def badge(colour: str, icon: str, label: str) -> SafeString:
    turning = " turning" if icon == State.RUNNING.icon else ""
    return format_html(
        '<span class="state {}{}"><span class="icon" aria-hidden="true">{}</span>{}</span>',
        colour,
        turning,
        icon,
        label,
    )


@register.filter
def state_badge(look: State | Look) -> SafeString:
    return badge(look.colour, look.icon, str(look.label))


@register.filter
def step_badge(step: ReadinessRow) -> SafeString:
    icon, label = STEP_LOOKS[step.state]
    return badge(step.state, icon, label)


@register.filter
def alert_badge(alert: Alert) -> SafeString:
    return badge(*ALERT_LOOKS[alert.state], str(Alert.State(alert.state).label))


@register.filter
def key_badge(state: str) -> SafeString:
    return badge(*KEY_LOOKS[state], state)


@register.filter
def audit_fields(entry: AuditEntry) -> list[tuple[str, str, str]]:
    """Name, before and after of every field; "" where there was none, and one that has gone is "none" after.

    A field that was not there before and holds nothing now says nothing.
    """
    names = [name for name, value in entry.after.items() if name in entry.before or value is not None]
    names += [name for name in entry.before if name not in entry.after]
    return [(name, _value(entry.before.get(name)), _value(entry.after.get(name)) or "none") for name in names]


def _value(value: Any) -> str:
    shown = "" if value is None else value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return shown if len(shown) <= 200 else f"{shown[:199]}…"


@register.filter
def deed(entry: AuditEntry) -> str:
    """What somebody did to a provider, to follow the name of who did."""
    verb = entry.verb.partition(".")[2]
    return DEEDS.get(verb, verb)


@register.filter
def field_words(name: str) -> str:
    """A field's name as people say it."""
    return name.replace("_", " ").removeprefix("sync ")


@register.filter
def verb_badge(verb: str) -> SafeString:
    return badge(*VERB_LOOKS[verb], verb)


@register.filter
def change_badge(change: Change) -> SafeString:
    colour, icon = CHANGE_LOOKS[Change.Kind(change.kind)]
    return badge(colour, icon, change.kind)


@register.filter
def diff(spans: Iterable[Span]) -> SafeString:
    """What went struck out, what came underlined; contents are text, never markup."""
    return format_html_join("", "{}", ((_span(each),) for each in spans))


def _span(span: Span) -> SafeString | str:
    match span.op:
        case Op.DEL:
            return format_html("<del>{}</del>", span.text)
        case Op.INS:
            return format_html("<ins>{}</ins>", span.text)
        case Op.SKIP:
            return format_html('<span class="muted"> … {} the same … </span>', words.plural(span.chars, "character"))
    return span.text


@register.filter
def held_badge(held: HeldDeletion) -> SafeString:
    colour, icon, label = HELD_LOOKS[HeldDeletion.State(held.state)]
    return badge(colour, icon, label)


# --- documents --------------------------------------------------------------------------------------------------------


@register.filter
def document_url(document: Document | Change) -> str:
    """The inspector's address. Browsers resolve dots in a path, so an id with such a part goes into the query."""
    parts = (document.source, *document.key.split("/"))
    if any(part in (".", "..") for part in parts):
        return f"{reverse('document-by-id')}?{_identity(document)}"
    return reverse("document", args=[document.source, document.key])


@register.filter
def delete_url(document: Document) -> str:
    return f"{reverse('document-delete')}?{_identity(document)}"


@register.filter
def restore_url(document: Document) -> str:
    return f"{reverse('document-restore')}?{_identity(document)}"


@register.filter
def tag_url(tag: str) -> str:
    return f"{reverse('knowledge')}?{urlencode({'tags': tag})}#documents"


@register.filter
def source_url(source: str) -> str:
    return f"{reverse('knowledge')}?{urlencode({'source': source})}#documents"


@register.filter
def title(document: Document) -> str:
    """What people call it: its metadata's title or name, else its id."""
    for name in ("title", "name"):
        value = document.metadata.get(name)
        if isinstance(value, str) and value.strip():
            return value.strip()[:200]
    return document.key


@register.filter
def beginning(content: str) -> str:
    """The first words, white space folded."""
    words_only = " ".join(content[:400].split())
    return words_only if len(words_only) <= 160 else words_only[:160].rsplit(" ", 1)[0] + " …"


@register.filter
def best_passage(hit: Hit, pattern: Pattern[str] | None) -> SafeString:
    return show_best(hit.document.content[hit.start : hit.end], pattern)


@register.filter
def place(hit: Hit) -> str:
    return "whole document" if hit.passages == 1 else f"passage {hit.ordinal + 1} of {hit.passages:,}"


@register.filter
def pretty_json(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False, sort_keys=True)


def _identity(document: Document | Change) -> str:
    return urlencode({"source": document.source, "id": document.key})


# --- pictures ---------------------------------------------------------------------------------------------------------


@register.filter
def score_bar(score: float) -> SafeString:
    return charts.bar(score, label=f"{score:.0%} alike")


@register.filter
def progress_bar(share: float) -> SafeString:
    return charts.bar(share, label=f"{share:.0%} of what the last success brought")


@register.filter
def run_strip(runs: Sequence[SyncRun]) -> SafeString:
    return charts.run_strip(runs)


@register.filter
def phase_bar(phases: Sequence[Phase]) -> SafeString:
    return charts.phase_bar(phases)
