"""What upkeep tells: ends that came, checks, turns that are read again, decisions."""

from pydantic import Field

from memory.api.answers.base import Score, Shape
from memory.api.answers.rows import MemoryEntityOut, MemoryUncertaintyOut


class AffectedOut(Shape):
    """How much changed."""

    affected: int = Field(description="facts")


class QueuedOut(Shape):
    """How much is to be done."""

    queued: int = Field(description="turns that a worker reads again")


class UncertaintiesOut(Shape):
    """What could not be decided."""

    uncertainties: list[MemoryUncertaintyOut] = Field(description="the open ones, the newest first")


class DuplicateOut(Shape):
    """Two entities that may be one."""

    entities: list[MemoryEntityOut] = Field(description="both")
    similarity: Score


class InjectionOut(Shape):
    """A turn that speaks to the model."""

    turn_id: str = Field(description="turn:<id>")
    kind: str = Field(description="instruction_override, role_override, tool_override, system_prompt_leak, …")
    flags: list[str] = Field(description="what the scanner noticed as it came")


class FsckOut(Shape):
    """What was found; nothing is changed."""

    total: int = Field(description="findings of all kinds, those that are not shown too")
    duplicates: list[DuplicateOut] = Field(description="at most maxResults")
    contradictions: list[MemoryUncertaintyOut] = Field(description="at most maxResults")
    injection: list[InjectionOut] = Field(description="at most maxResults")
