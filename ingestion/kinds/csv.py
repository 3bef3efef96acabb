"""Tables as text, whatever separates their cells: their name says it."""

from ingestion.kinds import Kind

KIND = Kind(
    name="csv",
    title="CSV",
    called="comma-separated values",
    order=50,
    suffixes=(".csv", ".tsv"),
    media_type="text/csv",
    more_media_types=("text/tab-separated-values",),
    reader="ingestion.extract.readers.csv_reader",
    is_text=True,
    is_utf8=True,
    is_saved_otherwise=True,
)
