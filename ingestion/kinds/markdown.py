"""Markdown, which looks like any text: its name says it."""

from ingestion.kinds import Kind

KIND = Kind(
    name="markdown",
    title="Markdown",
    called="Markdown",
    order=40,
    suffixes=(".md", ".markdown"),
    media_type="text/markdown",
    more_media_types=("text/x-markdown",),
    reader="ingestion.extract.readers.markdown_reader",
    is_text=True,
    is_utf8=True,
)
