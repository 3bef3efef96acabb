"""What there is, in numbers and names: the verbs of both clients that give no documents."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import httpx

from larder_sdk import calls
from larder_sdk.base import Client
from larder_sdk.carrying import Awaited, Blocking

Rows = list[dict[str, Any]]
Filter = Mapping[str, Any]


class AwaitedSummaries(Awaited, Client[httpx.AsyncBaseTransport]):
    """Awaited."""

    async def count(
        self,
        *,
        tags: str | None = None,
        source: str | None = None,
        q: str | None = None,
        filter: Filter | None = None,
    ) -> int:
        """How many documents `list` would give."""
        return await self._carry_out(calls.count(tags=tags, source=source, q=q, filter=filter, retry=self.retry))

    async def metadata_keys(
        self, *, tags: str | None = None, source: str | None = None, filter: Filter | None = None
    ) -> Rows:
        """Each name in the documents' metadata, with the types of its values and how many documents have it."""
        return await self._carry_out(calls.metadata_keys(tags=tags, source=source, filter=filter, retry=self.retry))

    async def metadata_values(
        self,
        key: str,
        *,
        tags: str | None = None,
        source: str | None = None,
        filter: Filter | None = None,
        q: str | None = None,
        offset: int = 0,
        limit: int = 100,
    ) -> dict[str, Any]:
        """The values of one key, `metadata.year`, each with its `documents`, beside `total`, `least` and `greatest`.

        Each value of a list by itself. `q`: those with this text in them. `limit` up to 1000.
        """
        asked = {"key": key, "q": q, "offset": str(offset), "limit": str(limit)}
        return await self._carry_out(
            calls.metadata_values(**asked, tags=tags, source=source, filter=filter, retry=self.retry)
        )

    async def stats(self) -> dict[str, Any]:
        """Totals of what the key may see."""
        return await self._carry_out(calls.stats(retry=self.retry))

    async def sources(self) -> Rows:
        """Each source with its documents, bytes, last push and next expiry."""
        return await self._carry_out(calls.rows("/sources", "sources", retry=self.retry))

    async def tags(self) -> Rows:
        """Each tag with the number of its documents."""
        return await self._carry_out(calls.rows("/tags", "tags", retry=self.retry))


class BlockingSummaries(Blocking, Client[httpx.BaseTransport]):
    """The same, blocking."""

    def count(
        self,
        *,
        tags: str | None = None,
        source: str | None = None,
        q: str | None = None,
        filter: Filter | None = None,
    ) -> int:
        return self._carry_out(calls.count(tags=tags, source=source, q=q, filter=filter, retry=self.retry))

    def metadata_keys(
        self, *, tags: str | None = None, source: str | None = None, filter: Filter | None = None
    ) -> Rows:
        return self._carry_out(calls.metadata_keys(tags=tags, source=source, filter=filter, retry=self.retry))

    def metadata_values(
        self,
        key: str,
        *,
        tags: str | None = None,
        source: str | None = None,
        filter: Filter | None = None,
        q: str | None = None,
        offset: int = 0,
        limit: int = 100,
    ) -> dict[str, Any]:
        asked = {"key": key, "q": q, "offset": str(offset), "limit": str(limit)}
        return self._carry_out(
            calls.metadata_values(**asked, tags=tags, source=source, filter=filter, retry=self.retry)
        )

    def stats(self) -> dict[str, Any]:
        return self._carry_out(calls.stats(retry=self.retry))

    def sources(self) -> Rows:
        return self._carry_out(calls.rows("/sources", "sources", retry=self.retry))

    def tags(self) -> Rows:
        return self._carry_out(calls.rows("/tags", "tags", retry=self.retry))
