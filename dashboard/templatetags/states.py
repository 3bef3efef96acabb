"""States in templates: icon, word and colour, never the colour alone; and what an audit entry and a diff say."""

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from accounts.models import AuditEntry
from dashboard import words
from dashboard.providers.rows import Look
from knowledge.browsing.diff import DiffSpan, Op
from knowledge.models import Change, HeldDeletion
from providers.alerts.channels import CHANNEL_KINDS
from providers.alerts.models import Alert
from providers.models import RunState
from providers.system.readiness import ReadinessRow

register = template.Library()

CHANGE_LOOKS = {
    Change.Kind.CREATED: ("ok", "+"),
    Change.Kind.UPDATED: ("run", "~"),
    Change.Kind.RENEWED: ("idle", "="),
    Change.Kind.DELETED: ("bad", "−"),
    Change.Kind.RESTORED: ("ok", "↩"),
}

VERB_LOOKS = {"create": ("ok", "+"), "update": ("run", "~"), "disable": ("idle", "‖")}
ACTIVITY = {
    "create": "added it",
    "pause": "paused it",
    "resume": "resumed it",
    "update": "changed it",
    "reset": "reset its sync state",
}
ALERT_LOOKS = {"queued": ("run", "…"), "delivered": ("ok", "✓"), "failed": ("bad", "✕")}
KEY_LOOKS = {"usable": ("ok", "✓"), "suspended": ("warn", "‖"), "expired": ("warn", "◔"), "revoked": ("idle", "–")}
STEP_LOOKS = {"ok": ("✓", "Well"), "warn": ("!", "Look"), "bad": ("✕", "Wrong")}
HELD_LOOKS = {
    HeldDeletion.State.PENDING: ("warn", "!", "Held for approval"),
    HeldDeletion.State.APPROVED: ("bad", "−", "Approved"),
    HeldDeletion.State.DISCARDED: ("ok", "✓", "Kept"),
    HeldDeletion.State.SUPERSEDED: ("idle", "»", "Superseded"),
}


@register.simple_tag
def badge(colour: str, icon: str, label: str) -> SafeString:
    turning = " turning" if icon == RunState.RUNNING.icon else ""
    return format_html(
        '<span class="state {}{}"><span class="icon" aria-hidden="true">{}</span>{}</span>',
        colour,
        turning,
        icon,
        label,
    )


@register.filter
def sync_mode(mode: str | None) -> str:
    """In words; "" where the provider names none."""
    return (mode or "").replace("_", " ")


@register.filter
def state_badge(look: RunState | Look) -> SafeString:
    return badge(look.colour, look.icon, str(look.label))


@register.filter
def step_badge(step: ReadinessRow) -> SafeString:
    icon, label = STEP_LOOKS[step.state]
    return badge(step.state, icon, label)


@register.filter
def channel_kind(name: str) -> str:
    """What people call the kind; its name where no file is called so any more."""
    return CHANNEL_KINDS[name].label if name in CHANNEL_KINDS else name


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
    before, after = entry.before, entry.after
    return [(name, _value(name, before.get(name)), _value(name, after.get(name)) or "none") for name in names]


def _value(name: str, value: Any) -> str:
    if name.endswith("_ms") and isinstance(value, int):
        return f"{value / 1_000:g} s"
    if name.endswith("_s") and isinstance(value, int):
        return f"{value:,} s"
    if name.endswith("_at") and isinstance(value, str):
        value = _instant(value)
    shown = "" if value is None else value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return shown if len(shown) <= 200 else f"{shown[:199]}…"


def _instant(value: str) -> str:
    """As people write it; what is no instant stays as it is."""
    try:
        return words.exact_words(datetime.fromisoformat(value))
    except (ValueError, OverflowError):
        return value


@register.filter
def activity(entry: AuditEntry) -> str:
    """What somebody did to a provider, to follow the name of who did."""
    verb = entry.verb.partition(".")[2]
    return ACTIVITY.get(verb, verb)


@register.filter
def field_words(name: str) -> str:
    """A field's name as people say it."""
    return name.removesuffix("_ms").removesuffix("_s").replace("_", " ").removeprefix("sync ")


@register.filter
def verb_badge(verb: str) -> SafeString:
    return badge(*VERB_LOOKS[verb], verb)


@register.filter
def change_badge(change: Change) -> SafeString:
    colour, icon = CHANGE_LOOKS[Change.Kind(change.kind)]
    return badge(colour, icon, change.kind)


@register.filter
def diff(spans: Iterable[DiffSpan]) -> SafeString:
    """What went struck out, what came underlined; contents are text, never markup."""
    return format_html_join("", "{}", ((_span(each),) for each in spans))


def _span(span: DiffSpan) -> SafeString | str:
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
