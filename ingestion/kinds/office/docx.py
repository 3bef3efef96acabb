"""Documents of Word and of what writes like it."""

from ingestion.kinds import Kind, holds_office

KIND = Kind(
    name="docx",
    title="Office",
    called="a Word document",
    order=20,
    suffixes=(".docx", ".docm", ".dotx", ".dotm"),
    media_type="application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    more_media_types=(
        "application/vnd.openxmlformats-officedocument.wordprocessingml.template",
        "application/vnd.ms-word.document.macroenabled.12",
        "application/vnd.ms-word.template.macroenabled.12",
    ),
    reader="ingestion.extract.readers.office.word_reader",
    holds=holds_office("word/"),
)
