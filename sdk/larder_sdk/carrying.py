"""Carrying plans out: awaited or blocking. What a plan does stands where it is written (`larder_sdk.exchange`)."""

from __future__ import annotations

import asyncio
import time
from types import TracebackType
from typing import Self, TypeVar

import httpx

from larder_sdk.base import Connection
from larder_sdk.exchange import Call, Outcome, Pause, Plan

T = TypeVar("T")


class Awaited(Connection[httpx.AsyncBaseTransport]):
    """Plans are awaited. It keeps its connections until `aclose()`; used without `async with` it works as well."""

    def _connect(self, transport: httpx.AsyncBaseTransport | None) -> None:
        self._http = httpx.AsyncClient(transport=transport)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close the connections, also those of copies."""
        await self._http.aclose()

    async def _carry_out(self, plan: Plan[T]) -> T:
        outcome: Outcome | None = None
        while True:
            try:
                step = plan.send(outcome)
            except StopIteration as end:
                ended: T = end.value
                return ended
            outcome = await self._step(step)

    async def _step(self, step: Call | Pause) -> Outcome | None:
        if isinstance(step, Pause):
            await asyncio.sleep(step.seconds)
            return None
        try:
            return await self._http.request(**self.request(step))
        except httpx.RequestError as error:
            return error


class Blocking(Connection[httpx.BaseTransport]):
    """Plans are carried out before the call returns."""

    def _connect(self, transport: httpx.BaseTransport | None) -> None:
        self._http = httpx.Client(transport=transport)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        self._http.close()

    def _carry_out(self, plan: Plan[T]) -> T:
        outcome: Outcome | None = None
        while True:
            try:
                step = plan.send(outcome)
            except StopIteration as end:
                ended: T = end.value
                return ended
            outcome = self._step(step)

    def _step(self, step: Call | Pause) -> Outcome | None:
        if isinstance(step, Pause):
            time.sleep(step.seconds)
            return None
        try:
            return self._http.request(**self.request(step))
        except httpx.RequestError as error:
            return error
