"""What all Office files have in common: the ways in which their libraries say that one is broken."""

import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from zipfile import BadZipFile

from filing.extract.base import Unreadable

ERRORS: tuple[type[Exception], ...] = (
    BadZipFile,
    zlib.error,
    EOFError,
    OSError,
    SyntaxError,  # of XML
    LookupError,
    ValueError,
    TypeError,
    AttributeError,
    NotImplementedError,
)


@contextmanager
def explained(sentence: str, *errors: type[Exception]) -> Iterator[None]:
    """Unreadable with this sentence, whatever a library stumbles over; `errors` are those that it has of its own."""
    expected = ERRORS + errors
    try:
        yield
    except expected as error:
        raise Unreadable(sentence) from error
