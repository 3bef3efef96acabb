"""What was handed in, in templates."""

from collections.abc import Iterable

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from accounts.models import AuditEntry
from dashboard.files.hints import FINAL, hint_for
from dashboard.templatetags.addresses import tag_url
from dashboard.templatetags.states import badge
from ingestion.models import Filing, State
from ingestion.querysets import WORK
from knowledge.writing.scanner import TAG_PREFIX

register = template.Library()

ACTIVITY = {"filing.create": "handed it in", "filing.retry": "had it tried again", "filing.delete": "deleted it"}
KINDS = {"text": "a text", "url": "a web page", "file": "a file"}


@register.filter
def filing_badge(filing: Filing) -> SafeString:
    """One that is filed, and could not be fetched again, is no longer simply well."""
    if filing.state == State.DONE and filing.error:
        return badge("warn", "!", "Done, but older than planned")
    state = State(filing.state)
    return badge(state.colour, state.icon, f"{state.label} {stage_percent(filing)}".strip())


@register.filter
def stage_percent(filing: Filing) -> str:
    """`43 %` of the stage that it is in; nothing where that is not told."""
    return f"{filing.stage_percent} %" if filing.stage_percent and filing.state in WORK else ""


@register.filter
def flag_badge(flag: str) -> SafeString:
    return badge("warn", "!", flag)


@register.filter
def flags_first(tags: Iterable[str]) -> list[str]:
    """So that a list of a few tags leaves none of them out."""
    return sorted(tags, key=lambda tag: not tag.startswith(TAG_PREFIX))


@register.filter
def tag_link(tag: str) -> SafeString:
    """What the scanner put on it is not to be taken for a tag that somebody gave."""
    if tag.startswith(TAG_PREFIX):
        flag = tag.removeprefix(TAG_PREFIX)
        return format_html('<a class="tag flag" href="{}"><span aria-hidden="true">!</span> {}</a>', tag_url(tag), flag)
    return format_html('<a class="tag" href="{}">{}</a>', tag_url(tag), tag)


@register.filter
def trouble(filing: Filing) -> str:
    """Its error beside its name, which needs not be said again."""
    return filing.error.removeprefix(f"{filing.shown_name}: ")


@register.filter
def may_help(filing: Filing) -> bool:
    """Whether trying again may end otherwise."""
    return filing.state == State.FAILED and filing.error_code not in FINAL


@register.filter
def activity_words(entry: AuditEntry) -> str:
    """What somebody did to it."""
    if entry.verb == "filing.update":
        schedule = entry.after.get("fetch_schedule")
        return "changed when it is fetched again" if schedule != "" else "stopped fetching it again"
    return ACTIVITY.get(entry.verb, entry.verb)


@register.filter
def web_link(url: str) -> SafeString | str:
    """An address of the web to be looked at in a tab of its own; any other as a text."""
    if not url.startswith(("http://", "https://")):
        return url
    return format_html('<a href="{}" target="_blank" rel="noopener noreferrer">{}</a>', url, url)


@register.filter
def hint(filing: Filing) -> str:
    return hint_for(filing.error_code)


@register.filter
def kind_words(filing: Filing) -> str:
    """What it is, and the names that it came by where its title is another."""
    names = [name for name in (filing.file_name, *filing.other_names) if name and name != filing.shown_name]
    return ", ".join([KINDS[filing.source_type], *names])
