"""How much an analyzer may ask for."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict, Field


class RetrievalLimits(BaseModel):
    """Caps of a stage. They only ever tighten what is asked, and silently: a program need not know its stage."""

    model_config = ConfigDict(frozen=True, from_attributes=True)

    max_top_k: int | None = Field(default=None, ge=1, le=1000)
    min_score_floor: float | None = Field(default=None, ge=0.0, le=1.0)

    @classmethod
    def of(cls, carrier: object) -> RetrievalLimits:
        """The limits that an e-mail or an analysis request carries as `retrieval_limits`.

        The carrier is an object with that attribute or a mapping with that key; its value is a mapping,
        an object with the two fields, or None. Nothing carried means no limits. Values out of range
        raise pydantic's ValidationError, so that a broken policy is never taken for none.
        """
        limits = _field(carrier, "retrieval_limits")
        return cls() if limits is None else cls.model_validate(limits)

    def cap(self, top_k: int, min_score: float) -> tuple[int, float]:
        """`top_k` and `min_score` within the limits."""
        if self.max_top_k is not None:
            top_k = min(top_k, self.max_top_k)
        if self.min_score_floor is not None:
            min_score = max(min_score, self.min_score_floor)
        return top_k, min_score

    def tightened_by(self, other: RetrievalLimits) -> RetrievalLimits:
        """Both limits at once: the smaller cap and the higher floor."""
        caps = [limits.max_top_k for limits in (self, other) if limits.max_top_k is not None]
        floors = [limits.min_score_floor for limits in (self, other) if limits.min_score_floor is not None]
        return RetrievalLimits(max_top_k=min(caps, default=None), min_score_floor=max(floors, default=None))


def _field(carrier: object, name: str) -> object:
    return carrier.get(name) if isinstance(carrier, Mapping) else getattr(carrier, name, None)
