"""Spreadsheets of LibreOffice and of what writes like it, and their templates."""

from ingestion.kinds import Kind

KIND = Kind(
    name="ods",
    title="OpenDocument",
    called="a spreadsheet of OpenDocument",
    order=25,
    suffixes=(".ods", ".ots"),
    media_type="application/vnd.oasis.opendocument.spreadsheet",
    more_media_types=("application/vnd.oasis.opendocument.spreadsheet-template",),
    reader="ingestion.extract.readers.opendocument.sheets_reader",
    says="application/vnd.oasis.opendocument.spreadsheet",
)
