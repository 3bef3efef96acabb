"""Sources that only those see who ask for them by name, and may: what agents remember.

Their texts are conversations, and beyond an agent's own region nobody reads them by chance. See docs/decisions/0164.
"""

PRIVATE_PREFIX = "memory."


def is_private(source: str) -> bool:
    return source.startswith(PRIVATE_PREFIX)
