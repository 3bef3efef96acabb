"""Phrases of time: `boundaries` finds them in tokens, `moments` reads what they name, `instants` counts."""
