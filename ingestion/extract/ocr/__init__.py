"""Text off pictures (OCR), an extra that is off by default. See docs/decisions/0258.

`door` is the way in: a page is one question to a child process (`child`), as readers are, with bounds of its own, in
languages that `ingestion.ocr_languages` names. There `pages` makes a picture of it, `detecting` finds its lines,
`recognising` reads them, `reading_order` puts them in order, and `reader` goes this way. `models` are those of
rapidocr's wheel.
"""
