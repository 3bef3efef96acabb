"""JPEG: photos, and what most scanners save."""

from ingestion.kinds import Kind

KIND = Kind(
    name="jpeg",
    title="pictures",
    called="a JPEG picture",
    order=75,
    suffixes=(".jpg", ".jpeg", ".jpe"),
    media_type="image/jpeg",
    reader="ingestion.extract.readers.picture_reader",
    begins=lambda head: head.startswith(b"\xff\xd8\xff"),
    is_picture=True,
)
