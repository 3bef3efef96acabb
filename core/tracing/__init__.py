"""What the work at hand belongs to: `logged` for the lines of the log, `spans` for traces where they are on."""

from core.tracing.logged import acceptable, log_context, log_ids

__all__ = ["acceptable", "log_context", "log_ids"]
