"""What a memory keeps. Every row belongs to one context, and every unique constraint begins with it.

`contexts`: contexts, scopes, principals, keys. `turns`: sessions and what was said. `graph`: entities, facts and their
proofs, instructions, uncertainties. `documents`: files of a context. `accounting`: traces, tokens,
answers kept for repeated requests.
"""

from memory.models.accounting import IdempotentRequest, TokenUse, Trace
from memory.models.contexts import Context, Grant, MemoryKey, Principal, ScopeNode, ScopeSet
from memory.models.documents import ContextFile
from memory.models.graph import (
    Category,
    Entity,
    Fact,
    FactState,
    Instruction,
    Proof,
    SourceKind,
    Uncertainty,
)
from memory.models.turns import Session, Turn, TurnState

__all__ = [
    "Category",
    "Context",
    "ContextFile",
    "Entity",
    "Fact",
    "FactState",
    "Grant",
    "IdempotentRequest",
    "Instruction",
    "MemoryKey",
    "Principal",
    "Proof",
    "ScopeNode",
    "ScopeSet",
    "Session",
    "SourceKind",
    "TokenUse",
    "Trace",
    "Turn",
    "TurnState",
    "Uncertainty",
]
