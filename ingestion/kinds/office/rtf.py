"""Rich text, which Word and many others write, also under the suffix of a Word document."""

from ingestion.kinds import Kind

KIND = Kind(
    name="rtf",
    title="RTF",
    called="rich text",
    order=27,
    suffixes=(".rtf",),
    media_type="application/rtf",
    more_media_types=("text/rtf",),
    reader="ingestion.extract.readers.rich_text.rich_text_reader",
    begins=lambda head: head.startswith(b"{\\rtf"),
)
