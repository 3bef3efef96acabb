"""Texts of LibreOffice and of what writes like it, and their templates."""

from ingestion.kinds import Kind

KIND = Kind(
    name="odt",
    title="OpenDocument",
    called="a text of OpenDocument",
    order=24,
    suffixes=(".odt", ".ott"),
    media_type="application/vnd.oasis.opendocument.text",
    more_media_types=("application/vnd.oasis.opendocument.text-template",),
    reader="ingestion.extract.readers.opendocument.text_reader",
    says="application/vnd.oasis.opendocument.text",
)
