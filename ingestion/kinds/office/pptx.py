"""Presentations of PowerPoint and of what writes like it."""

from ingestion.kinds import Kind, holds_office

KIND = Kind(
    name="pptx",
    title="Office",
    called="a presentation",
    order=21,
    suffixes=(".pptx", ".pptm", ".ppsx", ".ppsm", ".potx", ".potm"),
    media_type="application/vnd.openxmlformats-officedocument.presentationml.presentation",
    more_media_types=(
        "application/vnd.openxmlformats-officedocument.presentationml.slideshow",
        "application/vnd.openxmlformats-officedocument.presentationml.template",
        "application/vnd.ms-powerpoint.presentation.macroenabled.12",
        "application/vnd.ms-powerpoint.slideshow.macroenabled.12",
        "application/vnd.ms-powerpoint.template.macroenabled.12",
    ),
    reader="ingestion.extract.readers.office.slides_reader",
    holds=holds_office("ppt/"),
)
