"""Widgets of our own."""

from typing import Any

from django import forms
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString


class LongSelect(forms.Select):
    """A plain list of choices, written in one go: Django renders a template for each of a thousand sources."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        options = (
            (label, flatatt(_attributes(key, chosen=str(key) == str(value or "")))) for key, label in self.choices
        )
        written = format_html_join("", "<option{1}>{0}</option>", options)
        return format_html(
            "<select{}>{}</select>", flatatt(self.build_attrs(self.attrs, {"name": name, **(attrs or {})})), written
        )


def _attributes(key: object, *, chosen: bool) -> dict[str, object]:
    return {"value": key, "selected": chosen}
