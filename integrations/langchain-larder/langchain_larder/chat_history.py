"""Conversations as documents: word for word, in order, and found by what was said in them."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from langchain_core.chat_history import BaseChatMessageHistory
from langchain_core.messages import BaseMessage, message_to_dict, messages_from_dict
from larder_sdk import Clients, KnowledgeDocument
from pydantic import SecretStr

from langchain_larder.filters import Filter

SOURCE = "langchain-chats"


class LarderChatMessageHistory(BaseChatMessageHistory):
    """The messages of one session, each a document of a source of its own.

        history = LarderChatMessageHistory("alice-42", "http://127.0.0.1:8000", key)
        history.add_messages([HumanMessage("Where is my order?")])

    A document rather than a turn of Larder's memory: a history has to give back tool calls and everything else that a
    message has, in order, and to be emptied; a memory keeps what follows from what was said. `ttl`: for how long a
    message is kept. `LarderRetriever(source=…, filter={"session_id": …})` finds what was said by its meaning.
    """

    def __init__(
        self,
        session_id: str,
        url: str | None = None,
        api_key: str | SecretStr | None = None,
        *,
        source: str = SOURCE,
        ttl: timedelta | None = None,
        **clients: Any,
    ) -> None:
        if not session_id:
            raise ValueError("A history needs a session_id")
        self.session_id, self.source, self.ttl = session_id, source, ttl
        self._clients = Clients(url, api_key, source=source, **clients)

    @property
    def messages(self) -> list[BaseMessage]:  # type: ignore[override]
        """All of the session, oldest first."""
        return _read(self._clients.blocking.list(**self._all))

    async def aget_messages(self) -> list[BaseMessage]:
        return _read([each async for each in self._clients.awaited.list(**self._all)])

    def add_messages(self, messages: Sequence[BaseMessage]) -> None:
        """Store the messages behind those that are there, all or none of 1,000."""
        self._clients.blocking.bulk_upsert(self._written(messages))

    async def aadd_messages(self, messages: Sequence[BaseMessage]) -> None:
        await self._clients.awaited.bulk_upsert(self._written(messages))

    def clear(self) -> None:
        """Delete the session's messages, to the trash."""
        self._clients.blocking.delete_many(filter=self._session, source=self.source)

    async def aclear(self) -> None:
        await self._clients.awaited.delete_many(filter=self._session, source=self.source)

    @property
    def _session(self) -> Filter:
        return {"key": "metadata.session_id", "op": "eq", "value": self.session_id}

    @property
    def _all(self) -> dict[str, Any]:
        return {"source": self.source, "filter": self._session, "order": "id", "page_size": 500}

    def _written(self, messages: Sequence[BaseMessage]) -> list[KnowledgeDocument]:
        """Ids are in the order of time, to the nanosecond, and then of the list."""
        now = time.time_ns()
        expires_at = None if self.ttl is None else datetime.now(UTC) + self.ttl
        return [
            KnowledgeDocument(
                id=f"{self.session_id}/{now:020d}-{number:05d}-{uuid4().hex[:8]}",
                content=_content(message),
                metadata={"session_id": self.session_id, "type": message.type, "message": _without_content(message)},
                expires_at=expires_at,
            )
            for number, message in enumerate(messages)
        ]


def _content(message: BaseMessage) -> str:
    """What is searched: the text, or of a message that has none, as of one that calls tools, its type."""
    text = message.content if isinstance(message.content, str) else message.text
    return text if text.strip() else f"({message.type})"


def _without_content(message: BaseMessage) -> dict[str, Any]:
    """The message as LangChain writes it; a text that is the document's content is not stored twice."""
    written = message_to_dict(message)
    if written["data"]["content"] == _content(message):
        del written["data"]["content"]
    return written


def _read(documents: Iterable[KnowledgeDocument]) -> list[BaseMessage]:
    return messages_from_dict([_with_content(each) for each in documents])


def _with_content(document: KnowledgeDocument) -> dict[str, Any]:
    written = document.metadata["message"]
    return {**written, "data": {"content": document.content, **written["data"]}}
