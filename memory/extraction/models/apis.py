"""How the two kinds of servers want to be asked for JSON of a schema, and where their answers have the text.

OpenAI-compatible: https://platform.openai.com/docs/api-reference/chat
Ollama: https://docs.ollama.com/api/chat
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from memory.extraction.models.faults import ServerAway

Message = Mapping[str, str]
WINDOWS = (8_192, 16_384, 32_768)
"""Tokens that Ollama is asked to keep room for. By default it silently cuts the beginning off a prompt of 4,096; a size
of its own for each prompt would make it load the model anew each time."""

CHARS_PER_TOKEN = 3
REPLY_TOKENS = 2_048
NO_SHAPE = "The model's server answers with something else than {api} does; look at MEMORY_MODEL_URL and _API."


@dataclass(frozen=True, kw_only=True)
class Reply:
    """What the model wrote, and what that cost as its server counts; 0 where it does not say.

    `fault` says why there are no words: a model has no tools here, so it cannot want to use one."""

    text: str
    fault: str = ""
    tokens_in: int = 0
    tokens_out: int = 0


class ModelApi(Protocol):
    def address(self, url: str) -> str: ...

    def list_address(self, url: str) -> str:
        """Where it lists its models."""
        ...

    def body(self, model: str, messages: Sequence[Message], schema: Mapping[str, Any]) -> dict[str, Any]: ...

    def reply(self, answer: Any) -> Reply:
        """Raises ServerAway where the answer is not of this API."""
        ...


class OpenAIApi:
    def address(self, url: str) -> str:
        """`/v1` is ours to add where the address has no path: `https://host`, `https://host/openai/v1`."""
        url = url.rstrip("/").removesuffix("/chat/completions")
        has_path = re.search(r"://[^/]+/", url)
        return f"{url}/chat/completions" if has_path else f"{url}/v1/chat/completions"

    def list_address(self, url: str) -> str:
        return self.address(url).removesuffix("/chat/completions") + "/models"

    def body(self, model: str, messages: Sequence[Message], schema: Mapping[str, Any]) -> dict[str, Any]:
        named = {"name": "reading", "strict": True, "schema": schema}
        return {
            "model": model,
            "messages": list(messages),
            "temperature": 0,
            "stream": False,
            "response_format": {"type": "json_schema", "json_schema": named},
        }

    def reply(self, answer: Any) -> Reply:
        try:
            message = answer["choices"][0]["message"]
            if not isinstance(message, dict):
                raise TypeError
        except (KeyError, IndexError, TypeError):
            raise ServerAway(NO_SHAPE.format(api="OpenAI's chat completions")) from None
        usage = answer.get("usage")
        return Reply(**_words(message), **_tokens(usage, "prompt_tokens", "completion_tokens"))


class OllamaApi:
    def address(self, url: str) -> str:
        return url.rstrip("/").removesuffix("/api/chat").removesuffix("/api").removesuffix("/v1") + "/api/chat"

    def list_address(self, url: str) -> str:
        return self.address(url).removesuffix("/chat") + "/tags"

    def body(self, model: str, messages: Sequence[Message], schema: Mapping[str, Any]) -> dict[str, Any]:
        needed = sum(len(message["content"]) for message in messages) // CHARS_PER_TOKEN + REPLY_TOKENS
        window = next((size for size in WINDOWS if size >= needed), WINDOWS[-1])
        return {
            "model": model,
            "messages": list(messages),
            "stream": False,
            "format": schema,
            "options": {"temperature": 0, "num_ctx": window},
        }

    def reply(self, answer: Any) -> Reply:
        message = answer.get("message") if isinstance(answer, dict) else None
        if not isinstance(message, dict):
            raise ServerAway(NO_SHAPE.format(api="Ollama's /api/chat"))
        return Reply(**_words(message), **_tokens(answer, "prompt_eval_count", "eval_count"))


APIS: Mapping[str, ModelApi] = {"openai": OpenAIApi(), "ollama": OllamaApi()}


def _words(message: Mapping[str, Any]) -> dict[str, Any]:
    text = message.get("content")
    if message.get("tool_calls") or message.get("function_call"):
        return {"text": "", "fault": "it calls a tool instead of answering"}
    if message.get("refusal"):
        return {"text": "", "fault": "the model refuses to answer"}
    if not isinstance(text, str) or not text.strip():
        return {"text": "", "fault": "it is empty"}
    return {"text": text, "fault": ""}


def _tokens(counts: Any, into: str, out: str) -> dict[str, Any]:
    found = counts if isinstance(counts, dict) else {}
    return {"tokens_in": _count(found.get(into)), "tokens_out": _count(found.get(out))}


def _count(value: Any) -> int:
    """What a server says of itself is bounded, too: it ends up in sums."""
    return min(value, 10_000_000) if isinstance(value, int) and not isinstance(value, bool) and value > 0 else 0
