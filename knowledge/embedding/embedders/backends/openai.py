"""Any server that speaks OpenAI's embeddings API: https://platform.openai.com/docs/api-reference/embeddings"""

from collections.abc import Sequence
from typing import Any

import httpx

from knowledge.embedding.embedders import Backend
from knowledge.embedding.embedders.remote import RemoteEmbedder


class OpenAIEmbedder(RemoteEmbedder):
    prefix = "openai"
    sign_of_life = "/models"
    advice = "Ensure that the server is running and reachable, and that it serves the '{model}' model."

    def __init__(
        self, model: str, *, url: str, api_key: str = "", transport: httpx.BaseTransport | None = None
    ) -> None:
        headers = {"Authorization": f"Bearer {api_key}"} if api_key else {}
        super().__init__(model, url=url, headers=headers, transport=transport)

    def _embed_some(self, texts: Sequence[str], *, ends_at: float) -> Any:
        body = {"model": self.model, "input": list(texts), "encoding_format": "float"}
        answer = self._call("POST", "/embeddings", body=body, ends_at=ends_at)
        try:
            rows = {row["index"]: row["embedding"] for row in answer["data"]}
            return [rows[index] for index in range(len(texts))]
        except (KeyError, TypeError):
            return None


def make(model: str, settings: Any) -> OpenAIEmbedder:
    return OpenAIEmbedder(model, url=settings.OPENAI_BASE_URL, api_key=settings.OPENAI_API_KEY)


BACKEND = Backend(name=OpenAIEmbedder.prefix, make=make)
