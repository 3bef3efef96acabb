"""Models that answer people out of a memory."""
