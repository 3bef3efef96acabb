"""WebP: pictures of the web."""

from ingestion.kinds import Kind

KIND = Kind(
    name="webp",
    title="pictures",
    called="a WebP picture",
    order=77,
    suffixes=(".webp",),
    media_type="image/webp",
    reader="ingestion.extract.readers.picture_reader",
    begins=lambda head: head.startswith(b"RIFF") and head[8:12] == b"WEBP",
    is_picture=True,
)
