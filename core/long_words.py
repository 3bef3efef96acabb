"""Whether a text holds a word that no language has: what is encoded stands in such."""


def has_long_word(text: str, *, chars: int) -> bool:
    """So many characters without a blank. Prose has none, and is through in a fiftieth of the time of a pattern."""
    at, last = 0, len(text) - chars
    while at <= last:
        at = text.rfind(" ", at, at + chars) + 1
        if not at:
            return True
    return False
