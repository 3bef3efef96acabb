"""What can go wrong between a caller and what it may do.

LarderError
├── SourceForbidden         the key belongs to another source
├── SourceMissing           an unbound key named no source
├── KeyInvalid              an access key that cannot be made
└── KeyNotFound
"""

from core.errors import LarderError


class SourceForbidden(LarderError):
    code = "forbidden"


class SourceMissing(LarderError):
    code = "source_missing"


class KeyInvalid(LarderError):
    code = "invalid_key"

    def __init__(self, detail: str, *, field: str) -> None:
        super().__init__(detail, field=field)


class KeyNotFound(LarderError):
    code = "not_found"
