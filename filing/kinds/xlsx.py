"""Spreadsheets of Excel and of what writes like it."""

from filing.kinds import Kind, holds_office

KIND = Kind(
    name="xlsx",
    title="Office",
    called="a spreadsheet",
    order=22,
    suffixes=(".xlsx",),
    media_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    reader="filing.extract.readers.sheets_reader",
    holds=holds_office("xl/"),
)
