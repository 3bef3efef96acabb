"""One line of an archive, written and read.

The header: `{"larder": 1, "source": null, "model": {"name", "dimensions"}}`; `model` is null where no vectors are.
A document: `{"source", "id", "content", "tags", "metadata", "updated_at", "expires_at", "created_at", "stored_at"}`,
`"language"` where it names one, and, with vectors, `"passages": [{"start", "end", "vector"}]`: little-endian half
precision in base64. `"own_vectors"` is the hash of those, in hexadecimal, where the document brought them itself.
"""

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Any

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from core.errors import LarderError
from core.fields import Instant
from knowledge.embedding.embedders.base import Vector
from knowledge.embedding.own_vectors import OwnPassage, OwnVectors
from knowledge.embedding.passages import hash_text
from knowledge.models import Document
from knowledge.schemas import DocumentIn
from knowledge.staging import Identity

VERSION = 1


class LineInvalid(LarderError):
    """A line that cannot be taken in, without its number."""

    code = "invalid_line"


@dataclass(frozen=True, kw_only=True)
class Header:
    """What the archive holds; `model` and `dimensions` of its vectors, "" and 0 where it has none."""

    source: str | None = None
    model: str = ""
    dimensions: int = 0


@dataclass(frozen=True, kw_only=True)
class Archived:
    """A document as it was, with the vectors of its passages by the hash of their text, or those that it brought."""

    item: DocumentIn
    created_at: datetime | None
    stored_at: datetime | None
    vectors: dict[bytes, Vector] = field(default_factory=dict)
    own: OwnVectors | None = None

    @property
    def identity(self) -> Identity:
        return self.item.source, self.item.id

    def stamps(self, now: datetime) -> tuple[datetime, datetime]:
        """When it was created and last stored; an archive that does not say means now."""
        created_at = self.created_at or now
        return created_at, self.stored_at or created_at


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchivedPassage:
    """`is_own`: its document brought the vector."""

    line: dict[str, Any]
    is_own: bool


class PassageLine(BaseModel):
    start: int = Field(ge=0)
    end: int = Field(ge=0)
    vector: str


class DocumentLine(DocumentIn):
    model_config = ConfigDict(extra="ignore")

    created_at: Instant | None = None
    stored_at: Instant | None = None
    passages: list[PassageLine] = Field(default_factory=list)
    own_vectors: Annotated[str, Field(pattern="^[0-9a-f]{64}$")] | None = None


def write_header(header: Header) -> bytes:
    model = {"name": header.model, "dimensions": header.dimensions} if header.model else None
    return _dump({"larder": VERSION, "source": header.source, "model": model})


def write_document(document: Document, passages: Sequence[ArchivedPassage] | None) -> bytes:
    """`passages` None: without the field."""
    line: dict[str, Any] = {
        "source": document.source,
        "id": document.key,
        "content": document.content,
        "tags": document.tags,
        "metadata": document.metadata,
        "updated_at": _instant(document.updated_at),
        "expires_at": _instant(document.expires_at),
        "created_at": _instant(document.created_at),
        "stored_at": _instant(document.stored_at),
    }
    if document.language:
        line["language"] = document.language
    if passages is None:
        return _dump(line)
    if document.vectors_hash and any(passage.is_own for passage in passages):
        line["own_vectors"] = bytes(document.vectors_hash).hex()
    return _dump(line | {"passages": [passage.line for passage in passages]})


def pack_vector(vector: Any) -> str:
    return base64.b64encode(np.asarray(vector, dtype="<f2").tobytes()).decode()


def read_header(line: bytes) -> Header:
    """Raises LineInvalid for anything that is no header of this version."""
    found = _load(line)
    if not isinstance(found, dict) or "larder" not in found:
        raise LineInvalid("this is no archive of Larder; its first line has to be a header")
    if found["larder"] != VERSION:
        raise LineInvalid(f"the archive is of version {found['larder']!r}; this Larder reads version {VERSION}")
    model = found.get("model") or {}
    try:
        return Header(
            source=found.get("source"), model=str(model.get("name", "")), dimensions=int(model.get("dimensions", 0))
        )
    except (AttributeError, TypeError, ValueError):
        raise LineInvalid("the header's model is not what it should be") from None


def read_document(line: bytes, *, dimensions: int) -> Archived:
    """`dimensions` of the vectors that are wanted; 0: none are. Raises LineInvalid with the first fault."""
    found = _load(line)
    try:
        read = DocumentLine.model_validate(found)
    except ValidationError as invalid:
        error = invalid.errors()[0]
        place = ".".join(map(str, error["loc"])) or "the line"
        raise LineInvalid(f"{place}: {str(error['msg']).removeprefix('Value error, ')}") from None
    if not read.source:
        raise LineInvalid("source: is blank")
    passages = _passages(read, dimensions=dimensions) if dimensions else []
    own = bytes.fromhex(read.own_vectors) if read.own_vectors and passages else None
    return Archived(
        item=DocumentIn.model_construct(**{name: getattr(read, name) for name in DocumentIn.model_fields}),
        created_at=read.created_at,
        stored_at=read.stored_at,
        vectors={} if own else {hash_text(read.content[start:end]): vector for start, end, vector in passages},
        own=OwnVectors(digest=own, passages=passages) if own else None,
    )


def _passages(read: DocumentLine, *, dimensions: int) -> list[OwnPassage]:
    found: list[OwnPassage] = []
    for index, passage in enumerate(read.passages):
        if not passage.start < passage.end <= len(read.content):
            raise LineInvalid(f"passages.{index}: lies outside of the content")
        vector = _unpack(passage.vector, dimensions=dimensions, index=index)
        found.append(OwnPassage(passage.start, passage.end, vector))
    return found


def _unpack(text: str, *, dimensions: int, index: int) -> Vector:
    try:
        numbers = np.frombuffer(base64.b64decode(text, validate=True), dtype="<f2").astype(np.float32)
    except (ValueError, binascii.Error):
        raise LineInvalid(f"passages.{index}.vector: is no base64 of half-precision numbers") from None
    if numbers.size != dimensions:
        raise LineInvalid(f"passages.{index}.vector: has {numbers.size} dimensions; the header says {dimensions}")
    if not np.isfinite(numbers).all() or not numbers.any():
        raise LineInvalid(f"passages.{index}.vector: is zero or not finite")
    return numbers


def _dump(line: dict[str, Any]) -> bytes:
    return json.dumps(line, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _load(line: bytes) -> Any:
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        raise LineInvalid("this is no JSON") from None


def _instant(value: datetime | None) -> str | None:
    return None if value is None else value.isoformat()
