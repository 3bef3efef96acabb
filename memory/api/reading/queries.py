"""`/query`, `/context`, `/state`, `/profile`, `/inspect` and `/forget`."""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from pydantic import Field

from core.fields import Text
from memory.api.answers.base import described
from memory.api.answers.reading import ForgottenRowsOut, InspectedOut, ProfileOut, PromptBlockOut, QueryOut, StateOut
from memory.api.base import Lensed, Wire, caller_of, memory_router
from memory.api.reading.base import Timed, moment_in, reader_for
from memory.errors import MemoryInvalid, NotImplementedHere
from memory.reading.entities import inspect
from memory.reading.finding import FACTS, MODES, PASSAGES, MemoryQuery, find
from memory.reading.profile import read_profile
from memory.reading.prompting import context_block
from memory.reading.state import read_state
from memory.upkeep.forgetting import forget

router = memory_router("memory reading", repeats=False)

MOST_K = 50
MOST_QUERY_CHARS = 20_000
SCOPE_VIEWS = ("strict", "merged", "crossTeam")


class QueryBody(Timed):
    """`k` 1 to 50. `mode`: hybrid, vector, bm25 or graph. `include`: facts, passages; both where nothing is named."""

    query: Text = ""
    k: int = 10
    mode: str = "hybrid"
    labels: list[str] = Field(default_factory=list)
    include: list[str] | None = None
    session_id: Text = ""
    source: Text = ""
    scope_view: str | None = None
    include_duplicates: bool = False
    location: Any = None

    def asked(self) -> MemoryQuery:
        """Raises MemoryInvalid."""
        if self.location is not None:
            raise NotImplementedHere("Places on a map are not searched for; ask without location.")
        if self.scope_view not in (None, *SCOPE_VIEWS):
            raise MemoryInvalid(f"scopeView is one of {', '.join(SCOPE_VIEWS)}.")
        return memory_query(self.query, k=self.k, mode=self.mode, labels=self.labels, include=self.include).narrowed(
            session=self.session_id, source=self.source
        )


class ContextBody(Lensed):
    query: Text = ""
    k: int = 10
    labels: list[str] = Field(default_factory=list)


class StateBody(Timed):
    """Nothing is needed."""


class ForgetBody(Wire):
    """`purge`: erased with its history and turns, instead of ended. `dry_run`: only counted."""

    query: Text = ""
    purge: bool = False
    dry_run: bool = False


def memory_query(
    text: str, *, k: int, labels: list[str], mode: str = "hybrid", include: list[str] | None = None
) -> MemoryQuery:
    """Raises MemoryInvalid."""
    if not text.strip() or len(text) > MOST_QUERY_CHARS:
        raise MemoryInvalid(f"query is needed: a text of at most {MOST_QUERY_CHARS:,} characters that is not blank.")
    if not 1 <= k <= MOST_K:
        raise MemoryInvalid(f"k is 1 to {MOST_K}.")
    if mode not in MODES:
        raise MemoryInvalid(f"mode is one of {', '.join(MODES)}, not {mode!r:.100}.")
    wanted = frozenset(include if include is not None else (FACTS, PASSAGES))
    if not wanted or not wanted <= {FACTS, PASSAGES}:
        raise MemoryInvalid(f"include is a list of {FACTS} and {PASSAGES}.")
    return MemoryQuery(text=text, k=k, mode=mode, labels=frozenset(labels), include=wanted)


@router.post(
    "/query", response=described(QueryOut), summary="Find what answers a question", operation_id="query_memory"
)
def query(request: HttpRequest, body: QueryBody) -> dict[str, Any]:
    reader = reader_for(request, lens=body.lens, moment=body.moment)
    return find(body.asked(), reader, caller_of(request)).told()


@router.post(
    "/context", response=described(PromptBlockOut), summary="A block for a prompt", operation_id="memory_context"
)
def context(request: HttpRequest, body: ContextBody) -> dict[str, Any]:
    asked = memory_query(body.query, k=body.k, labels=body.labels)
    block, found = context_block(asked, reader_for(request, lens=body.lens), caller_of(request))
    return {"context": block, "tier": found.tier, "queryMs": round(found.query_ms)}


@router.get("/state", response=described(StateOut), summary="All that is so now", operation_id="memory_state")
def state(request: HttpRequest) -> dict[str, Any]:
    return read_state(reader_for(request, moment=moment_in(request)))


@router.post(
    "/state",
    response=described(StateOut),
    summary="All that is so now, through a lens",
    operation_id="memory_state_through_a_lens",
)
def state_through_a_lens(request: HttpRequest, body: StateBody) -> dict[str, Any]:
    return read_state(reader_for(request, lens=body.lens, moment=body.moment))


@router.get(
    "/profile", response=described(ProfileOut), summary="What is known of the speaker", operation_id="memory_profile"
)
def profile(request: HttpRequest) -> dict[str, Any]:
    return read_profile(reader_for(request), caller_of(request))


@router.get(
    "/inspect",
    response=described(InspectedOut),
    summary="One object with every version of it",
    operation_id="inspect_memory",
)
def inspected(request: HttpRequest, ref: Text = "") -> dict[str, Any]:
    return inspect(reader_for(request, moment=moment_in(request)), ref)


@router.post(
    "/forget",
    response=described(ForgottenRowsOut),
    summary="End or erase what a text means",
    operation_id="forget_memory",
)
def forgotten(request: HttpRequest, body: ForgetBody) -> dict[str, Any]:
    asked = memory_query(body.query, k=MOST_K, labels=[])
    count = forget(caller_of(request), asked.text, purge=body.purge, dry_run=body.dry_run, now=timezone.now())
    return {"deleted": count, "dryRun": body.dry_run}
