"""Lists of words, written as one would write them down."""


def words(text: str) -> frozenset[str]:
    """The words of a text."""
    return frozenset(text.split())
