"""Packages that mean no good, whatever they hold: archives that lie of themselves, and what can be written into one."""

import io
import random
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

MIB = 1024 * 1024


def zeros(mebibytes: int) -> bytes:
    """That many zeros, packed, without packing each."""
    packer = zlib.compressobj()
    head = packer.compress(b"\0" * 9) + packer.flush(zlib.Z_FULL_FLUSH)
    block = packer.compress(bytes(MIB)) + packer.flush(zlib.Z_FULL_FLUSH)
    return head + block * mebibytes


def repacked(body: bytes, changed: Mapping[str, bytes | None]) -> bytes:
    """An Office file with some parts changed, added, or left out (None)."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(body)) as whole, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as other:
        parts = {name: whole.read(name) for name in whole.namelist()} | dict(changed)
        for name, data in parts.items():
            if data is not None:
                other.writestr(name, data)
    return made.getvalue()


def part_of(body: bytes, name: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(body)) as whole:
        return whole.read(name)


def altered(body: bytes, name: str, old: bytes, new: bytes) -> bytes:
    """An Office file of which one part says something else."""
    data = part_of(body, name)
    assert old in data, data
    return repacked(body, {name: data.replace(old, new, 1)})


@dataclass(frozen=True)
class Entry:
    """One entry, as the directory and the head before its data tell of it; both may lie."""

    name: bytes
    packed: bytes
    size: int
    crc: int
    method: int = zipfile.ZIP_DEFLATED
    flags: int = 0
    head_name: bytes | None = None
    extra: bytes = b""
    place: int | None = None


def entry(name: str, data: bytes) -> Entry:
    packer = zlib.compressobj(6, zlib.DEFLATED, -15)
    return Entry(name.encode(), packer.compress(data) + packer.flush(), len(data), zlib.crc32(data))


def written(entries: list[Entry], *, comment: bytes = b"", shift: int = 0) -> bytes:
    """The archive of these. `shift`: by how much the directory is said to lie elsewhere."""
    body, directory = bytearray(), bytearray()
    for each in entries:
        place = len(body) if each.place is None else each.place
        sizes = struct.pack("<HHHHHIII", 20, each.flags, each.method, 0, 33, each.crc, len(each.packed), each.size)
        name = each.name if each.head_name is None else each.head_name
        body += b"PK\3\4" + sizes + struct.pack("<HH", len(name), 0) + name + each.packed
        lengths = struct.pack("<HHHHHII", len(each.name), len(each.extra), 0, 0, 0, 0, place)
        directory += b"PK\1\2\x14\0" + sizes + lengths + each.name + each.extra
    counts = struct.pack("<HHHHIIH", 0, 0, len(entries), len(entries), len(directory), len(body) + shift, len(comment))
    return bytes(body + directory + b"PK\5\6" + counts + comment)


def hostile_archives(whole: bytes, main: str) -> Iterator[tuple[str, bytes]]:
    """Of a whole Office file and the name of the part that matters in it."""
    data = part_of(whole, main)
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        others = [entry(name, archive.read(name)) for name in archive.namelist() if name != main]
    good = entry(main, data)
    bomb = Entry(good.name, zeros(1_024)[2:], len(data), good.crc)
    yield "no-directory", whole[: whole.rindex(b"PK\5\6")]
    yield "wrong-sum", written([*others, replace(good, crc=1)])
    yield "twice", written([good, *others, entry(main, b"<other/>")])
    yield "overlapping", written([good, *(replace(each, place=0) for each in others)])
    yield "bomb-behind-a-small-size", written([*others, bomb])
    yield "said-larger-than-it-is", written([*others, replace(good, size=good.size * 40)])
    yield "said-smaller-than-it-is", written([*others, replace(good, size=100)])
    yield "garbage-for-data", written([*others, replace(good, packed=b"\xff" * 5_000)])
    yield "bomb-within-bounds", repacked(whole, {main: b"<a>" + b" " * 60_000_000, "pad.bin": _noise(400_000)})
    yield "an-archive-within", repacked(whole, {main: whole})
    yield "locked", written([*others, replace(good, flags=1)])
    for method in (1, 9, 12, 14, 99):
        yield f"method-{method}", written([*others, replace(good, method=method)])
    yield "another-name-before-its-data", written([*others, replace(good, head_name=b"other.xml")])
    yield (
        "names-that-lead-out",
        written([good, *others, entry("../../../etc/passwd", b"x"), entry("/etc/passwd", b"x")]),
    )
    yield "a-name-with-a-nul", written([good, *others, entry("word/a\0b.xml", b"x")])
    yield "a-name-of-no-encoding", written([good, *others, replace(good, name=b"xl/\xff\xfe", flags=0x800)])
    yield "a-name-without-end", written([good, *others, entry("ppt/" + "a" * 65_000, b"x")])
    yield "an-end-within-the-comment", written([good, *others], comment=b"PK\5\6" * 9_000)
    yield "a-directory-elsewhere", written([good, *others], shift=1_000_000)
    large = struct.pack("<HHQQQ", 1, 24, 2**63, 2**62, 2**61)
    yield "sizes-beyond-all", written([*others, replace(good, size=0xFFFFFFFF, place=0xFFFFFFFF, extra=large)])
    yield "extra-that-is-torn", written([*others, replace(good, extra=large[:7])])
    yield "nine-thousand-parts", written([good, *others, *(entry(f"word/{n}.xml", b"<a/>") for n in range(9_000))])
    yield "more-parts-than-may-be", written([good, *others, *(entry(f"word/{n}.xml", b"") for n in range(10_500))])


def _noise(size: int) -> bytes:
    """Bytes that cannot be packed."""
    return random.Random(size).randbytes(size)
