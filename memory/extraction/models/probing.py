"""Whether the models' server is there, without asking a model anything."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from core.waiting.recent import RecentAnswers
from memory.extraction.models.server import ModelServer
from providers.errors import CallFailed
from providers.outbound.addresses import Policy
from providers.outbound.http import OutboundResponse, call, deadline, open_client, talk

PROBE_MS = 2_000
MOST_LIST_BYTES = 1024 * 1024


@dataclass(frozen=True, kw_only=True)
class Trouble:
    """What is wrong in a sentence, and what to do about it."""

    detail: str
    fix: str


_remembered: RecentAnswers[Trouble | None] = RecentAnswers(live_s=5.0)


def server_trouble(server: ModelServer, models: Sequence[str]) -> Trouble | None:
    """Asks for the list of its models, at most every five seconds a process; raises nothing."""
    return _remembered.get((server, tuple(models)), lambda: _ask(server, models))


def _ask(server: ModelServer, models: Sequence[str]) -> Trouble | None:
    fix = f"Start the server at {server.url}, or check MEMORY_MODEL_URL and MEMORY_MODEL_API."
    try:
        answer = talk(_list(server))
    except CallFailed as error:
        return Trouble(detail=error.detail, fix=fix)
    if answer.status in (401, 403):
        return Trouble(detail=f"It does not accept our key ({answer.status}).", fix="Check MEMORY_MODEL_KEY.")
    if answer.status >= 500:
        return Trouble(detail=f"It fails ({answer.status}).", fix=fix)
    return _missing(server, models, answer)


async def _list(server: ModelServer) -> OutboundResponse:
    headers = {"Authorization": f"Bearer {server.key}"} if server.key else {}
    async with deadline(PROBE_MS), open_client(Policy.PROVIDER) as client:
        return await call(client, "GET", server.list_address, headers=headers, max_body_bytes=MOST_LIST_BYTES)


def _missing(server: ModelServer, models: Sequence[str], answer: OutboundResponse) -> Trouble | None:
    """Not every server lists its models; one that does should have ours."""
    listed = _names(answer.body) if answer.status == 200 else set()
    lacking = [model for model in models if listed and not {model, f"{model}:latest"} & listed]
    if not lacking:
        return None
    named = " and ".join(lacking)
    pull = f"`ollama pull {lacking[0]}`" if server.api == "ollama" else "Load it there"
    return Trouble(detail=f"It has no model {named}.", fix=f"{pull}, or set MEMORY_FAST_MODEL and MEMORY_STRONG_MODEL.")


def _names(body: bytes) -> set[str]:
    """Of `{"data": [{"id"}]}`, as OpenAI lists them, or `{"models": [{"name"}]}`, as Ollama does."""
    try:
        found: Any = json.loads(body)
        rows = found.get("data") or found.get("models") or []
        return {str(row.get("id") or row.get("name")) for row in rows}
    except (ValueError, RecursionError, AttributeError, TypeError):
        return set()
