"""The links at the side."""

from typing import Any

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()

ALSO = {"files": ("/collections/",), "providers": ("/runs/", "/manifest/")}
"""Addresses that belong to a page without standing below it."""


@register.simple_tag(takes_context=True)
def nav_link(context: dict[str, Any], name: str, label: str, *, waiting: str = "") -> SafeString:
    """A link that knows whether one stands on its page or below it; `waiting` says how much waits there."""
    url, path = reverse(name), context["request"].path
    below = url != "/" and path.startswith((url, *ALSO.get(name, ())))
    current = ' aria-current="page"' if path == url else ' aria-current="true"' if below else ""
    count = (
        format_html(' <span class="count">{}<span class="hidden"> waiting</span></span>', waiting) if waiting else ""
    )
    return format_html('<a href="{}"{}>{}{}</a>', url, SafeString(current), label, count)
