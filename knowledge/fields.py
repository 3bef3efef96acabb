"""What each field that comes over the wire accepts, and how it is read. docs/reference/limits.md lists the limits.

A check gives the value as it is kept, or raises ValueError with what is wrong, said of the field: "is blank".
"""

import json
import re
from collections.abc import Iterable
from typing import Annotated, Any

from django.conf import settings
from pydantic import AfterValidator, BeforeValidator

from core.fields import Instant, empty_if_null, storable, whole_characters
from core.schema.constraints import NOT_BLANK, Constrained, constrained, whole
from core.tags import near_words

FLAG_PREFIX = "flag:"
"""Of the tags that only the scanner gives (`knowledge.writing.scanner`)."""

TAG = re.compile(r"[a-z0-9][a-z0-9_\-:]*")
MAX_LANGUAGE_CHARS = 40
LANGUAGE = re.compile(r"[a-z_\-]*")
NUMBER = re.compile(r"\s*[+-]?\d+(\.\d*)?\s*")
CONTROL = re.compile(r"[\x00-\x1f\x7f]")
ID_IN_SCHEMA = r"^[^\u0000-\u001f\u007f]*[^\s\u0000-\u001f\u007f\u0085][^\u0000-\u001f\u007f]*$"
SOURCE_IN_SCHEMA = r"^[^/\u0000-\u001f\u007f]*$"
"""What `Id` and `Source` refuse, as JSON Schema says it."""


def _content(value: str) -> str:
    if len(value) > settings.MAX_CONTENT_CHARS:
        raise ValueError(f"has {len(value):,} characters; the limit is {settings.MAX_CONTENT_CHARS:,}")
    if not value or value.isspace():
        raise ValueError("is blank")
    return storable(value)


def _id(value: str) -> str:
    if not value or value.isspace():
        raise ValueError("is blank")
    if len(value) > settings.MAX_ID_CHARS:
        raise ValueError(f"has {len(value):,} characters; the limit is {settings.MAX_ID_CHARS:,}")
    if CONTROL.search(value):
        raise ValueError("holds a control character")
    return whole_characters(value)


def _source(value: str) -> str:
    if len(value) > settings.MAX_SOURCE_CHARS:
        raise ValueError(f"has {len(value):,} characters; the limit is {settings.MAX_SOURCE_CHARS:,}")
    if "/" in value or CONTROL.search(value):
        raise ValueError("holds a slash or a control character")
    return whole_characters(value.strip())


def _language(value: str) -> str:
    """Whether there is such a one is asked of the server, once for all documents of a push."""
    language = value.strip().lower()
    if len(language) > MAX_LANGUAGE_CHARS or not LANGUAGE.fullmatch(language):
        raise ValueError("is no name of a language, such as german")
    return language


def check_tags(value: list[str]) -> list[str]:
    """The tags, each once and in order. Raises ValueError for one that is none, and for too many.

    Flags do not count, so that whoever sends back what it read is not refused for them.
    """
    most, longest = settings.MAX_TAGS, settings.MAX_TAG_CHARS
    if len(value) > most and (len(own_tags(value)) > most or len(value) > 2 * most):
        raise ValueError(f"has {len(value):,} tags; the limit is {most:,}")
    for tag in value:
        if len(tag) > longest:
            raise ValueError(f"has a tag of {len(tag):,} characters; the limit is {longest:,}")
        if not TAG.fullmatch(tag):
            rule = "a tag is lower-case letters, digits, _ - and :"
            raise ValueError(f"has the tag {tag[:40]!r}; {rule}; {near_words(tag)}")
    return sorted(set(value))


def own_tags(tags: Iterable[str]) -> list[str]:
    """Those that somebody gave: without the flags."""
    return [tag for tag in tags if not tag.startswith(FLAG_PREFIX)]


def check_metadata(value: dict[str, Any]) -> dict[str, Any]:
    """Raises ValueError for what is too large, too deep, or no JSON that can be stored."""
    if not value:
        return value
    try:
        text = json.dumps(value, ensure_ascii=False, allow_nan=False)
        size = len(text.encode())
    except UnicodeEncodeError:
        raise ValueError("holds half of a surrogate pair, which is no character") from None
    except (ValueError, RecursionError) as error:
        raise ValueError("holds a number that is not finite (NaN or Infinity) or nests too deeply") from error
    if size > settings.MAX_METADATA_BYTES:
        raise ValueError(f"takes {size:,} bytes as JSON; the limit is {settings.MAX_METADATA_BYTES:,}")
    if text.count("{") + text.count("[") > settings.MAX_METADATA_DEPTH and _nests(value, settings.MAX_METADATA_DEPTH):
        raise ValueError(f"nests deeper than {settings.MAX_METADATA_DEPTH} levels")
    if "\\u0000" in text and _holds_nul(value):
        raise ValueError("holds a NUL character, which no JSON column can store")
    return value


def _holds_nul(value: Any) -> bool:
    if isinstance(value, str):
        return "\0" in value
    if isinstance(value, dict):
        return any("\0" in key or _holds_nul(item) for key, item in value.items())
    return isinstance(value, list) and any(map(_holds_nul, value))


def _nests(value: dict[str, Any], levels: int) -> bool:
    """Whether it nests deeper. Level by level, since some values that JSON's encoder still takes exhaust the stack."""
    containers: list[Any] = [value]
    for _ in range(levels):
        items = [item for each in containers for item in (each.values() if isinstance(each, dict) else each)]
        containers = [item for item in items if isinstance(item, dict | list)]
    return bool(containers)


def _no_number(value: Any) -> Any:
    if isinstance(value, int | float) or (isinstance(value, str) and NUMBER.fullmatch(value)):
        raise ValueError("is a number; write a time, such as 2030-01-01T00:00:00Z")
    return value


def _tags_in_schema() -> dict[str, Any]:
    """As `check_tags` counts: flags do not, up to as many again."""
    most = settings.MAX_TAGS
    counted = {"contains": {"not": {"pattern": f"^{FLAG_PREFIX}"}}, "minContains": 0, "maxContains": most}
    tag = {"type": "string", "maxLength": settings.MAX_TAG_CHARS, "pattern": whole(TAG.pattern)}
    return {"items": tag, "maxItems": 2 * most, **counted}


def _metadata_in_schema() -> dict[str, Any]:
    size, depth = settings.MAX_METADATA_BYTES, settings.MAX_METADATA_DEPTH
    return {"description": f"At most {size:,} bytes as JSON, nested at most {depth} levels deep, without NUL."}


Content = Annotated[
    str,
    AfterValidator(_content),
    Constrained(lambda: {"minLength": 1, "maxLength": settings.MAX_CONTENT_CHARS, "pattern": NOT_BLANK}),
]
Id = Annotated[
    str,
    AfterValidator(_id),
    Constrained(lambda: {"minLength": 1, "maxLength": settings.MAX_ID_CHARS, "pattern": ID_IN_SCHEMA}),
]
Source = Annotated[
    str,
    empty_if_null(str),
    AfterValidator(_source),
    Constrained(lambda: {"maxLength": settings.MAX_SOURCE_CHARS, "pattern": SOURCE_IN_SCHEMA}),
]
Language = Annotated[
    str,
    empty_if_null(str),
    AfterValidator(_language),
    constrained(
        maxLength=MAX_LANGUAGE_CHARS,
        pattern=whole(LANGUAGE.pattern),
        description="Empty, or one that the database knows, such as german.",
    ),
]
Tags = Annotated[list[str], empty_if_null(list), AfterValidator(check_tags), Constrained(_tags_in_schema)]
Metadata = Annotated[
    dict[str, Any], empty_if_null(dict), AfterValidator(check_metadata), Constrained(_metadata_in_schema)
]
Told = Annotated[Instant, BeforeValidator(_no_number)]
"""An instant as a text; a number would be one of 1970 where seconds to live are meant."""
