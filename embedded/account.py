"""The account PostgreSQL runs under when Larder is started by root, since PostgreSQL refuses to be root.

The server becomes an unprivileged user that owns nothing but its cluster, and keeps one capability: to pass through
directories that are closed to it, as a checkout under /root is. So the data stays in Larder's data directory, the
binaries in the virtual environment, and no permission of any directory above them is changed.
"""

import os
import pwd
from dataclasses import dataclass
from pathlib import Path

from core.linux.kernel import ON_LINUX, keep_capabilities, prctl

CANDIDATES = ("postgres", "nobody")
PR_SET_KEEPCAPS = 8
PR_SET_SECUREBITS = 28
PR_CAP_AMBIENT = 47
PR_CAP_AMBIENT_RAISE = 2
SECBIT_NO_SETUID_FIXUP = 1 << 2
CAP_DAC_OVERRIDE = 1
CAP_DAC_READ_SEARCH = 2


@dataclass(frozen=True)
class Account:
    """A user to become, and the capability to keep so that closed parent directories can be passed."""

    uid: int
    gid: int
    capability: int

    def own(self, path: Path) -> None:
        os.chown(path, self.uid, self.gid)

    def assume(self) -> None:
        """Become this account for good; for a child process between fork and exec."""
        # access(2) ignores capabilities of a user who is not root, unless this bit is set; initdb asks it for postgres.
        prctl(PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP)
        prctl(PR_SET_KEEPCAPS, 1)
        os.setgroups([])
        os.setgid(self.gid)
        os.setuid(self.uid)
        keep_capabilities(1 << self.capability)
        prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, self.capability)


def server_account(cluster: Path) -> Account | None:
    """Who runs this cluster: its owner, or an unprivileged account for a new one; None for ourselves.

    Raises LookupError where root cannot step down on this system.
    """
    if os.geteuid() != 0:
        return None
    uid, gid = _owner(cluster) or _first_known(CANDIDATES)
    return Account(uid=uid, gid=gid, capability=_passing_capability())


def _owner(cluster: Path) -> tuple[int, int] | None:
    """Who need not have a name here: a volume of another machine's user."""
    if not cluster.exists() or cluster.stat().st_uid == 0:
        return None
    return cluster.stat().st_uid, cluster.stat().st_gid


def _first_known(names: tuple[str, ...]) -> tuple[int, int]:
    entries = {entry.pw_name: entry for entry in pwd.getpwall()}
    known = [entries[name] for name in names if name in entries]
    if not known:
        raise LookupError("none of the accounts that PostgreSQL could run under is known here")
    return known[0].pw_uid, known[0].pw_gid


def _passing_capability() -> int:
    """The weakest capability at hand that opens directories; containers often have only the stronger one."""
    if ON_LINUX:
        status = dict(
            line.split(":\t", 1) for line in Path("/proc/self/status").read_text().splitlines() if ":\t" in line
        )
        held = int(status["CapEff"], 16)
        for capability in (CAP_DAC_READ_SEARCH, CAP_DAC_OVERRIDE):
            if held >> capability & 1:
                return capability
    raise LookupError("root cannot hand PostgreSQL to an unprivileged account here")
