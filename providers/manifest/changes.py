"""One thing that a file would change, field by field."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, kw_only=True)
class FieldChange:
    """`before` is None for what is new. Secrets appear by name only."""

    name: str
    before: Any
    after: Any

    def __str__(self) -> str:
        if self.name == "secret":
            return "secret: changed"
        before = "" if self.before is None else f"{_shown(self.before)} → "
        return f"{self.name}: {before}{_shown(self.after)}"


@dataclass(frozen=True, kw_only=True)
class ManifestChange:
    """`kind` is provider or stage; `verb` create, update or disable; `given` what the registry is told."""

    kind: str
    id: str
    verb: str
    fields: tuple[FieldChange, ...]
    given: dict[str, Any] = field(default_factory=dict, repr=False)


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "none" if value in ("", None) else str(value)
