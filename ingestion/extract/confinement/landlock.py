"""Landlock: which files this process may read. It writes none, makes none, and calls nobody over TCP.

https://docs.kernel.org/userspace-api/landlock.html; in Linux since 5.13, where it is compiled in and not switched off.
"""

import os
import stat
import struct
from collections.abc import Iterable
from contextlib import suppress

from core.linux.kernel import system_call

CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446
GET_VERSION = 1
RULE_PATH_BENEATH = 1
READ_FILE, READ_DIR = 1 << 2, 1 << 3
FILES_UP_TO = {1: 0x1FFF, 2: 0x3FFF, 3: 0x7FFF, 5: 0xFFFF}
"""All rights to files that are known from this version on: reading, writing, making, removing, executing, ioctl."""

TCP_SINCE, ALL_TCP = 4, 0b11
SCOPES_SINCE, ALL_SCOPES = 6, 0b11
"""Sockets without a path, and signals, of processes outside."""


def allow_reading(paths: Iterable[str]) -> None:
    """Everything below these, as far as they exist, and nothing else on this machine, for good. Raises OSError.

    What is open already stays open.
    """
    version = system_call(CREATE_RULESET, None, 0, GET_VERSION)
    attributes = _attributes(version)
    ruleset = system_call(CREATE_RULESET, attributes, len(attributes), 0)
    try:
        for path in paths:
            with suppress(FileNotFoundError, NotADirectoryError):
                _allow(ruleset, path)
        system_call(RESTRICT_SELF, ruleset, 0)
    finally:
        os.close(ruleset)


def _attributes(version: int) -> bytes:
    """All that this version of the kernel's can take away; each was longer than the one before."""
    files = FILES_UP_TO[max(known for known in FILES_UP_TO if known <= version)]
    tcp = [ALL_TCP] if version >= TCP_SINCE else []
    scopes = [ALL_SCOPES] if version >= SCOPES_SINCE else []
    parts = [files, *tcp, *scopes]
    return struct.pack(f"={len(parts)}Q", *parts)


def _allow(ruleset: int, path: str) -> None:
    opened = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        is_folder = stat.S_ISDIR(os.fstat(opened).st_mode)
        rule = struct.pack("=Qi", READ_FILE | READ_DIR if is_folder else READ_FILE, opened)
        system_call(ADD_RULE, ruleset, RULE_PATH_BENEATH, rule, 0)
    finally:
        os.close(opened)
