"""The memory of agents."""

from config.env.base import Variables
from config.env.kinds import (
    MOST_DAYS,
    choice,
    flag,
    fraction,
    read_credential,
    read_public_address,
    text,
    whole,
)

MODEL_APIS = ("openai", "ollama")
ANSWER_S = 20
"""Within so long every write of a memory is answered; clients give up after 30 s."""


class MemoryVariables(Variables):
    """Memory of agents: without a model server, rules alone read what is said"""

    MEMORY_MODEL_URL: str = text(
        read=read_public_address,
        help="the server whose models read turns, like http://localhost:11434 or https://api.example.com/v1; none: "
        "rules alone",
    )
    MEMORY_MODEL_KEY: str = text(read=read_credential, help="sent to MEMORY_MODEL_URL as a bearer token")
    MEMORY_MODEL_API: str = choice(
        "openai",
        options=MODEL_APIS,
        help="`openai`: /v1/chat/completions, as most servers have it; `ollama`: /api/chat",
    )
    MEMORY_FAST_MODEL: str = text(help="the model that reads what rules could not")
    MEMORY_STRONG_MODEL: str = text(help="the one that is asked where the fast one fails or doubts; none: nobody")
    MEMORY_FAST_TIMEOUT_S: int = whole(
        8, least=1, most=ANSWER_S, unit="s", is_limit=True, help="the fast model's whole answer, a repair included"
    )
    MEMORY_STRONG_TIMEOUT_S: int = whole(
        10, least=1, most=ANSWER_S, unit="s", is_limit=True, help="the strong model's, likewise; 20 s for both of them"
    )
    MEMORY_TURN_CHARS: int = whole(
        20_000, least=100, most=1_000_000, unit="characters", is_limit=True, help="one turn; beyond it 413"
    )
    MEMORY_BATCH_MESSAGES: int = whole(
        500, least=1, most=100_000, is_limit=True, help="messages in one batch; beyond it 413"
    )
    MEMORY_BATCH_NODES: int = whole(
        1_000, least=1, most=100_000, is_limit=True, help="nodes in one batch, and five times as many relations"
    )
    MEMORY_CONFIDENCE_FLOOR: float = fraction(
        0.7, help="below it a new value does not replace a known one; of new contexts, each has its own"
    )
    MEMORY_TURN_DAYS: int = whole(0, most=MOST_DAYS, unit="days", help="turns are kept for so long; 0: for good")
    MEMORY_TRACE_DAYS: int = whole(30, most=MOST_DAYS, unit="days", help="how queries were answered, for so long")
    MEMORY_SCOPES_MUST_EXIST: bool = flag(False, help="true: a write to a scope that nobody has registered is refused")
