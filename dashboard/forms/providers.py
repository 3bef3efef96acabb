"""A provider, new or changed: an input for each field that is declared for the form."""

from collections.abc import Callable, Iterator
from typing import Any, cast

from django import forms
from django.conf import settings
from django.forms import BoundField

from core.errors import LarderError
from providers.fields import FIELDS, FieldSpec, ProviderFields, Surface, fields_on
from providers.models import ID_PATTERN, MAX_ID_CHARS, Provider

CODE = {"class": "mono", "spellcheck": "false", "autocapitalize": "none", "autocomplete": "off"}
ROWS = {
    "service": (("id", "name"), ("url",), ("secret", "timeout_s"), ("remove_secret",)),
    "schedule": (("sync_schedule", "timezone"),),
    "starts": (("jitter_s", "max_age_h"), ("enabled",)),
    "outages": (("max_attempts", "retry_backoff_s"), ("retry_timeouts",), ("pause_after_failures",)),
    "leftovers": (("prune",), ("delete_percent",)),
}
"""What stands where on the page. An input that no row names ends the first card."""
PLACED = [name for rows in ROWS.values() for row in rows for name in row]
OPTIONS: dict[str, dict[str, Any]] = {
    "url": {
        "max_length": 2_000,
        "error_messages": {"required": "Say where Larder reaches it."},
        "widget": forms.URLInput(attrs=CODE | {"placeholder": "http://employee-dir:8100"}),
    },
    "sync_schedule": {
        "max_length": 500,
        "widget": forms.TextInput(attrs=CODE | {"placeholder": "0 */6 * * *"}),
    },
    "timezone": {"max_length": 64, "widget": forms.TextInput(attrs=CODE | {"list": "zones"})},
    "language": {"max_length": 40, "widget": forms.TextInput(attrs=CODE | {"placeholder": "german"})},
    "secret": {
        "max_length": 1_000,
        "strip": False,
        "widget": forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    },
}
"""What an input has beyond what is declared of its field."""


class ProviderForm(forms.Form):
    """A provider's fields. What the registry refuses comes back beside the field that it names."""

    id = forms.CharField(
        max_length=MAX_ID_CHARS,
        help_text="Also the name of its source. Lower-case letters, digits, - and _; it cannot be changed later.",
        error_messages={"required": "Give it an id."},
        widget=forms.TextInput(attrs=CODE | {"placeholder": "employee-dir", "pattern": ID_PATTERN.strip("^$")}),
    )
    remove_secret = forms.BooleanField(required=False, label="Remove the secret")

    def __init__(self, data: Any = None, *, provider: Provider | None = None) -> None:
        super().__init__(data, initial=_initial(provider) if provider else None)
        self.fields |= {spec.input: _input(spec) for spec in fields_on(Surface.FORM)}
        if provider:
            del self.fields["id"]
        if provider and provider.secret_encrypted:
            self.fields["secret"].help_text = "There is one. Leave this empty to keep it."
        else:
            del self.fields["remove_secret"]
        self.order_fields(PLACED)

    @property
    def rows(self) -> dict[str, list[list[BoundField]]]:
        """The inputs as they stand on the page, by card; a row without any would be a gap."""
        rows = {card: [row for names in ROWS[card] if (row := self._present(names))] for card in ROWS}
        rows["service"] += [[self[name]] for name in self.fields if name not in PLACED]
        return rows

    def _present(self, names: tuple[str, ...]) -> list[BoundField]:
        return [self[name] for name in names if name in self.fields]

    def chosen(self) -> ProviderFields:
        """The registry's fields; `secret` only where it is to change."""
        fields = dict(self._read_back())
        if self.cleaned_data["secret"] or self.cleaned_data.get("remove_secret"):
            fields["secret"] = self.cleaned_data["secret"]
        return cast(ProviderFields, fields)

    def _read_back(self) -> Iterator[tuple[str, Any]]:
        for spec in fields_on(Surface.FORM | Surface.READ):
            value = self.cleaned_data[spec.input]
            if not self._stays(spec, value):
                yield spec.name, round(value * spec.unit.size) if spec.unit and value else value

    def _stays(self, spec: FieldSpec, value: Any) -> bool:
        """A number or a choice left empty changes nothing, unless empty is a value and its input was there."""
        if value not in (None, "") or (spec.kind == "text" and not spec.choices):
            return False
        return spec.default is not None or (spec.unit is None and spec.input not in self.data)

    def refuse(self, error: LarderError) -> None:
        """Put the registry's sentence beside the field it is about."""
        named = error.extra.get("field", "id")
        field = FIELDS[named].input if named in FIELDS else named
        self.add_error(field if field in self.fields else None, error.detail)


def _input(spec: FieldSpec) -> forms.Field:
    options = {"label": spec.label, "initial": _typed(spec, spec.default), "help_text": _help(spec)}
    options |= {"required": False} | OPTIONS.get(spec.name, {})
    if spec.kind == "flag":
        return forms.BooleanField(**options)
    if spec.kind == "number":
        return _number(spec, options)
    if spec.choices:
        return forms.ChoiceField(choices=spec.choices.choices, **options)
    options = {"max_length": spec.max_chars} | options
    options["required"] = spec.required or bool(spec.default)
    return forms.CharField(validators=[_accepted_by(spec)] if spec.check else [], **options)


def _number(spec: FieldSpec, options: dict[str, Any]) -> forms.Field:
    """A number in another unit may have a fraction, whatever the browser's steps."""
    least, most = spec.between
    if not spec.unit:
        return forms.IntegerField(min_value=least, max_value=most, **options)
    options |= {
        "label": f"{spec.label}, {spec.unit.name}",
        "required": spec.default is not None,
        "widget": forms.NumberInput(attrs={"step": "any"}),
    }
    return forms.FloatField(min_value=least / spec.unit.size, max_value=most / spec.unit.size, **options)


def _accepted_by(spec: FieldSpec) -> Callable[[str], None]:
    """The registry checks one thing after the other when it saves; people are told of all at once."""

    def validate(text: str) -> None:
        try:
            spec.clean(text)
        except LarderError as error:
            raise forms.ValidationError(error.detail) from None

    return validate


def _help(spec: FieldSpec) -> str:
    return f"{spec.help} Empty: {getattr(settings, spec.fallback)}." if spec.fallback else spec.help


def _initial(provider: Provider) -> dict[str, Any]:
    return {spec.input: _typed(spec, getattr(provider, spec.name)) for spec in fields_on(Surface.FORM | Surface.READ)}


def _typed(spec: FieldSpec, value: Any) -> Any:
    """As a person would type it: in the form's unit, without a fraction where it has none."""
    if not spec.unit or value is None:
        return value
    number = value / spec.unit.size
    return int(number) if number.is_integer() else number
