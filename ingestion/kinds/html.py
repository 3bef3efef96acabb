"""Web pages, saved or fetched."""

from ingestion.kinds import Kind

BEGINNINGS = (b"<!doctype html", b"<html", b"<head", b"<body")


def begins(head: bytes) -> bool:
    return head.startswith(BEGINNINGS) or b"<html" in head[:1_024]


KIND = Kind(
    name="html",
    title="HTML",
    called="a web page",
    order=30,
    suffixes=(".html", ".htm", ".xhtml"),
    media_type="text/html",
    more_media_types=("application/xhtml+xml",),
    reader="ingestion.extract.readers.html_reader",
    is_text=True,
    begins=begins,
)
