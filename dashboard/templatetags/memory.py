"""States of a memory in templates: icon, word and colour, never the colour alone."""

from django import template
from django.utils.safestring import SafeString

from dashboard.templatetags.states import badge
from memory.models import Fact, FactState, Instruction, Turn, TurnState

register = template.Library()

FACT_LOOKS = {
    FactState.CURRENT: ("ok", "✓"),
    FactState.TENTATIVE: ("warn", "?"),
    FactState.CLAIM: ("warn", "“"),
    FactState.CLOSED: ("idle", "–"),
    FactState.SUPERSEDED: ("idle", "»"),
    FactState.RETRACTED: ("bad", "✕"),
}
TURN_ICONS = {TurnState.READ: "✓", TurnState.UNREAD: "!", TurnState.FAILED: "✕", TurnState.SKIPPED: "–"}


@register.filter
def fact_badge(fact: Fact) -> SafeString:
    state = FactState(fact.state)
    return badge(*FACT_LOOKS[state], str(state.label))


@register.filter
def turn_badge(turn: Turn) -> SafeString:
    state = TurnState(turn.state)
    return badge(state.colour, TURN_ICONS[state], str(state.label))


@register.filter
def instruction_badge(instruction: Instruction) -> SafeString:
    return badge("ok", "✓", "On") if instruction.active else badge("idle", "–", "Off")
