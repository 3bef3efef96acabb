"""What templates of the pages say in one word: times and states, and here documents and pictures."""

import json
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django import template
from django.urls import reverse
from django.utils.safestring import SafeString

from dashboard import charts
from dashboard.highlight import show_best
from dashboard.run_story import Phase
from dashboard.templatetags import states, telling, times
from knowledge.models import Change, Document
from knowledge.search import Hit
from providers.models import SyncRun

register = template.Library()
for part in (times, states, telling):
    register.filters |= part.register.filters
    register.tags |= part.register.tags


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
    """What people call it: its metadata's title or name, its file's, else its id."""
    for name in ("title", "name", "file_name"):
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
def best_passage(hit: Hit) -> SafeString:
    marked = [(first - hit.start, last - hit.start) for first, last in hit.highlights]
    return show_best(hit.document.content[hit.start : hit.end], marked)


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
