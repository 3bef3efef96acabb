"""The parts of a multipart form, each as the bytes that it is.

Django takes a part without a filename for a text and decodes it, with replacement: a picture or an archive that comes
so is destroyed. Some clients send files so. Django's own reader of parts is used here, but for that.

See docs/decisions/0172.
"""

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import IO, Any

from django.conf import settings
from django.core.files.uploadhandler import FileUploadHandler
from django.http import HttpRequest, QueryDict
from django.http.multipartparser import (
    ChunkIter,
    LazyStream,
    MultiPartParserError,
    Parser,
)
from django.utils.datastructures import MultiValueDict

from memory.errors import MemoryInvalid, MemoryTooLarge

FILE = "file"
MOST_PARTS = 50
MOST_FIELD_BYTES = 64 * 1024
READ_BYTES = 64 * 1024
HELD_BYTES = 1024 * 1024
"""Of a file in memory; the rest lies on disk while it comes."""


@dataclass(frozen=True, kw_only=True)
class FilePart:
    """A file of a form; its name and its type are "" where the part told none."""

    body: bytes
    name: str = ""
    content_type: str = ""


@dataclass(kw_only=True)
class Form:
    """The file, if one came, and the other parts by their names."""

    file: FilePart | None = None
    fields: dict[str, bytes] = field(default_factory=dict)


def is_multipart(request: HttpRequest) -> bool:
    return str(request.META.get("CONTENT_TYPE", "")).lower().startswith("multipart/")


def read_form(request: HttpRequest) -> Form:
    """Of any method. Raises MemoryInvalid for what is no multipart form, MemoryTooLarge."""
    reader = PartReader(request)
    request.upload_handlers = [reader]
    try:
        request.parse_file_upload(request.META, request)
    except MultiPartParserError as error:
        raise MemoryInvalid(f"This is no multipart form that can be read: {error}") from error
    return reader.form


class PartReader(FileUploadHandler):
    """Reads the body in the place of Django's parser."""

    chunk_size = READ_BYTES

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request)
        self.form = Form()

    def handle_raw_input(
        self,
        input_data: Any,
        META: Mapping[str, Any],  # noqa: N803 -- Django's name
        content_length: int,
        boundary: Any,
        encoding: str | None = None,
    ) -> tuple[QueryDict, MultiValueDict[str, Any]]:
        parts = Parser(LazyStream(ChunkIter(input_data, READ_BYTES)), boundary)
        for count, (_, headers, part) in enumerate(parts):
            if count > MOST_PARTS:
                raise MemoryTooLarge(f"The form has more than {MOST_PARTS} parts.")
            self._take(_Head(headers), part)
        return QueryDict(), MultiValueDict()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None

    def _take(self, head: "_Head", part: LazyStream) -> None:
        """Of two parts of one name the first counts."""
        if head.name == FILE and self.form.file is None:
            body = _read_file(part)
            self.form.file = FilePart(body=body, name=head.parameter("filename"), content_type=head.content_type)
        elif head.name:
            self.form.fields.setdefault(head.name, _read_field(head.name, part))


class _Head:
    """The head of a part, as Django reads it: `{header: (value, parameters)}`."""

    def __init__(self, headers: Mapping[str, Any]) -> None:
        self.headers = headers
        self.name = self.parameter("name")
        self.content_type = str(headers["content-type"][0]).strip() if "content-type" in headers else ""

    def parameter(self, name: str) -> str:
        _, parameters = self.headers.get("content-disposition", ("", {}))
        value = parameters.get(name, b"")
        return (value if isinstance(value, str) else value.decode(errors="replace")).strip()


def _read_file(part: LazyStream) -> bytes:
    """What is too large is read to its end, so that its sender hears of it, and kept no further."""
    most, size = settings.MAX_FILING_BYTES, 0
    held: IO[bytes]
    with tempfile.SpooledTemporaryFile(max_size=HELD_BYTES, dir=settings.FILE_UPLOAD_TEMP_DIR) as held:
        for chunk in part:
            size += len(chunk)
            if size <= most:
                held.write(chunk)
        if size > most:
            raise MemoryTooLarge(f"The file has {size:,} bytes; at most {most:,} can be uploaded at once.")
        held.seek(0)
        return held.read()


def _read_field(name: str, part: LazyStream) -> bytes:
    value = part.read(MOST_FIELD_BYTES + 1)
    if len(value) > MOST_FIELD_BYTES:
        raise MemoryTooLarge(f"The part {name[:40]!r} has more than {MOST_FIELD_BYTES:,} bytes.")
    return value
