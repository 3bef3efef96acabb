"""seccomp: system calls that nobody needs who only reads. They fail with EPERM, as if one had no right to them.

https://docs.kernel.org/userspace-api/seccomp_filter.html. Those of the files' contents are Landlock's business.
"""

import ctypes
import errno
import os
import struct
from collections.abc import Iterator
from itertools import chain

from core.linux.kernel import MACHINE, prctl

PR_SET_SECCOMP, MODE_FILTER = 22, 2
AUDIT_ARCH = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
COLUMN = {"x86_64": 0, "aarch64": 1}
DENIED: dict[str, tuple[int | None, int | None]] = {
    "socket": (41, 198),
    "socketpair": (53, 199),
    "connect": (42, 203),
    "bind": (49, 200),
    "listen": (50, 201),
    "accept": (43, 202),
    "accept4": (288, 242),
    "io_uring_setup": (425, 425),
    "execve": (59, 221),
    "execveat": (322, 281),
    "fork": (57, None),
    "vfork": (58, None),
    "unshare": (272, 97),
    "setns": (308, 268),
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "process_madvise": (440, 440),
    "kcmp": (312, 272),
    "pidfd_open": (434, 434),
    "pidfd_getfd": (438, 438),
    "pidfd_send_signal": (424, 424),
    "tkill": (200, 130),
    "rt_sigqueueinfo": (129, 138),
    "rt_tgsigqueueinfo": (297, 240),
    "setpriority": (141, 140),
    "ioprio_set": (251, 30),
    "sched_setaffinity": (203, 122),
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
    "keyctl": (250, 219),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "open_by_handle_at": (304, 265),
    "mount": (165, 40),
    "truncate": (76, 45),
    "chmod": (90, None),
    "fchmod": (91, 52),
    "fchmodat": (268, 53),
    "fchmodat2": (452, 452),
    "chown": (92, None),
    "fchown": (93, 55),
    "lchown": (94, None),
    "fchownat": (260, 54),
    "utime": (132, None),
    "utimes": (235, None),
    "futimesat": (261, None),
    "utimensat": (280, 88),
    "setxattr": (188, 5),
    "lsetxattr": (189, 6),
    "fsetxattr": (190, 7),
    "removexattr": (197, 14),
    "lremovexattr": (198, 15),
    "fremovexattr": (199, 16),
}
"""Their numbers on x86_64 and aarch64, as arch/x86/entry/syscalls/syscall_64.tbl and asm-generic/unistd.h have them."""

CLONE, CLONE3 = (56, 220), 435
CLONE_THREAD = 0x10000
KILL, TGKILL, PRLIMIT = (62, 129), (234, 131), (302, 261)

LOAD, EQUAL, AT_LEAST, ANY_BIT, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
NUMBER_AT, ARCH_AT, FIRST_ARGUMENT_AT = 0, 4, 16
OTHER_ABIS = 0x40000000
ALLOW, FAIL, END_PROCESS = 0x7FFF0000, 0x00050000, 0x80000000


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))


def deny_calls() -> None:
    """For good. Raises OSError where the kernel has no filters or the processor's numbers are not known here."""
    if MACHINE not in COLUMN:
        raise OSError(errno.ENOSYS, f"system calls of {MACHINE or 'this system'} are not known here")
    instructions = b"".join(_filter(COLUMN[MACHINE], os.getpid()))
    program = _Program(len(instructions) // 8, instructions)
    prctl(PR_SET_SECCOMP, MODE_FILTER, ctypes.cast(ctypes.pointer(program), ctypes.c_void_p))


def _filter(column: int, pid: int) -> Iterator[bytes]:
    """Threads may be started, one's own process be signalled (as `abort` does) and limited."""
    yield _step(LOAD, ARCH_AT)
    yield from (_step(EQUAL, AUDIT_ARCH[MACHINE], met=1), _step(RETURN, END_PROCESS))
    yield _step(LOAD, NUMBER_AT)
    yield from (_step(AT_LEAST, OTHER_ABIS, missed=1), _step(RETURN, FAIL | errno.EPERM))
    yield from chain.from_iterable(_deny(numbers[column], errno.EPERM) for numbers in DENIED.values())
    yield from _deny(CLONE3, errno.ENOSYS)  # its flags cannot be seen; libraries fall back to clone
    yield from _deny_unless(CLONE[column], ANY_BIT, CLONE_THREAD)
    yield from _deny_unless(KILL[column], EQUAL, pid)
    yield from _deny_unless(TGKILL[column], EQUAL, pid)
    yield from _deny_unless(PRLIMIT[column], EQUAL, 0)
    yield _step(RETURN, ALLOW)


def _deny(number: int | None, code: int) -> Iterator[bytes]:
    if number is not None:
        yield _step(EQUAL, number, missed=1)
        yield _step(RETURN, FAIL | code)


def _deny_unless(number: int, test: int, value: int) -> Iterator[bytes]:
    """Unless the test holds for the call's first argument, of which the lower half is looked at."""
    yield _step(EQUAL, number, missed=4)
    yield _step(LOAD, FIRST_ARGUMENT_AT)
    yield _step(test, value, missed=1)
    yield _step(RETURN, ALLOW)
    yield _step(RETURN, FAIL | errno.EPERM)


def _step(code: int, value: int, *, met: int = 0, missed: int = 0) -> bytes:
    """An instruction of classic BPF; `met` and `missed` are how many to leap over."""
    return struct.pack("=HBBI", code, met, missed, value)
