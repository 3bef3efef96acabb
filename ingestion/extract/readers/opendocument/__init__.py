"""OpenDocument: `text_reader`, `sheets_reader` and `slides_reader` read.

`packages` opens, `styles` knows what is hidden and how lists count, `flow` puts what stands in a paragraph, a list or a
box in order. See docs/decisions/0252.
"""
