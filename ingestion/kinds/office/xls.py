"""Spreadsheets of Excel before 2007, and of what writes like it."""

from ingestion.kinds import Kind

KIND = Kind(
    name="xls",
    title="Office",
    called="a spreadsheet of before 2007",
    order=23,
    suffixes=(".xls", ".xlt"),
    media_type="application/vnd.ms-excel",
    reader="ingestion.extract.readers.office.old_sheets_reader",
    also=("xlsx", "html", "text"),
    streams=("Workbook", "Book"),
)
