"""The tags of a file's documents: those that came with it, its title's, and those of the flags.

See docs/decisions/0085.
"""

from collections.abc import Iterable

from django.conf import settings

from ingestion.errors import FileRefused
from ingestion.models import Chunk, File
from ingestion.naming import document_tag
from knowledge.fields import check_tags, own_tags
from knowledge.writing.scanner import Flag, flag_tags

OUR_TAGS = 1 + len(Flag)
"""The most that Larder adds to a document: its title's tag and every flag."""


def most_tags() -> int:
    """So many may be given with an upload; with ours they fit on a document."""
    most: int = settings.MAX_TAGS - OUR_TAGS
    return most


def check_scope(given: Iterable[str], *, field: str = "tags") -> list[str]:
    """The tags, each once and in order, without flags, which only the scanner gives.

    Raises FileRefused, a sentence that begins with the `field`'s name.
    """
    tags = own_tags(given)
    if len(tags) > most_tags():
        ours = f"since Larder adds up to {OUR_TAGS} of its own"
        raise FileRefused(f"{field} has {len(tags):,} tags; the limit is {most_tags():,}, {ours}")
    try:
        return check_tags(tags)
    except ValueError as error:
        raise FileRefused(f"{field} {error}") from None


def tags_of(file: File, chunk: Chunk) -> list[str]:
    """What its document bears."""
    of_title = document_tag(file.shown_name, most_chars=settings.MAX_TAG_CHARS)
    return sorted({*file.tags, *flag_tags(chunk.flags), *of_title})
