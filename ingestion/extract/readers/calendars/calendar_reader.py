"""Calendars: of each event what, when and in which zone, how often, where, who, and what is said of it.

See docs/decisions/0252.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

from icalendar import Calendar
from icalendar.error import BrokenCalendarProperty

from ingestion.extract.base import Extraction, TextPiece, Unreadable, join_pieces
from ingestion.extract.encodings import decode
from ingestion.extract.readers.calendars.recurrence import in_words, joined, moment, zone_of

BROKEN = "It is broken: the format of calendars is not kept to. Export it anew where it comes from."
TOLD = {
    "VEVENT": "",
    "VTODO": "To do",
    "VJOURNAL": "Journal",
    "VFREEBUSY": "Free or busy",
    "VAVAILABILITY": "Available",
    "AVAILABLE": "",
}
ERRORS = (ValueError, LookupError, AttributeError, TypeError, OverflowError, OSError, BrokenCalendarProperty)
NAMES = ("NAME", "X-WR-CALNAME")
MOST_PEOPLE, MOST_DATES = 1_000, 500
DONE = {"ACCEPTED": "accepted", "DECLINED": "declined", "TENTATIVE": "perhaps", "DELEGATED": "delegated"}
ANSWERS = {"CANCELLED": "cancelled", "TENTATIVE": "not yet sure", "COMPLETED": "done", "IN-PROCESS": "under way"}

T = TypeVar("T")
Event = Mapping[str, Any]
"""Its properties by their names, in capitals."""


def read(body: bytes) -> Extraction:
    decoded = decode(body)
    try:
        calendars = Calendar.from_ical(decoded.text, multiple=True)
    except ERRORS as error:
        raise Unreadable(BROKEN) from error
    title = next((name for calendar in calendars if (name := _title(calendar))), "")
    pieces = (piece for calendar in calendars for piece in _pieces(calendar))
    found = join_pieces(pieces, title=title, guessed=decoded.guessed)
    if not found.parts:
        raise Unreadable("It is a calendar without events.")
    return found


def _title(calendar: Any) -> str:
    return next((name for each in NAMES if (name := _text(calendar, each))), "")


def _pieces(calendar: Any) -> Iterator[TextPiece]:
    about = (_title(calendar), _text(calendar, "X-WR-CALDESC"), _text(calendar, "DESCRIPTION"))
    if said := "\n".join(filter(None, about)):
        yield TextPiece(said)
    for component in calendar.walk():
        if component.name in TOLD:
            event = dict(component.items())
            lines = [line for line in _lines(component.name, event) if line]
            yield TextPiece("\n".join(lines), section=" ".join(_text(event, "SUMMARY").split()))


def _lines(kind: str, event: Event) -> Iterator[str]:
    yield ": ".join(filter(None, (TOLD[kind], _text(event, "SUMMARY"))))
    yield _named("When", _when(event))
    if kind == "VTODO":
        yield _named("Due", _moment(event, "DUE"))
        yield _named("Done", _moment(event, "COMPLETED"))
    for rule in _all(event, "RRULE"):
        yield _named("Repeats", _asked(in_words, rule))
    yield _named("Also on", ", ".join(_dates(event, "RDATE")))
    yield _named("Except on", ", ".join(_dates(event, "EXDATE")))
    yield _named("Instead of", _moment(event, "RECURRENCE-ID"))
    yield _named("Where", _text(event, "LOCATION"))
    yield _named("Status", ANSWERS.get(_text(event, "STATUS").upper(), ""))
    yield _named("Organizer", joined([_person(each) for each in _all(event, "ORGANIZER")]))
    yield _named("Who", ", ".join(filter(None, map(_person, _all(event, "ATTENDEE")[:MOST_PEOPLE]))))
    yield _named("Categories", ", ".join(_categories(event)))
    for busy in _all(event, "FREEBUSY")[:MOST_DATES]:
        yield _named("Busy", _asked(_span, busy))
    yield _text(event, "DESCRIPTION")
    yield _text(event, "COMMENT")
    yield _named("See", _text(event, "URL"))


def _named(name: str, told: str) -> str:
    return f"{name}: {told}" if told else ""


def _when(event: Event) -> str:
    """Of whole days the last one, which the format tells as the day behind it."""
    starts, ends = _time(event, "DTSTART"), _time(event, "DTEND")
    if starts is None:
        return ""
    lasts = _or(lambda: event["DURATION"].dt, None)
    if ends is None and isinstance(lasts, timedelta):
        ends = _or(lambda: starts + lasts, None)
    if not isinstance(starts, datetime):
        last = starts if ends is None or isinstance(ends, datetime) else _or(lambda: ends - timedelta(days=1), starts)
        return f"{moment(starts)}, all day" if last <= starts else f"{moment(starts)} to {moment(last)}, all day"
    told = f"{starts:%A, %Y-%m-%d %H:%M}"
    if isinstance(ends, datetime):
        told += f" to {ends:%H:%M}" if ends.date() == starts.date() else f" to {ends:%A, %Y-%m-%d %H:%M}"
    return f"{told}, {_zone(event, starts)}"


def _zone(event: Event, starts: datetime) -> str:
    """By the name that the calendar gives it; the library takes one that it does not know for none."""
    named = _or(lambda: str(event["DTSTART"].params.get("TZID") or ""), "")
    return zone_of(starts) or named or "wherever one is"


def _moment(event: Event, name: str) -> str:
    told = _time(event, name)
    return "" if told is None else moment(told)


def _time(event: Event, name: str) -> Any:
    if name not in event:
        return None
    told = _or(lambda: event[name].dt, None)
    return told if isinstance(told, date) else None


def _dates(event: Event, name: str) -> list[str]:
    dates = [each.dt for told in _all(event, name) for each in _inner(told, "dts")]
    return [moment(each[0] if isinstance(each, tuple) else each) for each in dates[:MOST_DATES]]


def _person(told: Any) -> str:
    address = str(told)
    address = address[7:] if address[:7].lower() == "mailto:" else address
    params: Any = _or(lambda: told.params, {})
    name = " ".join(str(params.get("CN") or "").split())
    shown = f"{name} <{address}>" if name and address and name != address else name or address
    answer = DONE.get(str(params.get("PARTSTAT") or "").upper(), "")
    return f"{shown} ({answer})" if answer else shown


def _categories(event: Event) -> list[str]:
    return [str(each) for told in _all(event, "CATEGORIES") for each in _inner(told, "cats")]


def _text(component: Event, name: str) -> str:
    if name not in component:
        return ""
    return "\n".join(filter(None, (_asked(str, told).strip() for told in _all(component, name))))


def _all(component: Event, name: str) -> list[Any]:
    """A property that comes once is told by the library as itself, and one that comes often as a list."""
    found = component.get(name)
    return [] if found is None else found if isinstance(found, list) else [found]


def _span(busy: Any) -> str:
    return f"{moment(busy.start)} to {moment(busy.end)}"


def _inner(told: Any, name: str) -> list[Any]:
    return list(_or(lambda: getattr(told, name), ()))


def _asked(tell: Callable[[Any], str], told: Any) -> str:
    return _or(lambda: tell(told), "")


def _or(ask: Callable[[], T], other: T) -> T:
    """A property that is broken raises when it is looked at, whatever is asked of it."""
    try:
        return ask()
    except ERRORS:
        return other
