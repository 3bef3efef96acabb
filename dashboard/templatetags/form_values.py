"""What a form would show, as plain words: for those who look and change nothing."""

from typing import Any

from django import forms, template
from django.forms.boundfield import BoundField

register = template.Library()

NOTHING = "–"


@register.filter
def is_shown(field: BoundField) -> bool:
    """Neither what is kept secret nor what would be done to it."""
    return not isinstance(field.field.widget, forms.PasswordInput | forms.FileInput) and field.name != "remove_secret"


@register.filter
def shown_value(field: BoundField) -> str:
    """Of what is kept and not shown, what may be said of it (`data-kept`)."""
    value: Any = field.field.prepare_value(field.value())
    if isinstance(field.field, forms.BooleanField):
        return "yes" if value else "no"
    if isinstance(field.field, forms.ChoiceField):
        value = dict(field.field.choices).get(value, value)  # type: ignore[arg-type]
    kept = field.field.widget.attrs.get("data-kept", NOTHING)
    return kept if value in (None, "") else str(value)
