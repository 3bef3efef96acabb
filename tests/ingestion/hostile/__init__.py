"""A hundred files of each kind that mean no good: made by hand, and beyond those whole ones tampered with."""

from collections.abc import Iterator

from ingestion.kinds import KINDS, Kind, kinds_by_suffix
from tests.ingestion.hostile import mails, office, old_files, opened_files, pdfs, texts
from tests.ingestion.hostile.tampered import broken, tampered

A_KIND = 100
LEAST_TAMPERED = 30
BY_HAND = {
    KINDS["pdf"]: pdfs.hostile,
    KINDS["email"]: mails.hostile,
    **office.BY_HAND,
    **texts.BY_HAND,
    **opened_files.BY_HAND,
    **old_files.BY_HAND,
}
SUFFIX = {kind: suffix for suffix, kind in reversed(kinds_by_suffix().items())}


def hostile_files(kind: Kind) -> Iterator[tuple[str, bytes]]:
    """Name and body. The name says which it is, and is the same in every run, as are the bytes."""
    by_hand = [*BY_HAND[kind](), *broken(kind)]
    yield from ((label + SUFFIX[kind], body) for label, body in by_hand)
    for number in range(max(A_KIND - len(by_hand), LEAST_TAMPERED)):
        yield f"tampered-{number}{SUFFIX[kind]}", tampered(kind, number=number)
