"""`manage.py up`: the whole of Larder on one machine, in the foreground.

Every step runs as a child with the finished environment, since this process read its settings before it knew where the
servers listen.
"""

import fcntl
import http.client
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from config import env
from config.stack_record import (
    StackRecord,
    ensure_secrets,
    make_private,
    read_json,
    read_stack,
    remove_stack,
    write_json,
    write_stack,
)
from embedded import postgres, programs, redis
from embedded.child import Program, StackRefused
from embedded.combined_log import CombinedLog
from embedded.ports import LOOPBACK, bind_error, free_port
from embedded.processes import NAME, StopAsked, Supervisor
from embedded.weights import ensure_weights
from embedded.welcome import credentials, welcome

ADMIN_PASSWORD = "LARDER_ADMIN_PASSWORD"  # noqa: S105 - the variable's name
MOST_FAILURES = 2  # of a server, before it is given up at a start
START_S = 180  # a small machine that is busy takes more than a minute
ANY_ADDRESS = {"0.0.0.0": LOOPBACK, "::": "[::1]"}  # noqa: S104 - read, not bound


@dataclass(frozen=True, kw_only=True)
class Up:
    """One call of `manage.py up`."""

    host: str
    port: int
    data_dir: Path
    demo: bool

    @property
    def address(self) -> str:
        """Host and port as this machine reaches them."""
        host = ANY_ADDRESS.get(self.host, self.host)
        return f"[{host}]:{self.port}" if ":" in host and not host.startswith("[") else f"{host}:{self.port}"

    @property
    def web_url(self) -> str:
        return f"http://{self.address}"


def run_up(up: Up, *, log: CombinedLog) -> None:
    """Run the stack until someone asks it to stop. Raises StackRefused with a sentence when it cannot start."""
    make_private(up.data_dir)
    with _only_one(up.data_dir):
        if reason := bind_error(up.host, up.port):
            raise StackRefused(f"Cannot listen on port {up.port} of {up.host}: {reason}. Choose another with --port.")
        ensure_secrets(up.data_dir)
        supervisor = Supervisor(log)
        try:
            with supervisor.listening():
                _start_and_watch(up, supervisor)
        finally:
            remove_stack(up.data_dir)
    log.write(NAME, "stopped")


def _start_and_watch(up: Up, supervisor: Supervisor) -> None:
    try:
        _start(up, supervisor)
        supervisor.watch()
    except StopAsked:
        supervisor.log.write(NAME, "stopping; once more hurries")


def _start(up: Up, supervisor: Supervisor) -> None:
    ensure_weights(up.data_dir, supervisor)
    environment = _environment(up, _start_servers(up, supervisor))
    demo_port = _demo_port(up.data_dir) if up.demo else None
    supervisor.log.write(NAME, "preparing the database")
    facts = json.loads(supervisor.run(programs.provision(environment, demo_port=demo_port)))
    environment.pop(ADMIN_PASSWORD, None)
    supervisor.log.write(NAME, "starting web, worker and beat")
    try:
        supervisor.start(programs.web(environment, host=up.host, port=up.port))
        supervisor.start(programs.worker(environment))
        supervisor.wait_until(partial(_answers, up.address), what="Starting the web process", timeout_s=START_S)
        supervisor.start(programs.beat(environment))  # after it, since each that starts takes a whole processor
        if demo_port:
            supervisor.start(programs.demo(environment, web_url=up.web_url, port=demo_port, **facts["demo"]))
    finally:  # also when it is stopped meanwhile: nobody can read them a second time
        supervisor.log.block(credentials(facts))
    supervisor.log.block(welcome(up.web_url, data_dir=up.data_dir))


def _start_servers(up: Up, supervisor: Supervisor) -> StackRecord:
    """Start what the environment does not name, and note where everything listens."""
    given = env.read()
    database_url = given.DATABASE_URL or _start_postgres(up.data_dir, supervisor)
    redis_url = given.REDIS_URL or _start_redis(up.data_dir, supervisor)
    record = StackRecord(database_url=database_url, redis_url=redis_url, web_url=up.web_url, pid=os.getpid())
    write_stack(up.data_dir, record)
    return record


def _start_postgres(data_dir: Path, supervisor: Supervisor) -> str:
    supervisor.log.write(NAME, "starting PostgreSQL")
    server = postgres.prepare_postgres(data_dir / "postgres")
    start_server(postgres.postgres_program(server), supervisor, ready=partial(postgres.is_ready, server))
    return server.url


def _start_redis(data_dir: Path, supervisor: Supervisor) -> str:
    supervisor.log.write(NAME, "starting Redis")
    server = redis.prepare_redis(data_dir / "redis")
    for sentence in server.binary.passed_over:
        supervisor.log.write(NAME, sentence)
    start_server(
        redis.redis_program(server),
        supervisor,
        ready=partial(redis.is_ready, server),
        hopeless=partial(redis.cannot_load, server),
    )
    return server.url


def start_server(
    program: Program, supervisor: Supervisor, *, ready: Callable[[], bool], hopeless: Callable[[], str] = str
) -> None:
    """Start it and wait until it is ready. Raises StackRefused where it ends again and again instead.

    `hopeless` is asked once it has ended, and answers with the reason where another try is of no use.
    """
    started = supervisor.start(program)

    def comes_up() -> bool:
        if started.failures and (reason := hopeless()):
            raise StackRefused(reason)
        if started.failures > MOST_FAILURES:
            raise StackRefused(f"{program.name} does not start; its lines above, or a log in {program.cwd}, say why.")
        return ready()

    supervisor.wait_until(comes_up, what=f"Starting {program.name}", timeout_s=START_S)


def _environment(up: Up, record: StackRecord) -> dict[str, str]:
    return {
        **env.inherited(),
        "DATABASE_URL": record.database_url,
        "REDIS_URL": record.redis_url,
        "LARDER_DATA_DIR": str(up.data_dir),
        "LARDER_PULSE_DIR": str(up.data_dir / "pulse"),
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "PYTHONUNBUFFERED": "1",
    }


def _demo_port(data_dir: Path) -> int:
    """The demo provider keeps its port from start to start, as long as nobody else took it."""
    kept = (read_json(data_dir / "demo.json") or {}).get("port")
    port = kept if kept and not bind_error(LOOPBACK, kept) else free_port()
    write_json(data_dir / "demo.json", {"port": port})
    return port


def _answers(address: str) -> bool:
    connection = http.client.HTTPConnection(address, timeout=2)
    try:
        connection.request("GET", "/health")
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


@contextmanager
def _only_one(data_dir: Path) -> Iterator[None]:
    """Hold the data directory's lock; the kernel lets go of it however this process ends."""
    with (data_dir / "up.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            running = read_stack(data_dir)
            where = f" at {running.web_url} (process {running.pid})" if running else ""
            raise StackRefused(
                f"Larder already runs on {data_dir}{where}. Stop it first, or choose another --data-dir."
            ) from None
        yield
