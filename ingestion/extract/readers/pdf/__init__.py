"""PDF: `pdf_reader` reads, `pdf_marks` finds what people have put onto the pages."""
