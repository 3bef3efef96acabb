"""Documents of Word and of what writes like it."""

from ingestion.kinds import Kind, holds_office

KIND = Kind(
    name="docx",
    title="Office",
    called="a Word document",
    order=20,
    suffixes=(".docx",),
    media_type="application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    reader="ingestion.extract.readers.office.word_reader",
    holds=holds_office("word/"),
)
