"""Phrases of time: `boundaries` finds them in tokens, `time_filter` reads what they name, `instants` counts."""
