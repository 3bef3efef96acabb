"""Charts in templates: what people would rather look at than read."""

from collections.abc import Sequence

from django import template
from django.utils.safestring import SafeString

from dashboard.charts import strips
from dashboard.providers.run_timeline import Phase
from knowledge.search import Answer
from providers.models import SyncRun

register = template.Library()


@register.filter
def run_strip(runs: Sequence[SyncRun]) -> SafeString:
    return strips.run_strip(runs)


@register.filter
def phase_bar(phases: Sequence[Phase]) -> SafeString:
    return strips.phase_bar(phases)


@register.filter
def progress_bar(share: float) -> SafeString:
    return strips.bar(share, label=f"{share:.0%} of what the last success brought")


@register.filter
def score_bar(score: float) -> SafeString:
    return strips.bar(score, label=f"{score:.0%} alike")


@register.filter
def time_bar(answer: Answer) -> SafeString:
    return strips.split_bar([("embed", answer.embed_ms), ("search", answer.search_ms)])
