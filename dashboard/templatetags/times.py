"""Times and numbers in templates, as people say them."""

from datetime import UTC, datetime, timedelta
from itertools import zip_longest

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from dashboard import words

register = template.Library()

DUE_FOR = timedelta(seconds=30)

register.filter("up_to", words.up_to)


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
def whole_percent(share: float) -> str:
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
