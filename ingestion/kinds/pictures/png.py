"""PNG: screenshots, and what some scanners save."""

from ingestion.kinds import Kind

KIND = Kind(
    name="png",
    title="pictures",
    called="a PNG picture",
    order=74,
    suffixes=(".png",),
    media_type="image/png",
    reader="ingestion.extract.readers.picture_reader",
    begins=lambda head: head.startswith(b"\x89PNG\r\n\x1a\n"),
    is_picture=True,
)
