"""Spreadsheets of Excel and of what writes like it."""

from ingestion.kinds import Kind, holds_office

KIND = Kind(
    name="xlsx",
    title="Office",
    called="a spreadsheet",
    order=22,
    suffixes=(".xlsx",),
    media_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    reader="ingestion.extract.readers.office.sheets_reader",
    holds=holds_office("xl/"),
)
