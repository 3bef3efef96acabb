"""The measures, in the order in which they are taken: each may take away what the one before needed."""

import errno
import os
import resource
import site
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

from core.linux.kernel import PR_SET_DUMPABLE, keep_capabilities, prctl, unshare
from ingestion.extract.confinement.accounts import step_down
from ingestion.extract.confinement.landlock import allow_reading
from ingestion.extract.confinement.seccomp import deny_calls

PR_SET_NO_NEW_PRIVS = 38
CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000
HOUSE = Path(__file__).resolve().parents[3]
OWN_CODE = (f"{HOUSE}/core", f"{HOUSE}/ingestion")
LIBRARIES = ("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib", "/etc/ld.so.cache")
TABLES = ("/usr/share/fonts", "/usr/share/zoneinfo", "/etc/localtime", "/etc/mime.types")
DEVICES = ("/dev/null", "/dev/urandom")


def confine() -> dict[str, str]:
    """Take each measure, for good; those that the system refused, and its words."""
    refused = {}
    for name, take in MEASURES.items():
        try:
            take()
        except (OSError, ValueError) as error:
            refused[name] = getattr(error, "strerror", None) or str(error)
    return refused


def python_paths() -> list[str]:
    """Where Python finds modules, without the directory that our own lie in: it may hold data and secrets, too."""
    found = [os.path.realpath(path) for path in sys.path if path]
    return [*(path for path in found if path != str(HOUSE)), *site.getsitepackages()]


def _forbid_privileges() -> None:
    prctl(PR_SET_NO_NEW_PRIVS, 1)


def _leave_network() -> None:
    """To a namespace without any; who is not root needs one of users for it, and keeps no power over it.

    In one of users root would look like nobody, and still be root to every file outside.
    """
    if os.geteuid() == 0:
        unshare(CLONE_NEWNET)
        return
    unshare(CLONE_NEWUSER | CLONE_NEWNET)
    keep_capabilities(0)


def _allow_libraries() -> None:
    allow_reading([*python_paths(), *OWN_CODE, *LIBRARIES, *TABLES, *DEVICES])


def _step_down() -> None:
    step_down([*python_paths(), *OWN_CODE])


def _start_none() -> None:
    """No thread either: no reader wants one. How many this user has already does not matter."""
    resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))
    if os.geteuid() == 0:
        raise OSError(errno.EPERM, "root is not bound by it")


MEASURES: dict[str, Callable[[], object]] = {
    "no_new_privs": _forbid_privileges,
    "a network namespace": _leave_network,
    "Landlock": _allow_libraries,
    "an account": _step_down,
    "a limit of processes": _start_none,
    "a process that is not dumpable": partial(prctl, PR_SET_DUMPABLE, 0),
    "seccomp": deny_calls,
}
