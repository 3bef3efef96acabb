"""What can go wrong in the store. Errors know no HTTP; `config.statuses` holds the one table.

LarderError
├── DocumentsRefused        one item of a push is not acceptable; nothing was stored
├── BatchTooLarge
├── PushesWaiting           others are being stored; nothing of this one was
├── DocumentNotFound
├── DocumentAmbiguous       an id that several sources hold, from a key bound to none
├── HeldNotFound
├── HeldDecided             somebody, or the next run, was faster
├── ReplacementLost         parts of a whole set that a newer one has overtaken
├── RunOver                 a push of a sync run after which nothing is taken any more
├── ForceForbidden          only an admin may wave the guard away
├── OutsideOfKey            a document that the key is not narrowed to
├── TagExpressionInvalid    knowledge.tagexpr
├── FilterInvalid           knowledge.filters.parsing
├── QueryTimeout            knowledge.search.budget
└── EmbedderError           knowledge.embedding.embedders.base
"""

from core.errors import LarderError


class DocumentsRefused(LarderError):
    """`errors` in `extra`: one `{"index", "id", "field", "reason"}` for each fault found."""

    code = "invalid_documents"


class BatchTooLarge(LarderError):
    code = "batch_too_large"


class PushesWaiting(LarderError):
    code = "too_many_pushes"
    retry_after_s = 5


class DocumentNotFound(LarderError):
    code = "not_found"


class DocumentAmbiguous(LarderError):
    code = "ambiguous"


class HeldNotFound(LarderError):
    code = "not_found"


class HeldDecided(LarderError):
    """`state` in `extra`: approved, discarded or superseded."""

    code = "held_decided"


class ReplacementLost(LarderError):
    code = "replacement_lost"


class RunOver(LarderError):
    code = "run_over"


class ForceForbidden(LarderError):
    code = "forbidden"


class OutsideOfKey(LarderError):
    """`id` in `extra`."""

    code = "forbidden"

    def __init__(self, key: str, *, tags: str) -> None:
        detail = (
            f"Nothing was stored: this key is narrowed to the tags {tags}, and the document {key!r} is outside of that."
        )
        super().__init__(detail, id=key)
