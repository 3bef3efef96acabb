"""Calendars, and the invitations that come with mails."""

from ingestion.kinds import Kind

KIND = Kind(
    name="ics",
    title="calendars",
    called="a calendar",
    order=72,
    suffixes=(".ics", ".ical", ".ifb"),
    media_type="text/calendar",
    reader="ingestion.extract.readers.calendars.calendar_reader",
    is_text=True,
    is_utf8=True,
    begins=lambda head: head.startswith(b"begin:vcalendar"),
)
