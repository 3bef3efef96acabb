"""Clients that keep their connections and bring little: 200 whose bodies trickle in, and 500 that say nothing."""

import resource
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial

from bench.compare.stack import API
from bench.stress.scene import Scene

SLOW, IDLE = 200, 500
HELD_S, TRICKLE_S = 20.0, 1.0
MOST_RATIO = 2.0


def connections(scene: Scene) -> None:
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(most, 4_096), most))
    with _connected(scene, IDLE), _connected(scene, SLOW) as slow:
        for each in slow:
            each.sendall(_head(scene))
        seen = scene.meanwhile("connections", partial(_trickle, slow))
    print(f"{SLOW} slow bodies and {IDLE} idle connections: {seen.said(scene.idle)}", flush=True)
    ratio = seen.p50 / scene.idle.p50
    scene.goals.goal(f"connections: query p50 ≤ {MOST_RATIO:g} × idle", ratio <= MOST_RATIO, f"{ratio:.1f}")


@contextmanager
def _connected(scene: Scene, count: int) -> Iterator[list[socket.socket]]:
    with ExitStack() as held:
        address = ("127.0.0.1", scene.stack.port)
        yield [held.enter_context(socket.create_connection(address, timeout=60)) for _ in range(count)]


def _head(scene: Scene) -> bytes:
    lines = (
        f"POST {API}/bulk-upsert HTTP/1.1",
        "Host: 127.0.0.1",
        f"Authorization: Bearer {scene.reader.key}",
        "Content-Type: application/json",
        "Content-Length: 100000",
    )
    return "\r\n".join([*lines, "", "{"]).encode()


def _trickle(slow: list[socket.socket]) -> None:
    """A byte a second each, until the server has given all of them up or the time is over."""
    pause, left_s = threading.Event(), HELD_S
    while slow and left_s > 0:
        slow = [each for each in slow if _brings(each)]
        pause.wait(TRICKLE_S)
        left_s -= TRICKLE_S


def _brings(each: socket.socket) -> bool:
    try:
        each.sendall(b" ")
    except OSError:  # given up
        return False
    return True
