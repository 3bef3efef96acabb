"""Model servers that a test scripts: real sockets, either API, and whatever a model may answer."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from memory.extraction.diff import KnownEntity, TurnText
from memory.extraction.models.reader import ModelReader
from memory.extraction.models.reply import KINDS
from memory.extraction.models.server import ModelServer
from memory.extraction.reading import ReadingStage
from tests.providers.scripted import Connection, Provider, Script, provider

SPOKEN_AT = datetime(2026, 3, 18, 10, tzinfo=UTC)
Answer = dict[str, Any] | str | Script
"""What a model writes: an object as JSON, or a text as it is; or a script, where the server itself misbehaves."""


@dataclass(frozen=True)
class Played:
    server: ModelServer
    asked: Provider

    def reader(self, model: str = "small", *, timeout_s: float = 5) -> ModelReader:
        return ModelReader(model=model, server=self.server, timeout_s=timeout_s)

    def readers(self, *models: str, timeout_s: float = 5) -> list[tuple[ReadingStage, ModelReader]]:
        """One is the fast one alone, two are both."""
        return [
            (stage, self.reader(model, timeout_s=timeout_s))
            for stage, model in zip((ReadingStage.FAST, ReadingStage.STRONG), models, strict=False)
        ]

    @property
    def bodies(self) -> list[Any]:
        return [json.loads(asked.body) for asked in self.asked.asked]

    @property
    def prompts(self) -> list[str]:
        """What the model was shown of the turn, call by call."""
        return [body["messages"][1]["content"] for body in self.bodies]


@contextmanager
def played(*answers: Answer, api: str = "openai", key: str = "", path: str = "") -> Iterator[Played]:
    """Answers in turn; the last one again and again."""
    given = iter(range(1_000))

    async def script(connection: Connection) -> None:
        answer = answers[min(next(given), len(answers) - 1)]
        if callable(answer):
            await answer(connection)
        else:
            await connection.answer(200, enveloped(answer, api=api), Content_Type="application/json")

    with provider(script) as asked:
        server = ModelServer(url=asked.url + path, api=api, key=key)
        server.breaker.note_success()
        yield Played(server, asked)


def enveloped(answer: dict[str, Any] | str, *, api: str) -> dict[str, Any]:
    text = answer if isinstance(answer, str) else json.dumps(answer)
    message = {"role": "assistant", "content": text}
    if api == "ollama":
        return {"model": "m", "message": message, "done": True, "prompt_eval_count": 120, "eval_count": 30}
    usage = {"prompt_tokens": 120, "completion_tokens": 30, "total_tokens": 150}
    return {"id": "1", "choices": [{"index": 0, "message": message, "finish_reason": "stop"}], "usage": usage}


def reply(**rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """A whole reply, with empty lists for what is not given."""
    return {**{kind: [] for kind in KINDS}, **rows}


def entity(name: str, type: str = "person", category: str = "identity") -> dict[str, Any]:
    return {"name": name, "type": type, "memory_category": category}


def attribute(entity: str, key: str, value: Any, **more: Any) -> dict[str, Any]:
    return {"entity": entity, "key": key, "value": value, "memory_category": "identity", **more}


def relation(subject: str, verb: str, object: str, **more: Any) -> dict[str, Any]:
    return {"subject": subject, "verb": verb, "object": object, "memory_category": "identity", **more}


def turn(text: str, *, role: str = "user", known: Sequence[KnownEntity] = (), **more: Any) -> TurnText:
    return TurnText(text=text, role=role, spoken_at=SPOKEN_AT, known=known, **more)
