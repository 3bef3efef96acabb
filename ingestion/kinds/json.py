"""JSON, one value or one a line."""

from ingestion.kinds import Kind

KIND = Kind(
    name="json",
    title="JSON",
    called="JSON",
    order=60,
    suffixes=(".json",),
    media_type="application/json",
    more_media_types=("text/json",),
    reader="ingestion.extract.readers.json_reader",
    is_text=True,
    is_utf8=True,
    begins=lambda head: head.startswith((b"{", b"[")),
)
