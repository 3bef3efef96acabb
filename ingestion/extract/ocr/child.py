"""The sandbox's inner half for pictures: `ingestion.extract.child`, whose bounds are those of a page instead of a file.

A request is a file and the numbers of its pages; each gets an answer as soon as it is read, with its text for a body.
The models are there before the first request, and before this process is confined.
"""

import socket
import sys
from typing import Any

from ingestion.extract.base import Unreadable
from ingestion.extract.child import (
    BROKEN,
    TOO_BIG,
    AddressSpace,
    Answering,
    allow_cpu,
    limit,
    receive_message,
    send_message,
)
from ingestion.extract.confinement.measures import confine

MEMORY_BYTES = 1_280 * 1024 * 1024
CPU_S = 40


def main() -> None:
    connection = socket.socket(fileno=int(sys.argv[1]))
    limit(MEMORY_BYTES)
    memory = AddressSpace()
    from ingestion.extract.ocr.models import load_all  # a library that cannot be loaded ends this process alone

    load_all()
    confine()
    serve(connection, memory.watching(answer))


def serve(connection: socket.socket, answer: Answering) -> None:
    while message := receive_message(connection):
        asked, body = message
        for number in asked["pages"]:
            allow_cpu(CPU_S)
            found = answer(body, number, asked["is_pdf"], asked["languages"])
            text = found.pop("text", "")
            send_message(connection, found, text.encode(errors="replace"))


def answer(body: bytes, number: int, is_pdf: bool, languages: list[str]) -> dict[str, Any]:
    """The text of a page, or `unreadable` with a sentence."""
    from ingestion.extract.ocr.reader import read_page

    try:
        return {"text": read_page(body, number, is_pdf=is_pdf, languages=languages)}
    except Unreadable as error:
        return {"unreadable": str(error)}
    except (MemoryError, RecursionError):
        return {"unreadable": TOO_BIG}
    except Exception as error:  # noqa: BLE001 - whatever a library makes of a hostile page, the next one is read
        return {"unreadable": BROKEN, "cause": f"{type(error).__name__}: {error}"[:500]}


if __name__ == "__main__":
    main()
