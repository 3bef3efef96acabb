"""Spreadsheets of Excel and of what writes like it."""

from ingestion.kinds import Kind, holds_office

KIND = Kind(
    name="xlsx",
    title="Office",
    called="a spreadsheet",
    order=22,
    suffixes=(".xlsx", ".xlsm", ".xltx", ".xltm"),
    media_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    more_media_types=(
        "application/vnd.openxmlformats-officedocument.spreadsheetml.template",
        "application/vnd.ms-excel.sheet.macroenabled.12",
        "application/vnd.ms-excel.template.macroenabled.12",
    ),
    reader="ingestion.extract.readers.office.sheets_reader",
    holds=holds_office("xl/"),
)
