"""The store as a file and back: JSON Lines, one header and then one document a line. See docs/decisions/0023."""
