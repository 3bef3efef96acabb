"""What can go wrong between handing in and filing. The statuses stand in `config.statuses`.

LarderError
├── FilingRefused           what was handed in cannot be taken; nothing was kept
│   ├── NoFiles
│   ├── FilingTooLarge
│   │   └── TooManyFiles
│   └── KindRefused         of no type that can be read, or not of the type it claims to be
├── FilingNotFound
├── CollectionNotFound
├── CollectionExists
├── NotFailed               only what failed can be tried again
└── ExtractionFailed        no text can be had from it, now or ever (`temporary`)
"""

from core.errors import LarderError


class FilingRefused(LarderError):
    code = "filing_refused"


class FilingTooLarge(FilingRefused):
    code = "filing_too_large"


class TooManyFiles(FilingTooLarge):
    code = "too_many_files"


class NoFiles(FilingRefused):
    code = "no_files"


class KindRefused(FilingRefused):
    code = "kind_refused"


class FilingNotFound(LarderError):
    code = "not_found"


class CollectionNotFound(LarderError):
    code = "not_found"


class CollectionExists(LarderError):
    code = "collection_exists"


class NotFailed(LarderError):
    code = "not_failed"


class ExtractionFailed(LarderError):
    """A sentence for the person who handed it in. Only what is `temporary` is tried again."""

    code = "extraction_failed"

    def __init__(self, detail: str, *, temporary: bool = False, code: str = "") -> None:
        super().__init__(detail)
        self.temporary = temporary
        self.code = code or self.code
