"""Files as an operator writes them, applied and refused."""

from typing import Any

import pytest

from providers.errors import ManifestInvalid
from providers.manifest import ManifestPlan, apply_manifest, plan_manifest, read_manifest
from tests.providers.conftest import NOON

FILE = """\
# what fills the larder
plugins:
  context_providers:
    wiki:
      url: http://wiki.test:8100
      sync_schedule: "0 */6 * * *"
      timezone: Europe/Riga
      secret_env: WIKI_SECRET
    tickets: {url: "http://tickets.test", enabled: false, sync_timeout_ms: 5000}
"""
VARIABLES = {"WIKI_SECRET": "s3cret"}


def variables(name: str) -> str:
    return VARIABLES.get(name, "")


def apply(text: str, **options: Any) -> ManifestPlan:
    return apply_manifest(read_manifest(text), environment=variables, now=NOON, **options)


def refused(text: str) -> list[tuple[int, str]]:
    with pytest.raises(ManifestInvalid) as caught:
        plan_manifest(read_manifest(text), environment=variables)
    return [(fault.line, fault.reason) for fault in caught.value.faults]


def one(fields: str) -> str:
    """A file whose provider has these fields, the first in line 4."""
    return "plugins:\n  context_providers:\n    wiki:\n" + "".join(f"      {line}\n" for line in fields.splitlines())
