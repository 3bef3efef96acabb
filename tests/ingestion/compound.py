"""Compound files, in which Office kept everything before 2007, made by hand: storages, streams and tables of sectors.

The format is that of [MS-CFB], https://learn.microsoft.com/openspecs/windows_protocols/ms-cfb/.
"""

import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Union

MARK = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
SECTOR, MINI, LEAST = 512, 64, 4_096
FREE, END, TABLE, NOBODY = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD, 0xFFFFFFFF
STORAGE, STREAM, ROOT = 1, 2, 5

Storage = Mapping[str, Union[bytes, "Storage"]]


@dataclass
class Entry:
    name: str
    kind: int
    body: bytes = b""
    child: int = NOBODY
    right: int = NOBODY
    start: int = END
    children: list[int] = field(default_factory=list)


def compound_file(root: Storage) -> bytes:
    """Streams by their names, storages as mappings of their own."""
    entries = [Entry("Root Entry", ROOT)]
    _add(entries, 0, root)
    sectors: list[int] = []
    blocks = bytearray()

    def laid(body: bytes) -> int:
        """In sectors of their own; where they begin."""
        if not body:
            return END
        first, count = len(sectors), -(-len(body) // SECTOR)
        sectors.extend([*range(first + 1, first + count), END])
        blocks.extend(body.ljust(count * SECTOR, b"\0"))
        return first

    mini, minis = bytearray(), list[int]()
    for entry in entries[1:]:
        if entry.kind == STREAM and len(entry.body) >= LEAST:
            entry.start = laid(entry.body)
        elif entry.kind == STREAM and entry.body:
            count = -(-len(entry.body) // MINI)
            entry.start = len(minis)
            minis.extend([*range(entry.start + 1, entry.start + count), END])
            mini.extend(entry.body.ljust(count * MINI, b"\0"))
    entries[0].body, entries[0].start = bytes(mini), laid(bytes(mini))
    mini_table = laid(
        b"".join(struct.pack("<I", each) for each in minis).ljust(-(-len(minis) // 128) * SECTOR, b"\xff")
    )
    directory = laid(b"".join(map(_told, entries)).ljust(-(-len(entries) // 4) * SECTOR, b"\0"))
    tables = 1
    while tables * 128 < len(sectors) + tables:
        tables += 1
    assert tables <= 109
    places = [len(sectors) + number for number in range(tables)]
    told = [*sectors, *[TABLE] * tables]
    table = b"".join(struct.pack("<I", each) for each in told).ljust(tables * SECTOR, b"\xff")
    numbers = (tables, directory, 0, LEAST, mini_table, -(-len(minis) // 128), END, 0)
    head = MARK + struct.pack("<16sHHHHHHIIIIIIIIII", bytes(16), 0x3E, 3, 0xFFFE, 9, 6, 0, 0, 0, *numbers)
    head += b"".join(struct.pack("<I", each) for each in places).ljust(109 * 4, b"\xff")
    return head + bytes(blocks) + table


def _add(entries: list[Entry], parent: int, storage: Storage) -> None:
    """Siblings hang on one another to the right, in the order that the format wants."""
    before = None
    for name in sorted(storage, key=lambda name: (len(name), name.upper())):
        held, number = storage[name], len(entries)
        entries.append(Entry(name, STREAM, held) if isinstance(held, bytes) else Entry(name, STORAGE))
        if before is None:
            entries[parent].child = number
        else:
            entries[before].right = number
        before = number
        if not isinstance(held, bytes):
            _add(entries, number, held)


def _told(entry: Entry) -> bytes:
    name = entry.name.encode("utf-16-le")
    size = 0 if entry.kind == STORAGE else len(entry.body)
    start = 0 if entry.kind == STORAGE else entry.start
    links = (NOBODY, entry.right, entry.child)
    return name.ljust(64, b"\0") + struct.pack(
        "<HBBIII36sIII", len(name) + 2, entry.kind, 1, *links, bytes(36), start, size, 0
    )
