"""A reader as it is, but that its limit of memory is little more than what it has once its libraries are there.

`python -m tests.ingestion.short_of_memory <fd>`
"""

import resource
import socket
import sys
from pathlib import Path

from ingestion.extract.child import AddressSpace, answer, limit, serve
from ingestion.extract.confinement.measures import confine
from tests.ingestion.pages import SMALL

HEADROOM_BYTES = 16 * 1024 * 1024

if __name__ == "__main__":
    connection = socket.socket(fileno=int(sys.argv[1]))
    limit()
    answer("html", SMALL)
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    most = pages * resource.getpagesize() + HEADROOM_BYTES
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    memory = AddressSpace()
    confine()
    serve(connection, memory.watching(answer))
