"""What can be declared of a field."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Flag, auto
from typing import Any

from django.db.models import TextChoices

from core.schema.constraints import ONE_LINE
from providers.errors import ProviderInvalid

KINDS = {str: "text", bool: "flag", int: "number", int | None: "number"}
SAID = {"text": "a text", "flag": "true or false", "number": "a whole number"}


class Surface(Flag):
    """Where a field can be met. READ: the API's answers, the audit and an export; CODE: larder.yaml and its table."""

    WRITE = auto()
    READ = auto()
    CODE = auto()
    FORM = auto()
    NOWHERE = 0
    EVERYWHERE = WRITE | READ | CODE | FORM


@dataclass(frozen=True, kw_only=True)
class Unit:
    """What people type in the form, as `input`: one is `size` of the field's own unit."""

    input: str
    name: str
    size: int


@dataclass(frozen=True, kw_only=True)
class FieldSpec:
    """`help` says what label, type and bounds don't. `name` and `type` are those of the declaration.

    A text with `max_chars` is one line. `check` returns what is kept of a text, or raises. `refusal` is said instead of
    the usual sentence about bounds. `fallback` names the setting that counts while the field is null.
    """

    label: str
    help: str
    default: Any = ""
    required: bool = False
    between: tuple[int, int] = (0, 2_147_483_647)
    max_chars: int | None = None
    choices: type[TextChoices] | None = None
    check: Callable[[str], str] | None = None
    refusal: str = ""
    unit: Unit | None = None
    fallback: str = ""
    surfaces: Surface = Surface.EVERYWHERE
    name: str = ""
    type: Any = str

    @property
    def kind(self) -> str:
        """`text`, `flag` or `number`."""
        return KINDS[self.type]

    @property
    def about(self) -> str:
        """For those who read its name beside it."""
        return self.help if self.label.lower() == self.name else f"{self.label}. {self.help}"

    @property
    def keywords(self) -> dict[str, Any]:
        """Its bounds as JSON Schema says them; what only `check` knows, its `help` tells."""
        if self.choices:
            return {"enum": list(self.choices.values)}
        if self.max_chars:
            return {"maxLength": self.max_chars, "pattern": ONE_LINE}
        return {"minimum": self.between[0], "maximum": self.between[1]} if self.kind == "number" else {}

    @property
    def takes_null(self) -> bool:
        """Null is another word for a default that is nothing."""
        return not self.required and self.default in ("", None)

    @property
    def input(self) -> str:
        """Its name in the form."""
        return self.unit.input if self.unit else self.name

    def clean(self, value: Any) -> Any:
        """What is kept of a value of the field's type. Raises ProviderInvalid and ScheduleInvalid."""
        kept = value.strip() if self.max_chars else value
        if not self._holds(kept):
            said = self.refusal or f"`{self.name}` is {self._bounds()}."
            raise ProviderInvalid(said.format(*self.between), field=self.name)
        return self.check(kept) if self.check else kept

    def _holds(self, value: Any) -> bool:
        if self.choices:
            return value in self.choices.values
        if self.max_chars:
            return len(value) <= self.max_chars and value.isprintable()
        return self.kind != "number" or value is None or self.between[0] <= value <= self.between[1]

    def _bounds(self) -> str:
        if self.choices:
            return " or ".join(self.choices.values)
        if self.max_chars:
            return f"one line of at most {self.max_chars:,} characters"
        return "a whole number between {:,} and {:,}"
