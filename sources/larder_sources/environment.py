"""What the environment says: where Larder is, the key of the source, and where ledgers lie."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

MEANINGS = {
    "LARDER_URL": "Larder's address, for example http://127.0.0.1:8000",
    "LARDER_KEY": "an access key of a provider: manage.py create_key NAME --role provider --source NAME",
    "LARDER_PROVIDER_SECRET": "what Larder shows when it calls; the same stands in the provider's registration",
}


class VariableMissing(Exception):
    """A variable is not set; the message says what it is for."""


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where Larder is, with the key of the source, and where the ledger lies."""

    url: str
    key: str
    ledger: Path


def variable(name: str) -> str:
    """Raises VariableMissing."""
    if value := os.environ.get(name):
        return value
    raise VariableMissing(f"{name} is not set. It is {MEANINGS[name]}")


def place_from(name: str, *, state_dir: Path) -> Place:
    """Of the source of this name. Raises VariableMissing."""
    ledger = state_dir / f"{name}.sqlite3"
    return Place(url=variable("LARDER_URL"), key=variable("LARDER_KEY"), ledger=ledger)


def default_state_dir() -> Path:
    """LARDER_SOURCES_DIR, else as the XDG Base Directory Specification has it."""
    home = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    return Path(os.environ.get("LARDER_SOURCES_DIR") or Path(home) / "larder-sources")
