"""Rich text as Outlook packs it: runs of a text stand for what was said up to 4,096 bytes before.

The format is that of [MS-OXRTFCP], https://learn.microsoft.com/openspecs/exchange_server_protocols/ms-oxrtfcp/.
"""

import struct

PACKED, PLAIN = b"LZFu", b"MELA"
HEAD = struct.Struct("<II4sI")
WINDOW = 4_096
MOST_BYTES = 32 * 1024 * 1024
BEGINNING = (
    rb"{\rtf1\ansi\mac\deff0\deftab720{\fonttbl;}{\f0\fnil \froman \fswiss \fmodern \fscript \fdecor MS Sans Serif"
    rb"SymbolArialTimes New RomanCourier{\colortbl\red0\green0\blue0"
    + b"\r\n"
    + rb"\par \pard\plain\f0\fs20\b\i\u\tab\tx"
)
"""What every text is said to begin with, before its first byte."""


def unpacked(body: bytes) -> bytes:
    """As far as it goes: a torn one ends where it is torn. Empty for what is not packed in one of the two ways."""
    if len(body) < HEAD.size:
        return b""
    _, size, kind, _ = HEAD.unpack_from(body)
    if kind == PLAIN:
        return body[HEAD.size : HEAD.size + size]
    return bytes(_unpacked(body, min(size, MOST_BYTES))) if kind == PACKED else b""


def _unpacked(body: bytes, size: int) -> bytearray:
    window, at = bytearray(WINDOW), len(BEGINNING)
    window[:at] = BEGINNING
    said, place, end = bytearray(), HEAD.size, len(body)
    while place < end and len(said) < size:
        flags = body[place]
        place += 1
        for bit in range(8):
            run = 2 if flags >> bit & 1 else 1
            if place + run > end:
                return said
            if run == 1:
                taken = body[place : place + 1]
            else:
                told = body[place] << 8 | body[place + 1]
                if told >> 4 == at:
                    return said
                taken = _run(window, told >> 4, (told & 15) + 2, at)
            place += run
            said += taken
            for byte in taken:
                window[at] = byte
                at = (at + 1) % WINDOW
    return said[:size]


def _run(window: bytearray, start: int, length: int, at: int) -> bytes:
    """A run may reach into itself, so it is said byte by byte."""
    taken = bytearray()
    for number in range(length):
        place = (start + number) % WINDOW
        ahead = (place - at) % WINDOW
        taken.append(taken[ahead] if ahead < len(taken) else window[place])
    return bytes(taken)
