"""Word, presentations and spreadsheets: a reader each, what lies beside their text, and the packages they come in.

`word_reader`, `slides_reader` and `sheets_reader` read; `packages` opens; `drawn` and the rest find what the libraries
leave out.
"""
