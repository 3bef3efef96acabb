"""The kinds of sources, one module each. To add one: a module with its options and its `Source`, and a row here.

A module is imported when a configuration names its kind, so that what it needs is installed only where it is used.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from larder_sources.changes import Source
from larder_sources.options import Options

KINDS = {
    "folder": "larder_sources.kinds.folder",
    "git": "larder_sources.kinds.git",
    "sql": "larder_sources.kinds.sql",
    "site": "larder_sources.kinds.site",
    "feed": "larder_sources.kinds.feed",
    "s3": "larder_sources.kinds.s3",
    "ldap": "larder_sources.kinds.ldap",
    "imap": "larder_sources.kinds.imap",
}
"""Each module has a `KIND`."""
EXTRAS = {"sql": "sql", "site": "site", "feed": "feed", "ldap": "ldap"}
"""Kinds that need more packages: the extra of `larder-sources` that brings them."""


class KindUnavailable(Exception):
    """What a kind needs is not installed; the message says what to install."""


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One kind: its options, and how a source is made of them.

    The second argument is a folder for what it keeps from sync to sync, which may not be there yet, or be lost.
    """

    options: type[Options]
    make: Callable[[Any, Path], Source]


def load_kind(name: str) -> Kind:
    """Raises KindUnavailable where its packages are missing."""
    try:
        kind: Kind = import_module(KINDS[name]).KIND
    except ModuleNotFoundError as error:
        if name not in EXTRAS:
            raise
        wanted = f"pip install 'larder-sources[{EXTRAS[name]}]'"
        raise KindUnavailable(f"A source of kind {name} needs {error.name}: {wanted}") from error
    return kind
