"""The reranker behind a breaker that all processes share; what waits for it holds no slot of the web process.

See docs/decisions/0177 and 0178, which say the same of embedders.
"""

import hashlib
import json
import time
from collections.abc import Sequence
from functools import cache
from urllib.parse import urlsplit

from django.conf import settings

from core.tracing.spans import SpanKind, span
from core.waiting.breaker import SharedBreaker
from core.waiting.slots import has_slot, slot_given_back
from knowledge.reranking import KINDS
from knowledge.reranking.remote import (
    RemoteReranker,
    RerankerBusy,
    RerankerError,
    RerankerInvalid,
    RerankerLate,
)
from knowledge.reranking.tally import note_call

FAILURES = {each.code: each for each in (RerankerError, RerankerLate, RerankerInvalid)}


class GuardedReranker:
    """`score` as the server's; while that is left alone, what it failed with last is raised at once."""

    def __init__(self, server: RemoteReranker) -> None:
        self.server = server
        self.name, self.url = server.name, server.url
        digest = hashlib.sha256(f"{self.name} {self.url}".encode()).hexdigest()[:16]
        self.breaker = SharedBreaker(f"reranker:{digest}")

    def score(self, question: str, texts: Sequence[str], *, timeout_s: float) -> list[float]:
        with slot_given_back() as given_back:
            if has_slot() and not given_back:
                raise RerankerBusy(f"Too many requests wait for the reranker at {self.url} already.")
            if self.breaker.wait_s() > 0:
                raise self.last_failure()
            try:
                scores = self._call(question, texts, timeout_s=timeout_s)
            except RerankerError as error:
                if error.is_failure:
                    self.breaker.note_failure(json.dumps([error.code, error.detail]))
                else:
                    self.breaker.note_nothing()
                raise
        self.breaker.note_success()
        return scores

    def _call(self, question: str, texts: Sequence[str], *, timeout_s: float) -> list[float]:
        facts = {"gen_ai.request.model": self.server.model, "server.address": _host_of(self.url)}
        started = time.perf_counter()
        try:
            with span("rerank", kind=SpanKind.CLIENT, attributes={**facts, "larder.texts": len(texts)}):
                return self.server.score(question, texts, timeout_s=timeout_s)
        finally:
            note_call(spent_ms=(time.perf_counter() - started) * 1_000)

    @property
    def is_paused(self) -> bool:
        return self.breaker.pause_s() > 0

    def last_failure(self) -> RerankerError:
        try:
            code, detail = json.loads(self.breaker.last_failure())
        except (ValueError, TypeError):
            code, detail = "", f"The reranker at {self.url} fails."
        return FAILURES.get(code, RerankerError)(detail)


def reranker() -> GuardedReranker | None:
    """The one of the settings, made once a process; None without one. Nothing is connected to before its first use."""
    name = settings.RERANK_MODEL
    return _made(name, settings.RERANK_URL, settings.RERANK_API_KEY) if name else None


def _host_of(url: str) -> str:
    """ "" of what is no address, which the call will say."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


@cache
def _made(name: str, url: str, api_key: str) -> GuardedReranker:
    kind, _, model = name.partition(":")
    return GuardedReranker(RemoteReranker(KINDS[kind], model, url=url, api_key=api_key))
