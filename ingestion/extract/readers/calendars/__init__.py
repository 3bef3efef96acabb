"""Calendars: `calendar_reader` reads, `recurrence` says in words when something comes again."""
