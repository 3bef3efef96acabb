"""The memory of agents: what was said or is trusted goes in, dated facts come out.

    with SyncMemoryClient("http://127.0.0.1:8000", "acme", key) as memory:
        memory.remember("I'm Alice, CTO at Acme.", scopes="org/acme/user/alice")
        memory.query("where does Alice work?").hits[0].text

`shapes` holds the answers, `client` the verbs, awaited and blocking. Errors are those of `larder_sdk.errors`.
"""

from larder_sdk.memory.client import MemoryClient, SyncMemoryClient
from larder_sdk.memory.shapes import (
    Attribute,
    Batch,
    Correction,
    Document,
    DocumentPage,
    Entity,
    EntityFacts,
    Extraction,
    FactVersion,
    Hit,
    Instruction,
    NodeCounts,
    Profile,
    QueryAnswer,
    Relation,
    Remembered,
    State,
    Uncertainty,
    Upload,
)

__all__ = [
    "Attribute",
    "Batch",
    "Correction",
    "Document",
    "DocumentPage",
    "Entity",
    "EntityFacts",
    "Extraction",
    "FactVersion",
    "Hit",
    "Instruction",
    "MemoryClient",
    "NodeCounts",
    "Profile",
    "QueryAnswer",
    "Relation",
    "Remembered",
    "State",
    "SyncMemoryClient",
    "Uncertainty",
    "Upload",
]
