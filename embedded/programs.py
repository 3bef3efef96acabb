"""Larder's own programs, as `up` runs them: web, worker, beat, the demo provider, and the step that prepares them."""

import os
import signal
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from config import env
from config.processes.pulse_watch import PulseWatch
from embedded.child import Program

WEB_THREADS = 256  # most of them for bodies on their way; `config.web.request_buffering` lets 16 work at a time
WORKER_THREADS = 288
QUEUES = "celery,syncs,embedding,filing"
# Static files come from where they lie; WhiteNoise misses the directory that an image collects them into.
UNCOLLECTED = ("-W", "ignore:No directory at")
WEB_CONNECTIONS = 4_096  # beyond it nobody is let in until one closes; idle ones do after 30 s and take 20 kB each
CONCURRENCY = ("--blocking-threads", str(WEB_THREADS), "--backpressure", str(WEB_CONNECTIONS))
GRANIAN = ("-m", "config.web.serve", *CONCURRENCY)
# Its only warning is about the number of threads, which mostly wait for the database.
GRANIAN_QUIET = ("--no-ws", "--http", "1", "--log-level", "error")
# A worker process that is asked to stop while it still imports Larder would never hear of it.
GRANIAN_STURDY = ("--respawn-failed-workers", "--workers-kill-timeout", "5")
# Celery warns against root at each start; whoever runs `up` as root knows.
CELERY = ("-W", "ignore:::celery.platforms", "-m", "celery", "--quiet", "-A", "config")
ALONE = ("--without-gossip", "--without-mingle", "--without-heartbeat")
# Celery puts its own level on the root logger; the settings keep Celery itself quiet.
LEVEL = ("--loglevel", env.read().LOG_LEVEL)
SDK = env.BASE_DIR / "sdk"  # installed, Larder brings its own for the demo provider alone
# For glibc: what a thread needed for a large file goes back to the machine; each would keep as much for the next.
GIVE_BACK = {"MALLOC_MMAP_THRESHOLD_": str(4 * 1024 * 1024), "MALLOC_TRIM_THRESHOLD_": str(8 * 1024 * 1024)}


def provision(environment: Mapping[str, str], *, demo_port: int | None) -> Program:
    demo = ("--demo-port", str(demo_port)) if demo_port else ()
    return _python("larder", "manage.py", "provision", *demo, environment=environment)


def web(environment: Mapping[str, str], *, host: str, port: int) -> Program:
    listen = ("--host", host, "--port", str(port))
    workers = ("--workers", str(env.read().WEB_WORKERS))
    arguments = (
        *UNCOLLECTED,
        *GRANIAN,
        *workers,
        *listen,
        *GRANIAN_QUIET,
        *GRANIAN_STURDY,
    )
    program = _python("web", *arguments, environment=environment)
    program = _watched(program, environment)
    return replace(program, orphan_signal=signal.SIGTERM)  # killed, it would leave its worker process on the port


def worker(environment: Mapping[str, str]) -> Program:
    threads = ("--pool", "threads", "--concurrency", str(WORKER_THREADS), "--queues", QUEUES)
    program = _python("worker", *CELERY, "worker", *threads, *ALONE, *LEVEL, environment=environment)
    return _watched(program, environment)


def beat(environment: Mapping[str, str]) -> Program:
    schedule = ("--scheduler", "config.processes.ticks:TickScheduler", "--pidfile", "")
    program = _python("beat", *CELERY, "beat", *schedule, *LEVEL, environment=environment)
    program = _watched(program, environment)
    return replace(program, stop_within_s=5)  # what it does is safe to repeat, and now and then it misses the signal


def demo(environment: Mapping[str, str], *, web_url: str, port: int, key: str, secret: str) -> Program:
    """The provider that deposits the documentation of Python's standard library."""
    own = {
        "LARDER_URL": web_url,
        "LARDER_KEY": key,
        "LARDER_PROVIDER_SECRET": secret,
        "LARDER_PROVIDER_PORT": str(port),
        "PYTHONPATH": os.pathsep.join(filter(None, (str(SDK), environment.get("PYTHONPATH")))),
    }
    return _python("demo", "-m", "examples.stdlib_provider", environment={**environment, **own})


def _python(name: str, *arguments: str, environment: Mapping[str, str]) -> Program:
    argv: Sequence[str] = (sys.executable, *arguments)
    return Program(name=name, argv=argv, env={**GIVE_BACK, **environment}, cwd=env.BASE_DIR)


def _watched(program: Program, environment: Mapping[str, str]) -> Program:
    """With its pulses, where it has a place for them."""
    directory = environment.get("LARDER_PULSE_DIR")
    return replace(program, pulses=PulseWatch(Path(directory), program.name)) if directory else program
