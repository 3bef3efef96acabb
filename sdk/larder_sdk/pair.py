"""Both clients of one Larder, for programs that offer their own verbs blocking and awaited."""

from __future__ import annotations

import asyncio
from typing import Any
from weakref import WeakKeyDictionary

from pydantic import SecretStr

from larder_sdk.base import address_from_env
from larder_sdk.client import KnowledgeClient, SyncKnowledgeClient


class Clients:
    """A blocking client and an awaited one, each made when it is first asked for.

    Connections of an awaited client belong to the event loop that opened them. A program may run several, one after the
    other (`asyncio.run`) or in threads, so each has a client of its own.
    """

    def __init__(
        self,
        url: str | None = None,
        api_key: str | SecretStr | None = None,
        *,
        client: SyncKnowledgeClient | None = None,
        async_client: KnowledgeClient | None = None,
        **options: Any,
    ) -> None:
        """`url` and `api_key`; without an address LARDER_URL and LARDER_KEY say both.

        `options` are those of the clients; `client` and `async_client` stand in for what would be made.
        Raises RuntimeError where no address is known.
        """
        if url is None and None in (client, async_client):
            url, from_env = address_from_env()
            api_key = from_env if api_key is None else api_key
        self._url, self._api_key, self._options = url or "", api_key, options
        self._blocking, self._given = client, async_client
        self._awaited: WeakKeyDictionary[asyncio.AbstractEventLoop, KnowledgeClient] = WeakKeyDictionary()

    @property
    def blocking(self) -> SyncKnowledgeClient:
        if self._blocking is None:
            self._blocking = SyncKnowledgeClient(self._url, self._api_key, **self._options)
        return self._blocking

    @property
    def awaited(self) -> KnowledgeClient:
        """That of the running event loop. Raises RuntimeError where none runs."""
        if self._given is not None:
            return self._given
        loop = asyncio.get_running_loop()
        if loop not in self._awaited:
            self._awaited[loop] = KnowledgeClient(self._url, self._api_key, **self._options)
        return self._awaited[loop]
