"""What office programs write: Microsoft's formats of after and before 2007, OpenDocument, rich text."""
