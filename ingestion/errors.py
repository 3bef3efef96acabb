"""What can go wrong between an upload and its documents. The statuses stand in `config.statuses`.

LarderError
├── FileRefused             what was submitted cannot be taken; nothing was kept
│   ├── NoFiles
│   ├── FileTooLarge
│   │   └── TooManyFiles
│   └── KindRefused         of no type that can be read, or not of its declared type
├── FileNotFound
├── BytesForgotten          of a file that is there; its collection keeps no bytes
├── CollectionNotFound
├── CollectionExists
├── NotFailed               only what failed can be tried again
└── ExtractionFailed        no text can be had from it, now or ever (`temporary`)
"""

from core.errors import LarderError


class FileRefused(LarderError):
    code = "filing_refused"


class FileTooLarge(FileRefused):
    code = "filing_too_large"


class TooManyFiles(FileTooLarge):
    code = "too_many_files"


class NoFiles(FileRefused):
    code = "no_files"


class KindRefused(FileRefused):
    code = "kind_refused"


class FileNotFound(LarderError):
    code = "not_found"


class BytesForgotten(LarderError):
    code = "bytes_forgotten"


class CollectionNotFound(LarderError):
    code = "not_found"


class CollectionExists(LarderError):
    code = "collection_exists"


class NotFailed(LarderError):
    code = "not_failed"


class ExtractionFailed(LarderError):
    """A sentence for the person who uploaded it. Only what is `temporary` is tried again."""

    code = "extraction_failed"

    def __init__(self, detail: str, *, temporary: bool = False, code: str = "") -> None:
        super().__init__(detail)
        self.temporary = temporary
        self.code = code or self.code
