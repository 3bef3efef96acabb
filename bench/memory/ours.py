"""Larder's own side: a stack of `manage.py up`, a context for each conversation."""

import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.compare.stack import Stack, larder
from bench.files.played import ready_embedder
from bench.memory.cases import body_of
from bench.memory.client import Memory, connect
from bench.memory.conversations import Conversation, sentences


class OurSide:
    def __init__(self, stack: Stack, key: str) -> None:
        self._http = connect(f"http://127.0.0.1:{stack.port}", key)
        self._memories: dict[str, Memory] = {}

    def begin(self, conversation: Conversation) -> None:
        self._memories[conversation.id] = Memory.made(self._http, f"bench-{uuid.uuid4().hex[:12]}")

    def add(self, conversation: Conversation, turn: Mapping[str, Any]) -> float:
        """Milliseconds."""
        body = body_of(turn, {"now": conversation.now, "scopes": conversation.scopes})
        began = time.perf_counter()
        self._memories[conversation.id].post("facts", body)
        return (time.perf_counter() - began) * 1_000

    def kept(self, conversation: Conversation) -> list[str]:
        """What is so when the conversation takes place."""
        instant = {"validFrom": conversation.now, "validUntil": conversation.now}
        return sentences(self._memories[conversation.id].state(**instant))

    def close(self) -> None:
        self._http.close()


@contextmanager
def our_stack(folder: Path, **variables: str) -> Iterator[Stack]:
    """With vectors that are ready, so that no embedding model's time counts."""
    with ready_embedder() as vectors, larder(folder / "data", **vectors, **variables) as stack:
        yield stack


def model_variables(url: str) -> dict[str, str]:
    """They point a stack at the scripted model."""
    return {"MEMORY_MODEL_URL": url, "MEMORY_MODEL_API": "openai", "MEMORY_FAST_MODEL": "scripted"}
