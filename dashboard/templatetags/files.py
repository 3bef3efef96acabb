"""Uploaded files in templates."""

from collections.abc import Iterable

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from accounts.models import AuditEntry
from dashboard.files.hints import FINAL, hint_for
from dashboard.templatetags.addresses import tag_url
from dashboard.templatetags.states import badge
from ingestion.models import File, FileState
from ingestion.querysets import WORK
from knowledge.fields import FLAG_PREFIX

register = template.Library()

ACTIVITY = {"filing.create": "uploaded it", "filing.retry": "had it tried again", "filing.delete": "deleted it"}
KINDS = {"text": "a text", "url": "a web page", "file": "a file"}


@register.filter
def file_badge(file: File) -> SafeString:
    """One that is done, and could not be fetched again, is no longer simply well."""
    if file.state == FileState.DONE and file.error:
        return badge("warn", "!", "Done, but older than planned")
    state = FileState(file.state)
    return badge(state.colour, state.icon, f"{state.label} {stage_percent(file)}".strip())


@register.filter
def stage_percent(file: File) -> str:
    """`43 %` of the stage that it is in; nothing where that is not told."""
    return f"{file.stage_percent} %" if file.stage_percent and file.state in WORK else ""


@register.filter
def flag_badge(flag: str) -> SafeString:
    return badge("warn", "!", flag)


@register.filter
def flags_first(tags: Iterable[str]) -> list[str]:
    """So that a list of a few tags leaves none of them out."""
    return sorted(tags, key=lambda tag: not tag.startswith(FLAG_PREFIX))


@register.filter
def tag_link(tag: str) -> SafeString:
    """What the scanner put on it is not to be taken for a tag that somebody gave."""
    if tag.startswith(FLAG_PREFIX):
        flag = tag.removeprefix(FLAG_PREFIX)
        return format_html('<a class="tag flag" href="{}"><span aria-hidden="true">!</span> {}</a>', tag_url(tag), flag)
    return format_html('<a class="tag" href="{}">{}</a>', tag_url(tag), tag)


@register.filter
def trouble(file: File) -> str:
    """Its error beside its name, which needs not be said again."""
    return file.error.removeprefix(f"{file.shown_name}: ")


@register.filter
def may_help(file: File) -> bool:
    """Whether trying again may end otherwise."""
    return file.state == FileState.FAILED and file.error_code not in FINAL


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
def hint(file: File) -> str:
    return hint_for(file.error_code)


@register.filter
def kind_words(file: File) -> str:
    """What it is, and the names that it came by where its title is another."""
    names = [name for name in (file.file_name, *file.other_names) if name and name != file.shown_name]
    return ", ".join([KINDS[file.source_type], *names])
