"""The peer's side: `peer.py` in a process and an environment of its own."""

import json
import os
import subprocess
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.compare.programs import clean_environment, stop
from bench.memory import peer
from bench.memory.conversations import Conversation

QUIET = {"MEM0_TELEMETRY": "False", "ANONYMIZED_TELEMETRY": "False", "DO_NOT_TRACK": "1"}


class TheirSide:
    """`errors`: what it raised, instead of remembering."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process
        self._users: dict[str, str] = {}
        self.errors: list[str] = []

    def begin(self, conversation: Conversation) -> None:
        self._users[conversation.id] = uuid.uuid4().hex

    def add(self, conversation: Conversation, turn: Mapping[str, Any]) -> float:
        """Milliseconds, by its own clock."""
        message = {"role": turn["role"], "content": turn["content"]}
        found = self._ask({"add": self._users[conversation.id], "messages": [message]})
        if "error" in found:
            self.errors.append(found["error"])
        return float(found["ms"])

    def kept(self, conversation: Conversation) -> list[str]:
        return list(self._ask({"all": self._users[conversation.id]})["texts"])

    def _ask(self, command: dict[str, Any]) -> dict[str, Any]:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps(command).encode() + b"\n")
        self._process.stdin.flush()
        answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        return answer


@contextmanager
def their_side(python: Path, model_url: str, folder: Path) -> Iterator[TheirSide]:
    """All that it writes goes below the folder."""
    environment = clean_environment() | QUIET | {"TMPDIR": str(folder), "HOME": str(folder)}
    process = subprocess.Popen(
        [os.path.abspath(python), peer.__file__, model_url],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment,
        cwd=folder,
    )
    try:
        yield TheirSide(process)
    finally:
        stop(process)
