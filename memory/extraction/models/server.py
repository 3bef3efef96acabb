"""One question to a model's server, and its whole answer within one deadline.

The address is the operator's, so it goes by the outbound guard's policy for providers. See docs/decisions/0167.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from core.waiting.breaker import SharedBreaker
from memory.extraction.models.apis import APIS, Message, Reply
from memory.extraction.models.faults import ModelFault, ReplyInvalid, ServerAway, ServerBusy, ServerRefused
from providers.errors import CallFailed, OutboundRefused
from providers.outbound.addresses import Policy
from providers.outbound.http import OutboundResponse, call, deadline, open_client, talk
from providers.outbound.shown import shown
from providers.outbound.waiting import retry_after_s

MOST_REPLY_BYTES = 256 * 1024
PAUSE_S = 10.0
"""Where a server that is asked too often does not say how long to wait."""

LONGEST_PAUSE_S = 3_600.0


@dataclass(frozen=True, kw_only=True)
class ModelServer:
    """`api` is a name of APIS."""

    url: str
    api: str
    key: str = ""

    @property
    def breaker(self) -> SharedBreaker:
        return _breaker(self.url)

    @property
    def list_address(self) -> str:
        return APIS[self.api].list_address(self.url)

    def ask(self, model: str, messages: Sequence[Message], schema: Mapping[str, Any], *, timeout_s: float) -> Reply:
        """Raises a ModelFault. A server that failed several times in a row is not even asked."""
        if (wait_s := self.breaker.wait_s()) > 0:
            raise ServerAway(f"The model's server failed several times in a row; nobody asks it for {wait_s:.0f} s.")
        try:
            reply = APIS[self.api].reply(self._exchange(model, messages, schema, timeout_s=timeout_s))
        except ServerAway:
            self.breaker.note_failure()
            raise
        except ModelFault:
            self.breaker.note_success()
            raise
        self.breaker.note_success()
        return reply

    def _exchange(self, model: str, messages: Sequence[Message], schema: Mapping[str, Any], *, timeout_s: float) -> Any:
        body = json.dumps(APIS[self.api].body(model, messages, schema)).encode()
        try:
            answer = talk(self._send(body, timeout_ms=int(1_000 * timeout_s)))
        except OutboundRefused as error:
            if error.code == "body_too_large":
                raise ReplyInvalid([f"it is longer than {MOST_REPLY_BYTES // 1024} KiB"]) from None
            raise ServerAway(f"The model's server cannot be used. {error.detail}") from None
        except CallFailed as error:
            raise ServerAway(f"The model's server does not answer. {error.detail}") from None
        return _json_of(answer)

    async def _send(self, body: bytes, *, timeout_ms: int) -> OutboundResponse:
        headers = {"Content-Type": "application/json"}
        if self.key:
            headers["Authorization"] = f"Bearer {self.key}"
        address = APIS[self.api].address(self.url)
        async with deadline(timeout_ms), open_client(Policy.PROVIDER) as client:
            return await call(client, "POST", address, headers=headers, content=body, max_body_bytes=MOST_REPLY_BYTES)


@lru_cache(maxsize=16)
def _breaker(url: str) -> SharedBreaker:
    return SharedBreaker(f"model:{hashlib.sha256(url.encode()).hexdigest()[:16]}")


def _json_of(answer: OutboundResponse) -> Any:
    """Of a success. What a server says about credentials is not repeated: it likes to quote them."""
    status = answer.status
    if status == 429:
        wait_s = retry_after_s(answer.headers)
        wait_s = PAUSE_S if wait_s is None else min(max(wait_s, 1.0), LONGEST_PAUSE_S)
        raise ServerBusy("The model's server is asked too often (429).", retry_after_s=wait_s)
    if status in (401, 403):
        raise ServerRefused(f"The model's server does not accept MEMORY_MODEL_KEY ({status}).")
    if status >= 500 or status == 408:
        raise ServerAway(f"The model's server failed ({status}).")
    if not 200 <= status < 300:
        raise ServerRefused(f"The model's server refuses the question ({status}): {shown(_message(answer.body))}")
    try:
        return json.loads(answer.body)
    except (ValueError, RecursionError):
        raise ServerAway(f"The model's server answers no JSON: {shown(answer.body)}") from None


def _message(body: bytes) -> str | bytes:
    """What a server says about its error, out of the object that both kinds put it into."""
    try:
        error = json.loads(body)["error"]
        return str(error["message"] if isinstance(error, dict) else error)
    except (ValueError, RecursionError, KeyError, TypeError):
        return body
