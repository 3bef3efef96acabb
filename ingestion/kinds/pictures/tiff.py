"""TIFF: scans and faxes, of several pages often."""

from ingestion.kinds import Kind

KIND = Kind(
    name="tiff",
    title="pictures",
    called="a TIFF picture",
    order=76,
    suffixes=(".tif", ".tiff"),
    media_type="image/tiff",
    reader="ingestion.extract.readers.picture_reader",
    begins=lambda head: head.startswith((b"II*\0", b"MM\0*")),
    is_picture=True,
)
