"""Templates of a configuration: Jinja2 in its sandbox, filters for tags and dates; docs/decisions/0295-sources.md."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from jinja2 import ChainableUndefined, TemplateError, meta
from jinja2.sandbox import ImmutableSandboxedEnvironment

from larder_sources.changes import ItemUnreadable
from larder_sources.durations import read_duration


def as_tag(value: Any) -> str:
    """A tag of any text: `Über uns / 2024` is `uber_uns_2024`. Empty where nothing of it may stand in a tag."""
    plain = unicodedata.normalize("NFKD", str(value)).casefold()
    kept = "".join(sign for sign in plain if not unicodedata.combining(sign))
    return re.sub(r"[^a-z0-9:\-]+", "_", kept).strip("_:-")


def plus(moment: Any, duration: str) -> str:
    """A time so much later, in ISO 8601: `published | plus('90d')`. Empty where there is no time."""
    return (moment + read_duration(duration)).isoformat() if isinstance(moment, datetime) else ""


def _shown(value: Any) -> Any:
    """Nothing for what is not there, and lists with commas."""
    if value is None:
        return ""
    return ", ".join(str(each) for each in value) if isinstance(value, list | tuple | set) else value


ENVIRONMENT = ImmutableSandboxedEnvironment(
    undefined=ChainableUndefined, finalize=_shown, keep_trailing_newline=True, autoescape=False
)
ENVIRONMENT.filters.update(tag=as_tag, plus=plus)


BARE = re.compile(r"{{ ?([a-z][a-z0-9_]*) ?}}")


class Template:
    """One template. Raises ValueError with the line where it cannot be read."""

    def __init__(self, text: str) -> None:
        self.text = text
        bare = BARE.fullmatch(text)
        self._constant = None if any(mark in text for mark in ("{{", "{%", "{#")) else text
        self._bare = bare[1] if bare else None
        try:
            self.names: Collection[str] = meta.find_undeclared_variables(ENVIRONMENT.parse(text))
            self._template = ENVIRONMENT.from_string(text)
        except TemplateError as error:
            raise ValueError(f"the template cannot be read: {error}") from error

    def render(self, values: Mapping[str, Any]) -> str:
        """Raises ItemUnreadable where the values do not fit. What needs no Jinja costs none."""
        if self._constant is not None:
            return self._constant
        if self._bare is not None:
            return str(_shown(values.get(self._bare)))
        try:
            return str(self._template.render(values))
        except (
            TemplateError,
            TypeError,
            ValueError,
            ArithmeticError,
            LookupError,
            AttributeError,
            RecursionError,
        ) as error:
            raise ItemUnreadable(f"the template {self.text!r} cannot be filled: {error}") from error
