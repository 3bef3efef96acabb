"""What was handed in, in templates."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from dashboard.filing_advice import advice_for
from dashboard.templatetags.states import badge
from filing.models import Filing, State
from filing.querysets import WORK

register = template.Library()

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
def web_link(url: str) -> SafeString | str:
    """An address of the web to be looked at in a tab of its own; any other as a text."""
    if not url.startswith(("http://", "https://")):
        return url
    return format_html('<a href="{}" target="_blank" rel="noopener noreferrer">{}</a>', url, url)


@register.filter
def advice(filing: Filing) -> str:
    return advice_for(filing.error_code)


@register.filter
def kind_words(filing: Filing) -> str:
    """What it is, and the names that it came by where its title is another."""
    names = [name for name in (filing.file_name, *filing.other_names) if name and name != filing.shown_name]
    return ", ".join([KINDS[filing.source_type], *names])
