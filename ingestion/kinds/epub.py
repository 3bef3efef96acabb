"""Books: an archive of web pages, and the order in which they are read."""

from ingestion.kinds import Kind

KIND = Kind(
    name="epub",
    title="EPUB",
    called="an e-book",
    order=28,
    suffixes=(".epub",),
    media_type="application/epub+zip",
    reader="ingestion.extract.readers.epub_reader",
    says="application/epub+zip",
)
