"""PDF, known by its mark within the first KiB."""

from ingestion.kinds import Kind

KIND = Kind(
    name="pdf",
    title="PDF",
    called="a PDF",
    order=10,
    suffixes=(".pdf",),
    media_type="application/pdf",
    reader="ingestion.extract.readers.pdf.pdf_reader",
    begins=lambda head: b"%PDF-" in head[:1_024],
)
