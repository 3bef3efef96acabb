"""What templates say of documents, of what was found and why."""

import json
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from dashboard import words
from dashboard.documents.highlight import show_best
from dashboard.documents.listing import Listing
from dashboard.documents.questions import SearchResult
from dashboard.templatetags.times import relative
from knowledge.browsing.lists import Order
from knowledge.browsing.vocabulary import Alternative, Meaning
from knowledge.models import Document
from knowledge.search import Hit, Plan
from knowledge.search.query import Branch, Pending

register = template.Library()

UNSEEN = re.compile("[\\u0000-\\u001f\\u007f-\\u009f\\u061c\\u200b-\\u200f\\u202a-\\u202e\\u2060-\\u2069\\ufeff]")
"""Characters that nobody sees, or that turn others round: in a name they deceive."""

PHRASE = re.compile('["\u201c-\u201f][^"\u201c-\u201f]*\\w[^"\u201c-\u201f]*["\u201c-\u201f]')
"""Words in quotes, as a question may have them."""

PLANS = {
    Plan.EXACT: "the filters first, then the passages they leave by their true distance.",
    Plan.INDEX: "a walk through the vector index, filtering on the way.",
    Plan.WORDS: "the index of words; no vectors.",
}

REACHED: Mapping[Order, Callable[[Document], tuple[str, datetime | None]]] = {
    Order.STORED: lambda document: ("those stored", document.stored_at),
    Order.UPDATED: lambda document: ("those updated", document.updated_at or document.stored_at),
    Order.EXPIRES: lambda document: ("those that expire", document.expires_at),
    Order.DELETED: lambda document: ("those deleted", document.deleted_at),
}
"""How far a list by a time has come when it has come to a document."""


@register.filter
def visible(name: str) -> str:
    """A name with its unseen characters spelled out."""
    return UNSEEN.sub(lambda found: f"⟨U+{ord(found[0]):04X}⟩", name)


@register.filter
def cited(document: Document) -> str:
    """Where in which file it stands, without folders and upper headings: `report.pdf, p.15 · Costs`."""
    title, file_name = _text(document, "title"), _text(document, "file_name")
    place = _text(document, "citation").removeprefix(file_name)
    file = file_name.rpartition("/")[2] if title else ""  # without a title it is called by its file's name
    heading = _text(document, "section").rpartition(" › ")[2]
    return " · ".join(each for each in (f"{file}{place}".lstrip(", "), heading) if each and each != title)


def _text(document: Document, name: str) -> str:
    value = document.metadata.get(name)
    return visible(value)[:300] if isinstance(value, str) else ""


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


@register.filter
def is_filed(document: Document) -> bool:
    """Whether it came of a file, a web page or a text: then its id says nothing to people."""
    return isinstance(document.metadata.get("filing"), str)


@register.filter
def how_many(counted: Alternative | Meaning | Branch) -> str:
    """ "12 documents", "more than 1,000 documents"."""
    number = words.plural(counted.documents, "document")
    return f"more than {number}" if counted.more else number


@register.filter
def waiting_words(pending: Pending) -> str:
    """What an answer by meaning could not find yet."""
    if not pending.passages:
        return "Many passages still wait for their vectors; some that match may be missing."
    number = words.plural(pending.passages, "passage")
    one = pending.passages == 1 and not pending.more
    waiting = "waits for its vector" if one else f"{'or more ' if pending.more else ''}wait for their vectors"
    return f"{number} {waiting} and cannot be found by meaning."


@register.filter
def reached(listing: Listing, now: datetime) -> SafeString | str:
    """How far a list that ran out of time looked: "wiki / notes-7", "those stored 3 h ago"."""
    document = listing.page.reached
    assert document is not None  # noqa: S101 -- the template has asked whether it ran out
    if listing.order is Order.ID:
        return f"{visible(document.source)} / {visible(document.key)}"
    said, at = REACHED[listing.order](document)
    return format_html("{} {}", said, relative(at, now))


@register.filter
def plan_words(plan: Plan) -> str:
    return PLANS[plan]


@register.filter
def why_nothing(finding: SearchResult) -> str:
    """What to change in a question that found nothing."""
    if finding.asked.min_score and finding.answer and finding.answer.explanation:
        near = finding.answer.explanation.near_misses
        if near:
            return (
                f"The best document scores {near[0].score:.2f}, below the minimum score of {finding.asked.min_score:g}."
            )
    if finding.answer and finding.answer.pending:
        return "What passes the filters waits for its vectors. It can be found by its words, and by meaning later."
    by_words = finding.asked.mode == "keyword" or (finding.answer is not None and finding.answer.fallback is not None)
    if PHRASE.search(finding.asked.text) and (by_words or finding.asked.mode == "hybrid"):
        passes = " that passes the filters" if finding.asked.tags or finding.asked.source else ""
        return f"No document{passes} has the words in quotes side by side. Ask without the quotes."
    if finding.asked.tags or finding.asked.source:
        return "No searchable document passes all filters. Use fewer tags, or search all sources."
    if finding.asked.exclude_flags or finding.asked.exclude_tags:
        return "Only flagged documents match. Include them in the search."
    if by_words:
        return "No document has any of these words. Search by meaning, or with other words."
    return "There is no searchable document yet."


@register.filter
def way_words(way: str) -> str:
    return {"passages": "Passages", "text": "Text", "json": "JSON"}[way]


@register.filter
def is_nested(value: Any) -> bool:
    return isinstance(value, dict | list) and bool(value)


@register.filter
def plain_json(value: Any) -> str:
    """Text as it is, everything else as JSON writes it."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


@register.filter
def both(at: datetime, now: datetime) -> SafeString:
    """Relative and exact, both in sight."""
    return format_html(
        '<time datetime="{}">{}<small>{}</small></time>',
        at.isoformat(),
        words.relative_words(at, now=now),
        words.exact_words(at),
    )
