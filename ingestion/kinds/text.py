"""Plain text: what no other kind wants."""

from ingestion.kinds import Kind

KIND = Kind(
    name="text",
    title="text",
    called="plain text",
    order=80,
    suffixes=(".txt", ".log", ".rst"),
    media_type="text/plain",
    reader="ingestion.extract.readers.plain_reader",
    is_text=True,
    is_utf8=True,
)
