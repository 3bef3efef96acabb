"""TCP ports on this machine."""

import errno
import socket

LOOPBACK = "127.0.0.1"


def bind_error(host: str, port: int) -> str:
    """Why a server could not listen there now; empty where it could."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        return "it is taken" if error.errno == errno.EADDRINUSE else str(error.strerror)
    return ""


def free_port(host: str = LOOPBACK) -> int:
    """A port that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind((host, 0))
        port: int = probe.getsockname()[1]
        return port
