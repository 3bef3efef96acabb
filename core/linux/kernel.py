"""`prctl`, `unshare`, `capset`, and system calls by number. On any other system each raises OSError with ENOSYS."""

import ctypes
import errno
import os
import sys

ON_LINUX = sys.platform == "linux"
MACHINE = os.uname().machine if ON_LINUX else ""
PR_SET_DUMPABLE = 4
CAPABILITY_VERSION_3 = 0x20080522
_libc = ctypes.CDLL(None, use_errno=True) if ON_LINUX else None


def prctl(option: int, first: int = 0, second: int | ctypes.c_void_p = 0) -> int:
    """Its result. Raises OSError."""
    return _checked(-1 if _libc is None else _libc.prctl(option, first, second, 0, 0), f"prctl {option}")


def system_call(number: int, *arguments: int | bytes | None) -> int:
    """Its result. Raises OSError."""
    wide = [ctypes.c_long(each) if isinstance(each, int) else each for each in arguments]
    return _checked(-1 if _libc is None else _libc.syscall(ctypes.c_long(number), *wide), f"system call {number}")


def unshare(flags: int) -> None:
    """Raises OSError."""
    _checked(-1 if _libc is None else _libc.unshare(flags), f"unshare {flags:#x}")


def keep_capabilities(mask: int) -> None:
    """These and no others, in effect from now on. Raises OSError."""
    header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION_3, 0)
    effective_permitted_inheritable = (ctypes.c_uint32 * 6)(mask, mask, mask, 0, 0, 0)
    _checked(-1 if _libc is None else _libc.capset(header, effective_permitted_inheritable), "capset")


def _checked(result: int, what: str) -> int:
    if result < 0:
        code = ctypes.get_errno() if ON_LINUX else errno.ENOSYS
        raise OSError(code, os.strerror(code), what)
    return result


def hide_process() -> None:
    """No other process of this user may read our environment or memory from now on; a core dump is not written either.

    Nothing where the system has no such thing. Whoever debugs as root still may.
    """
    if ON_LINUX:
        prctl(PR_SET_DUMPABLE, 0)
