"""Presentations of PowerPoint and of what writes like it."""

from ingestion.kinds import Kind, holds_office

KIND = Kind(
    name="pptx",
    title="Office",
    called="a presentation",
    order=21,
    suffixes=(".pptx",),
    media_type="application/vnd.openxmlformats-officedocument.presentationml.presentation",
    reader="ingestion.extract.readers.office.slides_reader",
    holds=holds_office("ppt/"),
)
