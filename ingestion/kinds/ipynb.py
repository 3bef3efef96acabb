"""Notebooks of Jupyter, which look like any JSON: their name says it."""

from ingestion.kinds import Kind

KIND = Kind(
    name="ipynb",
    title="notebooks",
    called="a notebook",
    order=61,
    suffixes=(".ipynb",),
    media_type="application/x-ipynb+json",
    reader="ingestion.extract.readers.notebook_reader",
    is_text=True,
    is_utf8=True,
)
