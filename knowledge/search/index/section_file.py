"""A file of named arrays that is written once and then only mapped, so that all processes of a machine share its pages.

    magic (8 bytes), length of the head (8 bytes, little-endian), head (JSON), then each array at a multiple of 64 bytes

The head says what each array is and where, and the CRC-32 of all that follows it. A file that is torn, of another
version or damaged raises FileUnusable; whoever reads it makes it again from the rows.
"""

import json
import os
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

MAGIC = b"LARDIX02"
ALIGN = 64
CRC_STRIDE = 1 << 24


class FileUnusable(Exception):
    """Not a whole file of ours."""


def write_sections(path: Path, facts: Mapping[str, Any], sections: Mapping[str, NDArray[Any]]) -> None:
    """All or nothing: the file appears under its name when it is whole and on the disk."""
    described, at = {}, 0
    for name, array in sections.items():
        described[name] = {"at": at, "dtype": array.dtype.str, "shape": list(array.shape)}
        at += _aligned(array.nbytes)
    crc = 0
    for array in sections.values():
        crc = zlib.crc32(_padded(array), crc)
    head = json.dumps({"facts": dict(facts), "sections": described, "bytes": at, "crc": crc}).encode()
    head += b" " * (_aligned(len(head) + 16) - len(head) - 16)
    being_written = path.with_name(f".{path.name}.{os.getpid()}")
    with being_written.open("wb") as file:
        file.write(MAGIC + len(head).to_bytes(8, "little") + head)
        for array in sections.values():
            file.write(_padded(array))
        file.flush()
        os.fsync(file.fileno())
    being_written.replace(path)


class SectionFile:
    """A file that is mapped: `facts` of its head, arrays by name, and where each begins in the file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.stamp = stamp_of(path)
        self.mapped = _map(path)
        head = self._head()
        self.facts: dict[str, Any] = head["facts"]
        self._sections: dict[str, dict[str, Any]] = head["sections"]
        if len(self.mapped) != self._begin + head["bytes"] or self._crc() != head["crc"]:
            raise FileUnusable(f"{path.name} is torn or damaged")

    @property
    def is_as_it_was(self) -> bool:
        """Whether nobody has written to it since it was opened. One that is gone is no harm to who has it open."""
        now = stamp_of(self.path)
        return now is None or now == self.stamp

    def array(self, name: str) -> NDArray[Any]:
        section = self._sections[name]
        dtype, count = np.dtype(section["dtype"]), int(np.prod(section["shape"]))
        data = self.mapped[self.offset(name) : self.offset(name) + count * dtype.itemsize]
        found: NDArray[Any] = data.view(dtype).reshape(section["shape"])
        return found

    def offset(self, name: str) -> int:
        return int(self._begin + self._sections[name]["at"])

    def _head(self) -> dict[str, Any]:
        length = int.from_bytes(self.mapped[8:16].tobytes(), "little")
        self._begin = 16 + length
        if self.mapped[:8].tobytes() != MAGIC or self._begin > len(self.mapped):
            raise FileUnusable(f"{self.path.name} is no file of an index, or of another version")
        try:
            head: dict[str, Any] = json.loads(self.mapped[16 : self._begin].tobytes())
        except ValueError as error:
            raise FileUnusable(f"{self.path.name} has no readable head") from error
        return head

    def _crc(self) -> int:
        crc = 0
        for at in range(self._begin, len(self.mapped), CRC_STRIDE):
            crc = zlib.crc32(self.mapped[at : at + CRC_STRIDE].data, crc)
        return crc


def stamp_of(path: Path) -> tuple[int, int, int] | None:
    """What changes with any write to a file; None where there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


def _map(path: Path) -> NDArray[np.uint8]:
    if path.stat().st_size < 16:
        raise FileUnusable(f"{path.name} is torn")
    return np.memmap(path, dtype=np.uint8, mode="r").view(np.ndarray)


def _aligned(count: int) -> int:
    return -(-count // ALIGN) * ALIGN


def _padded(array: NDArray[Any]) -> bytes:
    data = np.ascontiguousarray(array).tobytes()
    return data + b"\0" * (_aligned(len(data)) - len(data))
