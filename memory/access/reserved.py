"""Names of contexts. Below `/api/v1/` stand the store's own addresses, too, whose first words are no context's."""

import re

from memory.errors import MemoryInvalid

WORDS = """
admin alerts api audit backups contexts feedback health held integrations keys knowledge manifest mcp models plugins
probes providers queries rerank schedule search sources stages system tags users verbs
"""
RESERVED = frozenset(WORDS.split())
CONTEXT_ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")
BASE = "/api/v1/"
OURS = ("health", "contexts")


def check_context_id(context_id: str) -> None:
    """Raises MemoryInvalid for a name that no context can have."""
    if not CONTEXT_ID.fullmatch(context_id):
        raise MemoryInvalid("The name of a context is 1 to 63 of a-z, 0-9, _ and -, and begins with a letter or digit.")
    if context_id in RESERVED:
        raise MemoryInvalid(f"{context_id!r} is an address of the store; name the context otherwise.")


def is_memory_address(path: str) -> bool:
    """Whether an address is answered by the memory's API, errors included."""
    if not path.startswith(BASE):
        return False
    first, slash, _ = path.removeprefix(BASE).partition("/")
    return first in OURS or bool(slash and first and first not in RESERVED)


class ContextConverter:
    """A context in an address: any one segment that is not reserved, so that an unknown one is refused as one."""

    regex = rf"(?!(?:{'|'.join(sorted(RESERVED))})/)[^/]+"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value
