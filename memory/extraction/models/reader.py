"""One model that reads turns: asked once, and a second time with what was wrong."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from memory.extraction.diff import TurnText
from memory.extraction.models.apis import CHARS_PER_TOKEN, Message, Reply
from memory.extraction.models.faults import ModelFault, ReplyInvalid, ServerAway, ServerBusy
from memory.extraction.models.prompt import messages_for, repair_of
from memory.extraction.models.reply import SCHEMA, ModelReply, read_reply
from memory.extraction.models.server import ModelServer
from memory.extraction.reading import Usage
from memory.extraction.tally import count_call

LEAST_S = 0.2
"""With less than this left nobody is asked."""


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """`extraction` None: `error` says why. `usage`: every call that was answered, whatever it was worth."""

    extraction: ModelReply | None
    error: str = ""
    usage: Sequence[Usage] = ()


@dataclass(frozen=True, kw_only=True)
class ModelReader:
    model: str
    server: ModelServer
    timeout_s: float

    def read(self, turn: TurnText, *, ends_at: float) -> Attempt:
        """Within its own time, and by `ends_at` of the monotonic clock. Raises ServerBusy."""
        ends_at = min(ends_at, time.monotonic() + self.timeout_s)
        usage: list[Usage] = []
        ask = partial(self.ask, schema=SCHEMA, ends_at=ends_at, usage=usage)
        try:
            return Attempt(extraction=self._read(messages_for(turn), ask=ask), usage=usage)
        except ServerBusy:
            raise
        except ModelFault as fault:
            return Attempt(extraction=None, error=str(fault), usage=usage)

    def _read(self, messages: Sequence[Message], *, ask: "partial[Reply]") -> ModelReply:
        reply = Reply(text="")
        try:
            reply = ask(messages)
            return self._judged(reply)
        except ReplyInvalid as invalid:
            repair = repair_of(messages, reply=reply.text, faults=invalid.faults)
        return self._judged(ask(repair))

    def ask(
        self, messages: Sequence[Message], schema: Mapping[str, Any], *, ends_at: float, usage: list[Usage]
    ) -> Reply:
        """One question, with what it cost added to `usage`. Raises a ModelFault."""
        left_s = ends_at - time.monotonic()
        if left_s < LEAST_S:
            raise ServerAway("No time is left to ask a model.")
        try:
            reply = self.server.ask(self.model, messages, schema, timeout_s=left_s)
        except ModelFault as fault:
            count_call(self.model, fault.outcome)
            raise
        usage.append(self._usage(messages, reply))
        return reply

    def _usage(self, messages: Sequence[Message], reply: Reply) -> Usage:
        """A budget that a silent server never spends would be none, so what it does not count is estimated."""
        written = sum(len(message["content"]) for message in messages)
        return Usage(
            model=self.model,
            tokens_in=reply.tokens_in or written // CHARS_PER_TOKEN,
            tokens_out=reply.tokens_out or len(reply.text) // CHARS_PER_TOKEN,
        )

    def _judged(self, reply: Reply) -> ModelReply:
        try:
            if reply.fault:
                raise ReplyInvalid([reply.fault])
            extraction = read_reply(reply.text)
        except ReplyInvalid as fault:
            count_call(self.model, fault.outcome)
            raise
        count_call(self.model, "read")
        return extraction
