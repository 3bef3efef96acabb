"""PDF: `pdf_reader` reads. `lines` tells apart what is drawn apart, `hyphens` mends words that lines broke, `pdf_marks`
finds what people have put onto the pages.
"""
