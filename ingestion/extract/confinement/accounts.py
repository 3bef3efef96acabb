"""Who a reader is: never root, and with none of its capabilities but the one that the way to our code may need."""

import errno
import os
from collections.abc import Iterable

from core.linux.kernel import ON_LINUX, keep_capabilities, prctl

READERS_UID = 65_527
"""Nobody else's: no distribution hands out 65520 to 65533 (https://systemd.io/UIDS-GIDS). It needs no name."""

PR_SET_KEEPCAPS = 8
CAP_DAC_READ_SEARCH = 2


def step_down(code: Iterable[str]) -> None:
    """From root to the readers' own account, for good; there is nothing to do for anybody else. Raises OSError.

    Where a path of `code` lies below a directory that is closed to others, as a checkout under /root does, the
    capability to read is kept, provided that Landlock already bounds it.
    """
    if os.geteuid() != 0:
        return
    os.setgroups([])
    os.setresgid(READERS_UID, READERS_UID, READERS_UID)
    is_open = _is_open_to_readers(code)
    if not is_open and not _is_shut_in():
        raise OSError(errno.EACCES, "Larder's code lies in a directory that is closed to others")
    if ON_LINUX:
        prctl(PR_SET_KEEPCAPS, 1)
    os.setresuid(READERS_UID, READERS_UID, READERS_UID)
    if ON_LINUX:
        keep_capabilities(0 if is_open else 1 << CAP_DAC_READ_SEARCH)


def _is_open_to_readers(code: Iterable[str]) -> bool:
    existing = [path for path in code if os.path.exists(path)]
    os.setresuid(READERS_UID, 0, 0)  # access(2) answers for the real user
    try:
        return all(os.access(path, os.R_OK | os.X_OK) for path in existing)
    finally:
        os.setresuid(0, 0, 0)


def _is_shut_in() -> bool:
    """Root itself may not list everything where Landlock is in force."""
    try:
        os.listdir("/")
    except PermissionError:
        return True
    return False
