"""One reader a kind: bytes in, an extraction out, Unreadable where there is none. They run in the sandbox only."""

from collections.abc import Callable
from importlib import import_module

from ingestion.extract.base import Extraction
from ingestion.kinds import KINDS


def reader_of(kind: str) -> Callable[[bytes], Extraction]:
    """The `read` of the kind of this name. A library is imported with the first file that needs it."""
    read: Callable[[bytes], Extraction] = import_module(KINDS[kind].reader).read
    return read
