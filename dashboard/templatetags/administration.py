"""What the pages of users, models and the system say in one word."""

from datetime import timedelta

from django import template
from django.utils.safestring import SafeString

from accounts.models import User
from dashboard import words
from dashboard.charts import strips
from dashboard.templatetags.addresses import document_url
from dashboard.templatetags.states import badge
from knowledge.embedding.build_progress import Building
from knowledge.embedding.index_build import IndexState
from knowledge.embedding.quarantine import QuarantinedPassage
from knowledge.models import Document, EmbeddingModel
from knowledge.search.index.status import IndexStatus
from providers.system.processes import Process

register = template.Library()

ROLE_WORDS = {
    "admin": "an admin, who looks and acts",
    "viewer": "a viewer, who looks at everything and changes nothing",
    "none": "may sign in, but sees no page",
}
MODEL_LOOKS = {
    EmbeddingModel.State.ACTIVE: ("ok", "✓", "Active"),
    EmbeddingModel.State.BUILDING: ("run", "↻", "Building"),
    EmbeddingModel.State.RETIRED: ("idle", "‖", "Retired"),
    EmbeddingModel.State.DROPPING: ("warn", "−", "Going"),
}
INDEX_WORDS = {
    IndexState.MISSING: "not built yet",
    IndexState.BUILDING: "being built",
    IndexState.READY: "ready",
    IndexState.BROKEN: "broken off; workers build it anew",
}
UNITS = ("B", "kB", "MB", "GB", "TB", "PB")


@register.filter
def role_words(role: str) -> str:
    return ROLE_WORDS[role]


@register.filter
def user_badge(user: User) -> SafeString:
    return badge("ok", "✓", "Active") if user.is_active else badge("idle", "‖", "Switched off")


@register.filter
def model_badge(model: EmbeddingModel) -> SafeString:
    return badge(*MODEL_LOOKS[EmbeddingModel.State(model.state)])


@register.simple_tag
def index_words(building: Building, codes: IndexStatus | None) -> str:
    """Of the graph that PostgreSQL keeps, or of the codes of the machine that shows the page."""
    if codes is not None:
        return _codes_words(codes)
    index = building.index
    share = f", {index.share:.0%}" if index.share is not None else ""
    return INDEX_WORDS[index.state] + share + (f", {size(index.size_bytes)}" if index.size_bytes else "")


def _codes_words(codes: IndexStatus) -> str:
    if not codes.is_worth_it:
        return "none: so few passages are searched exactly"
    if codes.passages is None:
        return "being made; queries are answered exactly meanwhile"
    unseen = f"; {codes.unseen:,} newer ones are read from the rows" if codes.unseen else ""
    return f"codes of {codes.passages:,} passages, {size(codes.size_bytes)}{unseen}"


@register.filter
def building_bar(building: Building) -> SafeString:
    return strips.bar(building.share, label=f"{percent(building.share)} of the vectors are there")


@register.filter
def percent(share: float) -> str:
    """ "99.9 %" while something is missing, "100 %" only when nothing is."""
    return "100 %" if share >= 1 else f"{min(share, 0.999):.1%}".replace("%", " %")


@register.filter
def pace(per_s: float) -> str:
    return f"{per_s:,.0f} a second" if per_s >= 1 else f"{per_s * 60:,.0f} a minute"


@register.filter
def size(count: int | None) -> str:
    """Bytes as people say them: "13.4 MB", by thousands."""
    value, unit = float(count or 0), 0
    while value >= 1_000 and unit < len(UNITS) - 1:
        value, unit = value / 1_000, unit + 1
    return f"{value:,.0f} {UNITS[unit]}" if unit == 0 or value >= 100 else f"{value:.1f} {UNITS[unit]}"


@register.filter
def seconds(value: float | None) -> str:
    return words.span_words(timedelta(seconds=value)) if value is not None else "–"


@register.filter
def passage_url(passage: QuarantinedPassage) -> str:
    return document_url(Document(source=passage.source, key=passage.id))


@register.filter
def process_badge(process: Process) -> SafeString:
    return (
        badge("ok", "✓", "At work") if process.is_well else badge("bad", "✕", "Silent" if process.seen else "Not seen")
    )


BROWSERS = (("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrom", "Chrome"), ("Safari", "Safari"))
SYSTEMS = (("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("Mac OS", "macOS"),
           ("Linux", "Linux"))  # fmt: skip


@register.filter
def browser_name(agent: str) -> str:
    """What a person calls a browser: "Firefox on Linux"; of one that calls itself something else, its first word."""
    name = next((name for mark, name in BROWSERS if mark in agent), agent.partition("/")[0][:40] or "unknown browser")
    system = next((system for mark, system in SYSTEMS if mark in agent), "")
    return f"{name} on {system}" if system else name
