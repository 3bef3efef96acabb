"""Slides of LibreOffice and of what writes like it, and their templates."""

from ingestion.kinds import Kind

KIND = Kind(
    name="odp",
    title="OpenDocument",
    called="slides of OpenDocument",
    order=26,
    suffixes=(".odp", ".otp"),
    media_type="application/vnd.oasis.opendocument.presentation",
    more_media_types=("application/vnd.oasis.opendocument.presentation-template",),
    reader="ingestion.extract.readers.opendocument.slides_reader",
    says="application/vnd.oasis.opendocument.presentation",
)
